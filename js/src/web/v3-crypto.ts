// The cryptography of APIv3 on WebCrypto, for hosts without node:crypto. Every operation is asynchronous there.
import { configError } from '../errors.js';
import { isCertificate } from '../pem.js';
import { type CryptoHost, type KeyErrors, type KeyTexts, LEAST_BITS } from '../v3/host.js';
import { readCertificate } from '../wasm/v3.js';
import { counterDecipher, wholeDecipher } from './decipher.js';
import { base64Of, bytesOf, derOf, isRsa, modulusBits, pkcs8Of } from './der.js';

const SIGNATURE = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const OAEP = { name: 'RSA-OAEP', hash: 'SHA-1' };
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
  privateKey(texts) {
    const der = privateDer(texts.key);
    if (der === undefined) throw texts.damaged();
    if (!isRsa(der)) throw texts.notRsa();
    const signing = once(() => importPrivate(der, texts));
    const opening = once(() => imported('pkcs8', der, OAEP, 'decrypt', texts));
    return {
      sign: async (text) => base64Of(await subtle().sign(SIGNATURE, await signing(), utf8(text))),
      async decrypt(ciphertext) {
        const bytes = bytesOf(ciphertext);
        const key = await opening();
        return bytes && opened(subtle().decrypt(OAEP, key, bytes));
      },
    };
  },
  publicKey(pem, errors) {
    const spki = publicDer(pem);
    if (spki === undefined) throw errors.damaged();
    if (!isRsa(spki)) throw errors.notRsa();
    // After a call such an error would come too late.
    const bits = modulusBits(spki);
    if (bits < LEAST_BITS) throw bits === 0 ? errors.damaged() : errors.short(bits);
    const verifying = once(() => imported('spki', spki, SIGNATURE, 'verify', errors));
    const sealing = once(() => imported('spki', spki, OAEP, 'encrypt', errors));
    return {
      async verify(parts, signature) {
        const bytes = bytesOf(signature);
        return bytes !== undefined && subtle().verify(SIGNATURE, await verifying(), bytes, joined(parts));
      },
      encrypt: async (text) => base64Of(await subtle().encrypt(OAEP, await sealing(), utf8(text))),
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
    return opened(subtle().decrypt(parameters, secret, sealed));
  },
  decipher(key, nonce) {
    const bytes = utf8(nonce);
    return bytes.length === 12 ? counterDecipher(subtle(), key, bytes) : wholeDecipher(subtle(), key, bytes);
  },
};

/** A page without TLS that is not of this machine has no WebCrypto. */
function subtle(): SubtleCrypto {
  const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto };
  if (subtle === undefined) throw configError('crypto', 'this host has no WebCrypto; a page needs https:// for it');
  return subtle;
}

/** Returns what `make` makes at the first call. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The plain bytes, or undefined. The only failure is a message for another key, or a changed one. */
async function opened(plain: Promise<ArrayBuffer>): Promise<Uint8Array | undefined> {
  const bytes = await plain.catch(() => undefined);
  return bytes && new Uint8Array(bytes);
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
  const secret = await imported('pkcs8', der, SIGNATURE, 'sign', texts);
  const spki = texts.cert === undefined ? undefined : publicDer(texts.cert);
  if (spki === undefined) return secret;
  // WebCrypto does not show the modulus of a private key, so a signature is compared.
  const text = utf8('paysign');
  const signature = await subtle().sign(SIGNATURE, secret, text);
  const key = await imported('spki', spki, SIGNATURE, 'verify', texts);
  if (!(await subtle().verify(SIGNATURE, key, signature, text))) throw texts.unrelated();
  return secret;
}

async function imported(
  format: 'pkcs8' | 'spki',
  der: Uint8Array<ArrayBuffer>,
  algorithm: typeof OAEP,
  usage: KeyUsage,
  { damaged, short }: KeyErrors,
): Promise<CryptoKey> {
  const key = await subtle()
    .importKey(format, der, algorithm, false, [usage])
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
