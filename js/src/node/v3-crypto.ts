// The cryptography of APIv3 on node:crypto. Signing runs in the thread pool, and verifying takes a tenth of its time.
import {
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createVerify,
  type KeyObject,
  sign,
  X509Certificate,
} from 'node:crypto';
import { configError } from '../errors.js';
import type { CryptoHost, SignerOptions } from '../v3/host.js';
import { readPair } from './pem.js';
import { openPkcs12 } from './pkcs12.js';

const TAG_BYTES = 16;

/** Node's own cryptography. */
export const nodeCrypto: CryptoHost = {
  signer(options) {
    const { key, serial } = signerKey(options);
    return {
      serial,
      sign: (text) =>
        new Promise((resolve, reject) => {
          sign('RSA-SHA256', Buffer.from(text), key, (error, signature) =>
            error ? reject(error) : resolve(signature.toString('base64')),
          );
        }),
    };
  },
  verifier(name, pem) {
    const key = publicKey(name, pem);
    return (parts, signature) => {
      const bytes = Buffer.from(signature, 'base64');
      // Node skips characters that are not base64.
      if (bytes.length !== 256 || bytes.toString('base64') !== signature) return false;
      const verify = createVerify('RSA-SHA256');
      for (const part of parts) verify.update(part);
      return verify.verify(key, bytes);
    };
  },
  hmac: (key, text) => createHmac('sha256', key).update(text).digest('hex'),
  decrypt(key, { nonce, associated_data, ciphertext }) {
    const bytes = Buffer.from(ciphertext, 'base64');
    if (bytes.length < TAG_BYTES) return undefined;
    const at = bytes.length - TAG_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key), Buffer.from(nonce));
    decipher.setAuthTag(bytes.subarray(at));
    decipher.setAAD(Buffer.from(associated_data));
    const plain = decipher.update(bytes.subarray(0, at));
    try {
      decipher.final();
      return plain;
    } catch {
      return undefined;
    }
  },
};

/** The private key and the serial, from whichever files the merchant has. */
function signerKey({ mchid, privateKey, certificate, serial, pfx }: SignerOptions): { key: KeyObject; serial: string } {
  if (pfx !== undefined) {
    const { cert, key } = openPkcs12(Buffer.from(pfx), mchid);
    return signerKey({ mchid, privateKey: key, certificate: cert });
  }
  if (certificate === undefined) {
    if (serial === undefined) throw configError('certificate', 'is missing; pass apiclient_cert.pem, or its serial');
    return { key: readKey(privateKey), serial: serial.replace(/[: ]/g, '').toUpperCase() };
  }
  const { cert, key } = readPair({ cert: certificate, key: privateKey });
  const own = new X509Certificate(cert);
  const owner = /^CN=(\d+)$/m.exec(own.subject)?.[1];
  if (owner !== undefined && owner !== mchid)
    throw configError(
      'certificate',
      `is of the merchant ${owner}, not of ${mchid}; pass apiclient_cert.pem of this mchid`,
    );
  return { key: createPrivateKey(key), serial: own.serialNumber };
}

function readKey(text: unknown): KeyObject {
  if (typeof text !== 'string' || text === '')
    throw configError('privateKey', 'is missing; pass the contents of apiclient_key.pem');
  try {
    return createPrivateKey(text.replace(/(?:\\r)?\\n/g, '\n'));
  } catch {
    throw configError('privateKey', 'is not a private key in PEM; pass the contents of apiclient_key.pem');
  }
}

function publicKey(name: string, pem: unknown): KeyObject {
  if (typeof pem !== 'string' || pem === '') throw configError('wechatpayKeys', `${name}: is missing; pass its PEM`);
  const text = pem.replace(/(?:\\r)?\\n/g, '\n');
  if (text.includes('PRIVATE KEY'))
    throw configError('wechatpayKeys', `${name}: is a private key; pass WeChat's public key`);
  try {
    if (!text.includes('CERTIFICATE')) return createPublicKey(text);
    const certificate = new X509Certificate(text);
    if (/O=微信商户系统/.test(certificate.subject))
      throw configError(
        'wechatpayKeys',
        `${name}: is a merchant's certificate; pass the platform certificate or the public key`,
      );
    return certificate.publicKey;
  } catch (error) {
    if (error instanceof Error && error.name === 'WxPayError') throw error;
    throw configError('wechatpayKeys', `${name}: is not PEM of a public key or a certificate`);
  }
}
