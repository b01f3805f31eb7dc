// PEM texts as options: the files of the merchant platform, with a message for each mistake. No key is in a message.
import { configError, type WxPayError } from './errors.js';

/** A file that an option contains. */
export interface PemFile {
  /** The option that an error names. */
  readonly field: string;
  /** The words before the fault, if the option has several files. */
  readonly prefix?: string;
  /** The name of the file at WeChat. */
  readonly file: string;
}

/** The two files of a merchant. */
export interface PemFiles {
  readonly cert: PemFile;
  readonly key: PemFile;
}

/** The error about a file. */
export const pemFault = ({ field, prefix = '' }: PemFile, what: string): WxPayError =>
  configError(field, `${prefix}${what}`);

/** The error for a text that cannot be read, although it has the right label. */
export const damaged = (of: PemFile): WxPayError =>
  pemFault(of, `is damaged between its BEGIN and END lines; pass the contents of ${of.file} unchanged`);

/** The error for a certificate with another key. */
export const unrelated = (of: PemFile): WxPayError =>
  configError(
    of.field,
    'the certificate and the key do not belong together; take both from the same download of WeChat',
  );

/** The texts of certificate and private key, each with the label that it must have. */
export function pairTexts(of: PemFiles, given: { cert: unknown; key: unknown }): { cert: string; key: string } {
  const [cert, key] = [pemText(of.cert, given.cert), pemText(of.key, given.key)];
  if (isPrivate(cert) && !isCertificate(cert) && isCertificate(key) && !isPrivate(key)) {
    const [certName, keyName] = [nameOf(of.cert), nameOf(of.key)];
    const files = `${certName} is ${of.cert.file}, ${keyName} is ${of.key.file}`;
    throw configError(of.cert.field, `${certName} and ${keyName} are swapped; ${files}`);
  }
  return { cert: certificateText(of.cert, cert), key: privateKeyText(of.key, key) };
}

/** The text of a certificate. */
export function certificateText(of: PemFile, given: unknown): string {
  const text = pemText(of, given);
  if (isCertificate(text)) return text;
  const what = isPrivate(text) ? 'a private key' : `"${labels(text)[0] ?? ''}"`;
  throw pemFault(of, `is ${what}, not a certificate; pass the contents of ${of.file}`);
}

/** The text of a private key that is not encrypted. */
export function privateKeyText(of: PemFile, given: unknown): string {
  const text = pemText(of, given);
  if (labels(text).includes('ENCRYPTED PRIVATE KEY') || /^Proc-Type: 4,ENCRYPTED/m.test(text))
    throw pemFault(of, `is encrypted; decrypt it with: openssl pkey -in ${of.file} -out plain_key.pem`);
  if (isPrivate(text)) return text;
  const what = isCertificate(text) ? 'a certificate' : `"${labels(text)[0] ?? ''}"`;
  throw pemFault(of, `is ${what}, not a private key; pass the contents of ${of.file}`);
}

/** A PEM text with its line ends. */
export function pemText(of: PemFile, given: unknown): string {
  const contents = `pass the contents of ${of.file}`;
  if (given === undefined || given === null) throw pemFault(of, `is missing; ${contents}`);
  const text = mended(given);
  if (text === undefined) throw pemFault(of, `must be text; ${contents}`);
  if (text.trim() === '') throw pemFault(of, `is empty; ${contents}`);
  if (text.includes('-----BEGIN ')) return text;
  if (isPath(text)) throw pemFault(of, `is a path; ${contents}, as readFileSync(path, 'utf8') reads them`);
  throw pemFault(of, `has no BEGIN line; ${contents}, from its -----BEGIN line to its -----END line`);
}

/**
 * Replaces a literal `\n` by a line end, as environment variables have it. Removes blanks around lines, as indented files have them.
 * Returns undefined if the value is not text.
 */
export function mended(given: unknown): string | undefined {
  const text = given instanceof Uint8Array ? new TextDecoder().decode(given) : given;
  if (typeof text !== 'string') return undefined;
  const lines = text.replace(/(?:\\r)?\\n/g, '\n').split('\n');
  return lines.map((line) => line.trim()).join('\n');
}

/** Whether the text has a certificate. */
export const isCertificate = (text: string) => labels(text).includes('CERTIFICATE');

/** Whether the text has a private key. */
export const isPrivate = (text: string) => labels(text).some((label) => label.endsWith('PRIVATE KEY'));

const labels = (text: string) => [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, name = '']) => name);

const nameOf = ({ field, prefix = field }: PemFile) => prefix.trim();

const isPath = (text: string) =>
  text.length < 1024 && (/\.\w{1,4}$/.test(text.trim()) || /^(\.{0,2}\/|~|[A-Za-z]:\\|file:)/.test(text));
