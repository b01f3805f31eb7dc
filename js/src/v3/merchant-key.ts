// The merchant's private key and its serial, from whichever files the merchant has. All mistakes are named before the first call.
import { type CertificateFacts, checkEnd, checkIsMerchants } from '../certificate.js';
import { configError, textFault } from '../errors.js';
import { damaged, type PemFiles, pairTexts, pemFault, privateKeyText, unrelated } from '../pem.js';
import { crypto, type PrivateKey } from './host.js';
import { keyErrors, writtenSerial } from './serial.js';

/** The merchant's private key. */
export interface MerchantKey extends PrivateKey {
  /** The serial of the merchant's certificate. */
  readonly serial: string;
}

/** The options of a client that its key comes from. */
export interface MerchantKeyOptions {
  mchid: string;
  privateKey?: string | undefined;
  certificate?: string | undefined;
  serial?: string | undefined;
  pfx?: Uint8Array | undefined;
  /** The clock, in milliseconds. */
  nowMs(): number;
}

const FILES: PemFiles = {
  cert: { field: 'certificate', file: 'apiclient_cert.pem' },
  key: { field: 'privateKey', file: 'apiclient_key.pem' },
};
/** Both files are members of one. */
const IN_PFX: PemFiles = {
  cert: { field: 'pfx', prefix: 'its certificate ', file: 'apiclient_cert.p12' },
  key: { field: 'pfx', prefix: 'its key ', file: 'apiclient_cert.p12' },
};

/** Reads the key. Throws `ERR_CONFIG` with the option that cannot work. */
export function merchantKey(options: MerchantKeyOptions): MerchantKey {
  const { pfx, privateKey, certificate, serial } = options;
  if (pfx !== undefined) {
    if ([privateKey, certificate, serial].some((option) => option !== undefined))
      throw configError('pfx', 'contains the key and the certificate; leave out privateKey, certificate and serial');
    return keyOf(IN_PFX, opened(pfx, options.mchid), options);
  }
  if (certificate !== undefined) return keyOf(FILES, { cert: certificate, key: privateKey }, options);
  if (serial === undefined || serial === '')
    throw configError('certificate', `is missing; pass the contents of ${FILES.cert.file}, or its serial`);
  const key = privateKeyText(FILES.key, privateKey);
  return { serial: serialOf(serial), ...read(FILES, { key }) };
}

function opened(pfx: unknown, mchid: string): { cert: unknown; key: unknown } {
  const { openPkcs12 } = crypto();
  if (openPkcs12 === undefined)
    throw configError('pfx', 'can be read in Node only; pass privateKey and certificate as PEM');
  return openPkcs12(pfx, mchid);
}

function keyOf(
  files: PemFiles,
  given: { cert: unknown; key: unknown },
  { mchid, serial, nowMs }: MerchantKeyOptions,
): MerchantKey {
  const { cert, key } = pairTexts(files, given);
  const facts = crypto().readCertificate(cert);
  if (facts === undefined) throw damaged(files.cert);
  checkIsMerchants(files.cert, facts);
  const own = read(files, { cert, key });
  checkOwner(files, facts, mchid);
  checkEnd(files.cert, facts, nowMs());
  if (serial !== undefined && serialOf(serial) !== writtenSerial(facts.serial))
    throw configError(
      'serial',
      'is not the one of the certificate; leave it out, since it is read from the certificate',
    );
  return { serial: facts.serial, ...own };
}

const read = ({ cert, key }: PemFiles, texts: { cert?: string; key: string }): PrivateKey =>
  crypto().privateKey({
    key: texts.key,
    cert: texts.cert,
    ...keyErrors(key),
    unrelated: () => unrelated(cert),
  });

/** A certificate names its merchant. One with another form of name says nothing. */
function checkOwner({ cert }: PemFiles, { commonName }: CertificateFacts, mchid: string): void {
  if (/^\d+$/.test(commonName) && commonName !== mchid)
    throw pemFault(cert, `is of the merchant ${commonName}, not of ${mchid}; pass ${cert.file} of this mchid`);
}

/** The serial of the merchant's certificate, from the option. */
function serialOf(given: string): string {
  const fault = textFault(given);
  if (fault !== undefined) throw configError('serial', fault);
  const serial = writtenSerial(given);
  if (serial === undefined)
    throw configError('serial', 'is not the serial of a certificate, which has 40 hexadecimal digits; copy it again');
  if (serial.startsWith('PUB_KEY_ID_'))
    throw configError('serial', "is the id of WeChat's public key; pass the serial of the merchant's certificate");
  return serial;
}
