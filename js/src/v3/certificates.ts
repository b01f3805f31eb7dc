// The list of platform certificates: decrypted, then verified with a certificate of the list itself, then trusted.
import { isMerchants } from '../certificate.js';
import { WxPayError } from '../errors.js';
import type { PlatformCertificate } from '../generated/api-v3.js';
import type { WholeReply } from '../http/exchange.js';
import { canonicalSerial, checkHead } from '../wasm/v3.js';
import { headOf } from './head.js';
import { crypto, type PublicKey } from './host.js';
import { keyErrors, writtenSerial } from './serial.js';
import { checkSigned } from './wechatpay-key.js';

/** What the list is checked with. */
export interface ListKeys {
  apiV3Keys: readonly string[];
  /** The key of a canonical serial that is trusted already. */
  known(serial: string): PublicKey | undefined;
  nowMs(): number;
}

/** An entry, as WeChat answers it. */
interface Entry {
  readonly serial_no?: unknown;
  readonly encrypt_certificate?: Partial<
    Record<'algorithm' | 'nonce' | 'associated_data' | 'ciphertext', unknown>
  > | null;
}

/**
 * Checks an answer of `/v3/certificates`, in the order of WeChat's page. Each certificate is decrypted with the APIv3 key. The answer
 * is verified with the one that its header names. Each serial is compared, and what has expired is dropped.
 *
 * `data` is the list of the judged answer, which nobody has verified yet.
 */
export async function checkedCertificates(
  reply: WholeReply,
  data: readonly unknown[],
  { apiV3Keys, known, nowMs }: ListKeys,
): Promise<PlatformCertificate[]> {
  const head = headOf({ get: (name) => reply.header(name) });
  const serial = checkHead(WHAT, head, Math.floor(nowMs() / 1000));
  const opened = await Promise.all(data.map((entry) => openedEntry((entry ?? {}) as Entry, apiV3Keys)));
  const certificates = opened.filter((one) => one !== undefined);
  if (certificates.length === 0)
    throw mismatch('no certificate of the list is of RSA; switch the merchant to RSA keys in the merchant platform');
  const signer = certificates.find(({ serial_no }) => canonicalSerial(serial_no) === serial);
  await checkSigned(
    WHAT,
    head,
    reply.body,
    known(serial) ?? (signer && crypto().publicKey(signer.pem, keyErrors(FILE))),
  );
  const valid = certificates.filter(({ expire_time }) => Date.parse(expire_time) >= nowMs());
  if (valid.length === 0) throw mismatch('every certificate of the list has expired; check the clock of this machine');
  return valid;
}

const WHAT = 'the answer to certificates';

const FILE = { field: 'certificates', file: 'the platform certificate' };

/** A certificate of the list. Undefined for one of another algorithm, such as SM2. */
async function openedEntry(
  { serial_no, encrypt_certificate: sealed }: Entry,
  apiV3Keys: readonly string[],
): Promise<PlatformCertificate | undefined> {
  const { algorithm, nonce, associated_data = '', ciphertext } = sealed ?? {};
  if (typeof algorithm === 'string' && algorithm !== 'AEAD_AES_256_GCM') return undefined;
  if ([serial_no, nonce, associated_data, ciphertext].some((text) => typeof text !== 'string'))
    throw mismatch('an entry of the list lacks serial_no, nonce or ciphertext');
  const encrypted = { nonce, associated_data, ciphertext } as {
    nonce: string;
    associated_data: string;
    ciphertext: string;
  };
  if (new TextEncoder().encode(encrypted.nonce).length !== 12) throw mismatch('an entry of the list has another nonce');
  const pem = await decrypted(encrypted, apiV3Keys);
  const facts = crypto().readCertificate(pem);
  if (facts === undefined) throw mismatch('an entry of the list is not a certificate');
  if (isMerchants(facts)) throw mismatch("an entry of the list is a merchant's certificate");
  if (canonicalSerial(facts.serial) !== canonicalSerial(serial_no as string))
    throw mismatch(`an entry of the list has the serial ${facts.serial}, and its serial_no is another one`);
  return {
    serial_no: writtenSerial(facts.serial) ?? facts.serial,
    effective_time: new Date(facts.notBeforeMs).toISOString(),
    expire_time: new Date(facts.notAfterMs).toISOString(),
    pem,
  };
}

async function decrypted(
  encrypted: { nonce: string; associated_data: string; ciphertext: string },
  apiV3Keys: readonly string[],
): Promise<string> {
  for (const key of apiV3Keys) {
    const plain = await crypto().decrypt(key, encrypted);
    if (plain !== undefined) return new TextDecoder().decode(plain);
  }
  throw new WxPayError({
    code: 'ERR_DECRYPT',
    outcome: 'unknown',
    message:
      'certificates: the list cannot be decrypted; check that apiV3Key is the APIv3 key (APIv3密钥) of the merchant platform, not the key of APIv2',
    field: 'apiV3Key',
  });
}

const mismatch = (fault: string) =>
  new WxPayError({
    code: 'ERR_MISMATCH',
    outcome: 'unknown',
    message: `certificates: ${fault}`,
    field: 'certificates',
  });
