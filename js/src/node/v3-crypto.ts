// The cryptography of APIv3 on node:crypto. Signing runs in the thread pool, and verifying takes a tenth of its time.
import {
  constants,
  createDecipheriv,
  createHmac,
  createPublicKey,
  createVerify,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  sign,
  X509Certificate,
} from 'node:crypto';
import { changedError, WxPayError } from '../errors.js';
import { isCertificate } from '../pem.js';
import { type CryptoHost, type KeyErrors, LEAST_BITS } from '../v3/host.js';
import { factsOf, readable, readPrivateKey } from './pem.js';
import { openPkcs12, pkcs12Bytes } from './pkcs12.js';

const TAG_BYTES = 16;

/** Node's own cryptography. */
export const nodeCrypto: CryptoHost = {
  readCertificate(pem) {
    const certificate = readable(() => new X509Certificate(pem));
    return certificate && factsOf(certificate);
  },
  openPkcs12(pfx, passphrase) {
    try {
      return openPkcs12(pkcs12Bytes(pfx), passphrase);
    } catch (error) {
      if (!(error instanceof WxPayError)) throw error;
      // The option of APIv2 is `certificate`, which has the member `pfx`.
      throw changedError(error, { field: 'pfx', message: error.message.replace(/^certificate: (pfx )?/, 'pfx: ') });
    }
  },
  privateKey({ key, cert, unrelated, ...errors }) {
    const secret = checked(readPrivateKey(key), errors);
    if (cert !== undefined && !new X509Certificate(cert).checkPrivateKey(secret)) throw unrelated();
    return {
      sign: (text) =>
        new Promise((resolve, reject) => {
          sign('RSA-SHA256', Buffer.from(text), secret, (error, signature) =>
            error ? reject(error) : resolve(signature.toString('base64')),
          );
        }),
      decrypt(ciphertext) {
        const bytes = bytesOf(ciphertext);
        return bytes && readable(() => privateDecrypt({ key: secret, ...OAEP }, bytes));
      },
    };
  },
  publicKey(pem, errors) {
    const read = () => (isCertificate(pem) ? new X509Certificate(pem).publicKey : createPublicKey(pem));
    const key = checked(readable(read), errors);
    return {
      verify(parts, signature) {
        const bytes = bytesOf(signature);
        if (bytes === undefined) return false;
        const verify = createVerify('RSA-SHA256');
        for (const part of parts) verify.update(part);
        return verify.verify(key, bytes);
      },
      encrypt: (text) => publicEncrypt({ key, ...OAEP }, Buffer.from(text)).toString('base64'),
    };
  },
  hmac: (key, text) => createHmac('sha256', key).update(text).digest('hex'),
  decrypt(key, { nonce, associated_data, ciphertext }) {
    const bytes = bytesOf(ciphertext);
    if (bytes === undefined || bytes.length < TAG_BYTES) return undefined;
    const at = bytes.length - TAG_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key), Buffer.from(nonce));
    decipher.setAuthTag(bytes.subarray(at));
    decipher.setAAD(Buffer.from(associated_data));
    const plain = decipher.update(bytes.subarray(0, at));
    return readable(() => decipher.final()) && plain;
  },
  decipher(key, nonce) {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce));
    // The last bytes that came: they may be the tag.
    let tail = Buffer.alloc(0);
    return {
      update(piece) {
        const bytes = Buffer.concat([tail, piece]);
        const at = Math.max(bytes.length - TAG_BYTES, 0);
        tail = bytes.subarray(at);
        return decipher.update(bytes.subarray(0, at));
      },
      end: () =>
        readable(() => {
          decipher.setAuthTag(tail);
          return decipher.final();
        }),
    };
  },
};

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };

/** The key, if it is an RSA key that is long enough. */
function checked(key: KeyObject | undefined, { damaged, notRsa, short }: KeyErrors): KeyObject {
  if (key === undefined) throw damaged();
  if (key.asymmetricKeyType !== 'rsa') throw notRsa();
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < LEAST_BITS) throw short(bits);
  return key;
}

/** The bytes of strict base64. Node skips characters that are not base64. */
function bytesOf(base64: string): Buffer | undefined {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : undefined;
}
