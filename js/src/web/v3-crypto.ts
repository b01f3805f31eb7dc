// The cryptography of APIv3 on WebCrypto, for hosts without node:crypto. Every operation is asynchronous there.
import { configError } from '../errors.js';
import { isCertificate } from '../pem.js';
import { type CryptoHost, type KeyErrors, type KeyTexts, LEAST_BITS } from '../v3/host.js';
import { readCertificate } from '../wasm/v3.js';
import { base64Of, bytesOf, derOf, isRsa, modulusBits, pkcs8Of } from './der.js';

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const encoder = new TextEncoder();
const utf8 = (text: string) => encoder.encode(text);

/** The cryptography of browsers, workers and other hosts with web standards. */
export const webCrypto: CryptoHost = {
  readCertificate(pem) {
    const der = derOf(pem, 'CERTIFICATE');
    try {
      return der && readCertificate(der);
    } catch {
      return undefined;
    }
  },
  signer(texts) {
    const der = privateDer(texts.key);
    if (der === undefined) throw texts.damaged();
    if (!isRsa(der)) throw texts.notRsa();
    let secret: Promise<CryptoKey> | undefined;
    return async (text) => {
      secret ??= importPrivate(der, texts);
      return base64Of(await subtle().sign(RSA, await secret, utf8(text)));
    };
  },
  verifier(pem, errors) {
    const spki = publicDer(pem);
    if (spki === undefined) throw errors.damaged();
    if (!isRsa(spki)) throw errors.notRsa();
    // After a call such an error would come too late.
    const bits = modulusBits(spki);
    if (bits < LEAST_BITS) throw bits === 0 ? errors.damaged() : errors.short(bits);
    let key: Promise<CryptoKey> | undefined;
    return async (parts, signature) => {
      const bytes = bytesOf(signature);
      if (bytes === undefined) return false;
      key ??= importPublic(spki, errors);
      return subtle().verify(RSA, await key, bytes, joined(parts));
    };
  },
  async hmac(key, text) {
    const secret = await subtle().importKey('raw', utf8(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const mac = new Uint8Array(await subtle().sign('HMAC', secret, utf8(text)));
    return Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join('');
  },
  async decrypt(key, { nonce, associated_data, ciphertext }) {
    const sealed = bytesOf(ciphertext);
    if (sealed === undefined) return undefined;
    const secret = await subtle().importKey('raw', utf8(key), 'AES-GCM', false, ['decrypt']);
    const parameters = { name: 'AES-GCM', iv: utf8(nonce), additionalData: utf8(associated_data), tagLength: 128 };
    // The only failure is a wrong tag.
    const plain = await subtle()
      .decrypt(parameters, secret, sealed)
      .catch(() => undefined);
    return plain && new Uint8Array(plain);
  },
};

/** A page without TLS that is not of this machine has no WebCrypto. */
function subtle(): SubtleCrypto {
  const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto };
  if (subtle === undefined) throw configError('crypto', 'this host has no WebCrypto; a page needs https:// for it');
  return subtle;
}

/** A private key as PKCS#8. */
function privateDer(pem: string): Uint8Array<ArrayBuffer> | undefined {
  const pkcs1 = derOf(pem, 'RSA PRIVATE KEY');
  return pkcs1 ? pkcs8Of(pkcs1) : derOf(pem, 'PRIVATE KEY');
}

function publicDer(pem: string): Uint8Array<ArrayBuffer> | undefined {
  if (!isCertificate(pem)) return derOf(pem, 'PUBLIC KEY');
  const der = derOf(pem, 'CERTIFICATE');
  return der && new Uint8Array(readCertificate(der).spki);
}

async function importPrivate(der: Uint8Array<ArrayBuffer>, texts: KeyTexts): Promise<CryptoKey> {
  const secret = await imported('pkcs8', der, 'sign', texts);
  const spki = texts.cert === undefined ? undefined : publicDer(texts.cert);
  if (spki === undefined) return secret;
  // WebCrypto does not show the modulus of a private key, so a signature is compared.
  const text = utf8('paysign');
  const signature = await subtle().sign(RSA, secret, text);
  if (!(await subtle().verify(RSA, await importPublic(spki, texts), signature, text))) throw texts.unrelated();
  return secret;
}

const importPublic = (spki: Uint8Array<ArrayBuffer>, errors: KeyErrors) => imported('spki', spki, 'verify', errors);

async function imported(
  format: 'pkcs8' | 'spki',
  der: Uint8Array<ArrayBuffer>,
  usage: KeyUsage,
  { damaged, short }: KeyErrors,
): Promise<CryptoKey> {
  const key = await subtle()
    .importKey(format, der, RSA, false, [usage])
    .catch(() => {
      throw damaged();
    });
  const { modulusLength: bits } = key.algorithm as RsaHashedKeyAlgorithm;
  if (bits < LEAST_BITS) throw short(bits);
  return key;
}

function joined(parts: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const all = parts.map((part) => (typeof part === 'string' ? utf8(part) : part));
  const whole = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
