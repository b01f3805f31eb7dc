// The merchant's certificate and key as PEM texts, with a message for each mistake.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { configError, type WxPayError } from '../errors.js';

/** A certificate and its private key, as OpenSSL reads them. */
export interface Pair {
  cert: string;
  key: string;
}

const FILES = { cert: 'apiclient_cert.pem', key: 'apiclient_key.pem' } as const;

/** Reads the pair of a merchant. Throws `ERR_CONFIG` for a pair that cannot work. The message shows nothing of the key. */
export function readPair(given: { cert: unknown; key: unknown }): Pair {
  const cert = pemText('cert', given.cert);
  const key = pemText('key', given.key);
  const [hasCert, hasKey] = [labels(cert).has('CERTIFICATE'), [...labels(key)].some(isPrivate)];
  if (!hasCert && !hasKey && labels(key).has('CERTIFICATE') && [...labels(cert)].some(isPrivate))
    throw fault(`cert and key are swapped; cert is ${FILES.cert}, key is ${FILES.key}`);
  const own = readCertificate(cert);
  const secret = readKey(key);
  checkIsMerchant(own);
  if (!own.checkPrivateKey(secret))
    throw fault(`the certificate and the key do not belong together; take both from the same download of WeChat`);
  checkDates(own);
  return { cert, key };
}

/** Refuses a certificate that is expired or not valid yet. */
export function checkDates({ validFrom, validTo }: X509Certificate): void {
  const [start, end] = [new Date(validFrom), new Date(validTo)];
  if (end.getTime() < Date.now())
    throw fault(`expired on ${day(end)}; fetch a new one from the merchant platform (商户平台)`);
  if (start.getTime() > Date.now())
    throw fault(`is valid from ${day(start)} on, and today is ${day(new Date())}; check the clock of this machine`);
}

/** Reads the authorities to trust, as PEM texts. Each text may have several. */
export function authorities(name: string, ca: unknown): string[] | undefined {
  if (ca === undefined) return undefined;
  const texts = Array.isArray(ca) ? ca : [ca];
  if (texts.length === 0)
    throw configError(name, 'is an empty list of authorities; leave it out to trust the public ones');
  return texts.map((text) => {
    const pem = mended(text);
    if (pem === undefined || !isReadable(() => new X509Certificate(pem)))
      throw configError(name, 'the authority must be PEM, from -----BEGIN CERTIFICATE----- to its END line');
    return pem;
  });
}

const fault = (what: string): WxPayError => configError('certificate', what);
const day = (date: Date) => date.toISOString().slice(0, 10);
const labels = (text: string) =>
  new Set([...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, name = '']) => name));
const isPrivate = (label: string) => label.endsWith('PRIVATE KEY');

/** Replaces a literal `\n` by a line end, as environment variables have it. Returns undefined if the value is not text. */
function mended(given: unknown): string | undefined {
  const text = given instanceof Uint8Array ? Buffer.from(given).toString('utf8') : given;
  return typeof text === 'string' ? text.replace(/(?:\\r)?\\n/g, '\n') : undefined;
}

/** Checks the contents of one of the two files. */
function pemText(name: keyof typeof FILES, given: unknown): string {
  const contents = `pass the contents of ${FILES[name]}`;
  if (given === undefined || given === null) throw fault(`${name} is missing; ${contents}`);
  const text = mended(given);
  if (text === undefined) throw fault(`${name} must be text; ${contents}`);
  if (text.trim() === '') throw fault(`${name} is empty; ${contents}`);
  if (text.includes('-----BEGIN ')) return text;
  if (isPath(text)) throw fault(`${name} is a path; ${contents}, as readFileSync(path, 'utf8') reads them`);
  throw fault(`${name} has no BEGIN line; ${contents}, from its -----BEGIN line to its -----END line`);
}

const isPath = (text: string) =>
  text.length < 1024 && (/\.\w{1,4}$/.test(text.trim()) || /^(\.{0,2}\/|~|[A-Za-z]:\\|file:)/.test(text));

function readCertificate(text: string): X509Certificate {
  const names = labels(text);
  if (!names.has('CERTIFICATE')) {
    const what = [...names].some(isPrivate) ? 'a private key' : `"${[...names][0] ?? ''}"`;
    throw fault(`cert is ${what}, not a certificate; pass the contents of ${FILES.cert}`);
  }
  const read = isReadable(() => new X509Certificate(text));
  if (!read)
    throw fault(`cert is damaged between its BEGIN and END lines; pass the contents of ${FILES.cert} unchanged`);
  return read;
}

function readKey(text: string): KeyObject {
  const names = [...labels(text)];
  if (names.includes('ENCRYPTED PRIVATE KEY') || /^Proc-Type: 4,ENCRYPTED/m.test(text))
    throw fault(`key is encrypted; decrypt it with: openssl pkey -in ${FILES.key} -out plain_key.pem`);
  if (!names.some(isPrivate)) {
    const what = names.includes('CERTIFICATE') ? 'a certificate' : `"${names[0] ?? ''}"`;
    throw fault(`key is ${what}, not a private key; pass the contents of ${FILES.key}`);
  }
  const read = isReadable(() => createPrivateKey(text));
  if (!read) throw fault(`key is damaged between its BEGIN and END lines; pass the contents of ${FILES.key} unchanged`);
  return read;
}

/** Refuses other certificates that a merchant receives from WeChat. */
function checkIsMerchant({ ca, subject }: X509Certificate): void {
  if (ca) throw fault(`cert is the certificate of an authority, such as rootca.pem; pass ${FILES.cert}`);
  if (/^CN=Tenpay\.com/m.test(subject))
    throw fault(`cert is WeChat's platform certificate (平台证书); pass the merchant's own, ${FILES.cert}`);
}

function isReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
