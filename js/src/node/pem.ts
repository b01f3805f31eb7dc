// The merchant's certificate and key as PEM texts, read by Node.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type CertificateFacts, checkEnd, checkIsMerchants, checkStart } from '../certificate.js';
import { configError } from '../errors.js';
import { damaged, mended, type PemFile, pairTexts, pemFault, unrelated } from '../pem.js';

/** A certificate and its private key, as OpenSSL reads them. */
export interface Pair {
  cert: string;
  key: string;
}

const CERT: PemFile = { field: 'certificate', prefix: 'cert ', file: 'apiclient_cert.pem' };
const KEY: PemFile = { field: 'certificate', prefix: 'key ', file: 'apiclient_key.pem' };
const WHOLE: PemFile = { field: 'certificate', file: 'apiclient_cert.p12' };

/** Reads the pair of a merchant. Throws `ERR_CONFIG` for a pair that cannot work. The message shows nothing of the key. */
export function readPair(given: { cert: unknown; key: unknown }): Pair {
  const pair = pairTexts({ cert: CERT, key: KEY }, given);
  const own = readable(() => new X509Certificate(pair.cert));
  if (own === undefined) throw damaged(CERT);
  const secret = readPrivateKey(pair.key);
  if (secret === undefined) throw damaged(KEY);
  if (own.ca) throw pemFault(CERT, `is the certificate of an authority, such as rootca.pem; pass ${CERT.file}`);
  checkIsMerchants(CERT, factsOf(own));
  if (!own.checkPrivateKey(secret)) throw unrelated(CERT);
  checkDates(own);
  return pair;
}

/** Refuses a certificate that is expired or not valid yet. */
export function checkDates(certificate: X509Certificate): void {
  const [facts, nowMs] = [factsOf(certificate), Date.now()];
  checkEnd(WHOLE, facts, nowMs);
  checkStart(WHOLE, facts, nowMs);
}

/** What a certificate says. */
export function factsOf({ subject, serialNumber, validFrom, validTo }: X509Certificate): CertificateFacts {
  const name = (of: string) => new RegExp(`^${of}=(.*)$`, 'm').exec(subject)?.[1] ?? '';
  return {
    serial: serialNumber,
    commonName: name('CN'),
    organization: name('O'),
    notBeforeMs: Date.parse(validFrom),
    notAfterMs: Date.parse(validTo),
  };
}

/** The private key, or undefined for a text that is damaged. */
export const readPrivateKey = (text: string): KeyObject | undefined => readable(() => createPrivateKey(text));

/** What `read` returns, or undefined if it throws. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Reads the authorities to trust, as PEM texts. Each text may have several. */
export function authorities(name: string, ca: unknown): string[] | undefined {
  if (ca === undefined) return undefined;
  const texts = Array.isArray(ca) ? ca : [ca];
  if (texts.length === 0)
    throw configError(name, 'is an empty list of authorities; leave it out to trust the public ones');
  return texts.map((text) => {
    const pem = mended(text);
    if (pem === undefined || readable(() => new X509Certificate(pem)) === undefined)
      throw configError(name, 'the authority must be PEM, from -----BEGIN CERTIFICATE----- to its END line');
    return pem;
  });
}
