// The fetch for calls that need the merchant's certificate: node:https with an agent of its own, kept alive.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { Agent, request } from 'node:https';
import { Readable } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { configError, WxPayError } from '../errors.js';
import type { Certificate } from '../options.js';

/**
 * Makes a fetch that shows the certificate (API证书). The pair is checked first: one that is expired or does not belong together
 * is `ERR_CONFIG`, not a refund that fails. Redirects are not followed, so the certificate goes to no other host.
 */
export function certificateFetch(certificate: Certificate): typeof fetch {
  check(certificate);
  const { pfx, ...rest } = { pfx: undefined, ...certificate };
  const agent = new Agent({ ...rest, ...(pfx ? { pfx: Buffer.from(pfx) } : {}), keepAlive: true });
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      const { method = 'GET', headers, signal, body } = init;
      if (typeof body !== 'string' && body !== undefined) throw new TypeError('the body of a signed request is text');
      const options = {
        agent,
        method,
        headers: { ...(headers as Record<string, string>) },
        ...(signal ? { signal } : {}),
      };
      const sent = request(String(input), options, (answer) => {
        const { statusCode = 0 } = answer;
        answer.on('error', reject);
        resolve(
          new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status: Math.max(200, statusCode) }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
}

function check(certificate: Certificate): void {
  if ('pfx' in certificate) checkPfx(certificate);
  else checkPair(certificate);
}

function checkPair({ cert, key }: { cert: string; key: string }): void {
  const [own, privateKey] = read(
    () => [new X509Certificate(cert), createPrivateKey(key)] as const,
    'is no PEM pair; give the contents of apiclient_cert.pem and apiclient_key.pem',
  );
  if (!own.checkPrivateKey(privateKey))
    throw configError('certificate', 'the certificate and the key do not belong together');
  const end = new Date(own.validTo);
  if (end.getTime() < Date.now())
    throw configError(
      'certificate',
      `expired on ${end.toISOString().slice(0, 10)}; fetch a new one from the merchant platform`,
    );
}

function checkPfx({ pfx, passphrase }: { pfx: Uint8Array; passphrase: string }): void {
  if (typeof passphrase !== 'string')
    throw configError('certificate', 'the passphrase must be text: the merchant number');
  read(
    () => createSecureContext({ pfx: Buffer.from(pfx), passphrase }),
    'is no PKCS#12 file that opens with this passphrase',
  );
}

/** OpenSSL's own words may hold what it was given, so only its code decides what is said. */
function read<T>(run: () => T, fault: string): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof WxPayError) throw error;
    const legacy = (error as { code?: string }).code === 'ERR_CRYPTO_UNSUPPORTED_OPERATION';
    throw configError('certificate', legacy ? LEGACY : fault);
  }
}

const LEGACY =
  'is encrypted in a way that OpenSSL 3 refuses; use apiclient_cert.pem and apiclient_key.pem, or convert it once: openssl pkcs12 -legacy -in apiclient_cert.p12 -nodes -out all.pem';
