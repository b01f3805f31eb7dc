// The fetch for calls that need the merchant's certificate: node:https with an agent of its own, kept alive.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { Agent, type AgentOptions, request } from 'node:https';
import { PassThrough, Readable } from 'node:stream';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { configError } from '../errors.js';
import type { Certificate } from '../http/certificate.js';
import { wrongStatus } from '../http/exchange.js';
import { openPkcs12 } from './pkcs12.js';
import { isForOpenSsl, unopened } from './pkcs12-rounds.js';

/**
 * Makes a fetch that shows the certificate (API证书) to the hosts of `baseUrls`, and to no other: it sends nowhere else, and
 * redirects are not followed. A certificate that is expired or does not belong to its key is `ERR_CONFIG`, not a refund that fails.
 */
export function certificateFetch(certificate: Certificate, baseUrls: readonly string[]): typeof fetch {
  const identity = 'pfx' in certificate ? fromPfx(certificate) : fromPair(certificate);
  const { ca } = certificate;
  // Said here, no environment (NODE_TLS_REJECT_UNAUTHORIZED) can switch the check off.
  // What is left out could be read from a polluted Object.prototype.
  const trust = { ca, secureContext: undefined, rejectUnauthorized: true };
  const agent = new Agent({ ...identity, ...trust, keepAlive: true } as AgentOptions);
  const origins = new Set(baseUrls.map((url) => new URL(url).origin).filter((origin) => origin.startsWith('https:')));
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      const { method = 'GET', headers, signal, body } = init;
      if (typeof body !== 'string' && body !== undefined) throw new TypeError('the body of a signed request is text');
      const { origin, pathname } = new URL(String(input));
      if (!origins.has(origin))
        throw configError('certificate', `is shown to the https:// addresses of baseUrls only, not to ${origin}`);
      const options = {
        agent,
        method,
        headers: { ...(headers as Record<string, string>) },
        ...(signal ? { signal } : {}),
      };
      const sent = request(String(input), options, (answer) => {
        const { statusCode: status = 0 } = answer;
        answer.on('error', reject);
        if (status === 200) return resolve(new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>));
        // No other answer is read. What a Response cannot be made of is an error here; a throw would end the process.
        answer.destroy();
        if (status < 200 || status > 599) reject(wrongStatus(pathname, status));
        else resolve(new Response(null, { status }));
      });
      sent.on('error', reject);
      // A server may switch protocols unasked: then there is neither an answer nor an error.
      sent.on('upgrade', (_answer, socket) => {
        socket.destroy();
        reject(wrongStatus(pathname, 101));
      });
      sent.on('close', () => reject(new Error('the connection closed')));
      sent.end(body);
    });
}

interface Pair {
  cert: string;
  key: string;
}

function fromPair({ cert, key }: Pair): Pair {
  let own: X509Certificate;
  let belongsToKey: boolean;
  try {
    own = new X509Certificate(cert);
    belongsToKey = own.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw configError('certificate', 'is no PEM pair; give the contents of apiclient_cert.pem and apiclient_key.pem');
  }
  if (!belongsToKey) throw configError('certificate', 'the certificate and the key do not belong together');
  checkExpiry(own);
  return { cert, key };
}

/** The file as it is. An old one, which OpenSSL 3 refuses or may work on for minutes, becomes the pair that it contains. */
function fromPfx({
  pfx,
  passphrase,
}: {
  pfx: Uint8Array;
  passphrase: string;
}): Pair | { pfx: Buffer; passphrase: string } {
  if (!(pfx instanceof Uint8Array)) throw configError('certificate', 'pfx must be the bytes of apiclient_cert.p12');
  if (typeof passphrase !== 'string')
    throw configError('certificate', 'the passphrase must be text: the merchant number');
  const file = Buffer.from(pfx);
  if (!isForOpenSsl(file, passphrase)) return fromPair(openPkcs12(file, passphrase));
  let secureContext: SecureContext;
  try {
    secureContext = createSecureContext({ pfx: file, passphrase });
  } catch (error) {
    // OpenSSL's own words may hold what it was given, so only its code decides what is said.
    const { code } = error as { code?: string };
    if (code === 'ERR_CRYPTO_UNSUPPORTED_OPERATION') return fromPair(openPkcs12(file, passphrase));
    if (code !== 'ERR_CRYPTO_OPERATION_FAILED') throw unopened();
    throw configError(
      'certificate',
      'the PKCS#12 file must hold a certificate and its private key, which belong together',
    );
  }
  // Only a socket tells which certificate a context has; this one is never connected.
  const socket = new TLSSocket(new PassThrough(), { secureContext });
  const own = socket.getX509Certificate();
  socket.destroy();
  if (own) checkExpiry(own);
  return { pfx: file, passphrase };
}

function checkExpiry({ validTo }: X509Certificate): void {
  const end = new Date(validTo);
  if (end.getTime() < Date.now())
    throw configError(
      'certificate',
      `expired on ${end.toISOString().slice(0, 10)}; fetch a new one from the merchant platform`,
    );
}
