// The merchant's certificate and key for TLS, checked before anything is sent.
import { PassThrough } from 'node:stream';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { configError } from '../errors.js';
import type { Certificate } from '../http/certificate.js';
import { checkDates, type Pair, readPair } from './pem.js';
import { openPkcs12, pkcs12Bytes } from './pkcs12.js';
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
  const file = pkcs12Bytes(pfx);
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
