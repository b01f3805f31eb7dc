// The merchant's certificate and key for TLS, checked before anything is sent.
import { PassThrough } from 'node:stream';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { configError } from '../errors.js';
import type { Certificate } from '../http/certificate.js';
import { checkDates, type Pair, readPair } from './pem.js';
import { openPkcs12 } from './pkcs12.js';
import { isForOpenSsl, wrongPassphrase } from './pkcs12-rounds.js';

/** Options of TLS. */
export type Identity = Pair | { pfx: Buffer; passphrase: string };

/**
 * Reads the certificate. Throws `ERR_CONFIG` if it is expired or does not belong to its key. So the client fails at once, not at the
 * first refund.
 */
export function identityOf(certificate: Certificate): Identity {
  return 'pfx' in certificate ? fromPfx(certificate) : readPair(certificate);
}

/** Checks the file. Our own reader opens a file with an old encryption: OpenSSL 3 refuses it, or needs minutes for it. */
function fromPfx({ pfx, passphrase }: { pfx: Uint8Array; passphrase: string }): Identity {
  const file = fileOf(pfx);
  if (passphrase === undefined)
    throw configError('certificate', 'the passphrase is missing; it is the merchant number (mch_id)');
  if (typeof passphrase !== 'string')
    throw configError('certificate', 'the passphrase must be text: the merchant number');
  if (!isForOpenSsl(file, passphrase)) return readPair(openPkcs12(file, passphrase));
  let secureContext: SecureContext;
  try {
    secureContext = createSecureContext({ pfx: file, passphrase });
  } catch (error) {
    // OpenSSL's text may contain the passphrase, so our message depends on the error code only.
    const { code } = error as { code?: string };
    if (code === 'ERR_CRYPTO_UNSUPPORTED_OPERATION') return readPair(openPkcs12(file, passphrase));
    if (code !== 'ERR_CRYPTO_OPERATION_FAILED') throw wrongPassphrase();
    throw configError(
      'certificate',
      'the PKCS#12 file must contain a certificate and the private key that belongs to it',
    );
  }
  // Only a socket returns the certificate of a context. This one is never connected.
  const socket = new TLSSocket(new PassThrough(), { secureContext });
  const own = socket.getX509Certificate();
  socket.destroy();
  if (own) checkDates(own);
  return { pfx: file, passphrase };
}

/** Returns the bytes of the file. Each common mistake has its own message. */
function fileOf(pfx: unknown): Buffer {
  const wanted = 'the bytes of apiclient_cert.p12';
  if (pfx === undefined || pfx === null) throw configError('certificate', `pfx is missing; pass ${wanted}`);
  if (!(pfx instanceof Uint8Array))
    throw configError('certificate', `pfx must be ${wanted}, as readFileSync(path) reads them`);
  const file = Buffer.from(pfx);
  if (file.length === 0) throw configError('certificate', `pfx is empty; pass ${wanted}`);
  const text = file.toString('latin1', 0, 4096).trim();
  if (text.includes('-----BEGIN '))
    throw configError('certificate', `pfx is PEM text; pass it as cert and key, or pass ${wanted}`);
  if (/^MI[A-Za-z0-9+/=\s]+$/.test(text))
    throw configError('certificate', "pfx is base64 text; decode it with Buffer.from(text, 'base64')");
  // A PKCS#12 file begins with 0x30 and a byte above 0x7F. Read as UTF-8, that byte becomes U+FFFD.
  // Read as latin1 and saved as UTF-8, it becomes two bytes.
  if (/^0(?:\xef\xbf\xbd|\xc2[\x80-\xbf])/.test(text))
    throw configError(
      'certificate',
      'pfx was read as text, which damaged it; read it without an encoding: readFileSync(path)',
    );
  return file;
}
