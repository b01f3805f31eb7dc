// The bills of APIv3: downloaded from the address in a signed answer, decrypted, unpacked, and compared with the signed hash.
import { type BillStream, readBillMasked } from '../bill/bill.js';
import { WxPayError } from '../errors.js';
import type { CallOptions } from '../http/call-options.js';
import { piecesOf } from '../http/pieces.js';
import { crypto } from './host.js';
import { isSentUnchanged, type Sender } from './sender.js';

/** Where a bill is: a judged answer, or an entry of its list. The core checks some of its members only. */
interface BillFile {
  readonly hash_type?: unknown;
  readonly hash_value?: unknown;
  readonly download_url?: unknown;
  readonly encrypt_key?: unknown;
  readonly nonce?: unknown;
}

/** Downloads a bill. Its rows are read as they come. */
export async function openBill(sender: Sender, file: unknown, options: CallOptions | undefined): Promise<BillStream> {
  const { path, sha1 } = checked(file as BillFile);
  const answer = await sender.download(path, options);
  return answer.judged(() => readBillMasked(answer.body, { sha1 }, (error) => answer.masked(error)));
}

/** The encrypted bills of a list. Each is downloaded when its first row is read, and its address is good for five minutes. */
export function openEncryptedBills(sender: Sender, list: unknown, options: CallOptions | undefined): BillStream[] {
  const files = (list as { download_bill_list: readonly (BillFile | null)[] }).download_bill_list;
  return files.map((entry) => {
    // The core checks that it is a list, and nothing of its entries.
    const file = entry ?? {};
    const { path, sha1 } = checked(file);
    const { key, nonce } = cipherOf(file);
    return readBillMasked(decrypted(sender, path, { key, nonce }, options), { sha1 }, (error) => error);
  });
}

/** The path and the hash of a file. */
function checked({ hash_type, hash_value, download_url }: BillFile): { path: string; sha1: string } {
  if (hash_type !== 'SHA1') throw mismatch('hash_type', 'is not SHA1, which alone is supported');
  if (typeof hash_value !== 'string' || !/^[0-9a-f]{40}$/i.test(hash_value))
    throw mismatch('hash_value', 'is not a hash of 40 hexadecimal digits');
  const path = typeof download_url === 'string' ? download_url.replace(/^https?:\/\/[^/?#]+/, '') : '';
  if (!isSentUnchanged(path)) throw mismatch('download_url', 'is not an address of WeChat Pay');
  return { path, sha1: hash_value };
}

/** The key and the nonce of a file. The key is 32 characters; the client has decrypted it. */
function cipherOf({ encrypt_key, nonce }: BillFile): { key: Uint8Array; nonce: string } {
  const key = new TextEncoder().encode(typeof encrypt_key === 'string' ? encrypt_key : '');
  if (key.length !== 32) throw mismatch('encrypt_key', `has ${key.length} bytes instead of 32`);
  if (typeof nonce !== 'string' || new TextEncoder().encode(nonce).length !== 12)
    throw mismatch('nonce', 'has not 12 bytes');
  return { key, nonce };
}

/** The plain bytes of an encrypted file. */
async function* decrypted(
  sender: Sender,
  path: string,
  { key, nonce }: { key: Uint8Array; nonce: string },
  options: CallOptions | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const answer = await sender.download(path, options);
  const decipher = crypto().decipher(key, nonce);
  const pieces = answer.judged(() => piecesOf(answer.body));
  try {
    for (let piece = await pieces?.next(); piece !== undefined; piece = await pieces?.next()) {
      const plain = await decipher.update(piece as Uint8Array);
      if (plain.length > 0) yield plain;
    }
    const last = await decipher.end();
    if (last === undefined) throw damaged();
    if (last.length > 0) yield last;
  } finally {
    pieces?.cancel();
  }
}

const damaged = () =>
  new WxPayError({
    code: 'ERR_DECRYPT',
    outcome: 'unknown',
    message: 'the bill: its cipher is cut off or changed; drop its rows, and ask for the bill again',
  });

const mismatch = (field: string, fault: string) =>
  new WxPayError({
    code: 'ERR_MISMATCH',
    outcome: 'unknown',
    message: `${field}: of the answer ${fault}; report this`,
    field,
  });
