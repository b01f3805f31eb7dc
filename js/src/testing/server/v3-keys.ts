// The keys of APIv3: WeChat Pay's own pair, and the certificates that merchants sign with. Made when they are first needed.

import { createPublicKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '../wire/clock.js';
import { createRandomText, type RandomText } from '../wire/random.js';
import { isSignedRsa, signedLines, signRsa, type V3Signature } from '../wire/sign-v3.js';
import type { CertificateStore } from './certificates.js';

/** The keys. */
export interface V3Keys {
  /** The id of WeChat Pay's public key, `PUB_KEY_ID_` and 28 digits (docs: 微信支付公钥). */
  readonly keyId: string;
  /** WeChat Pay's public key as PEM. */
  readonly publicPem: string;
  /** Signs a body as WeChat Pay, now, or with the signature of another body. */
  sign(body: string, signature?: 'right' | 'wrong'): V3Signature;
  /** The merchant number of the certificate with this serial, which is 40 hexadecimal digits in either case. */
  ownerOf(serial: string): string | undefined;
  /** Says whether the merchant's private key made the signature. */
  isSignedBy(mch_id: string, text: string | Uint8Array, signature: string): boolean;
}

/** The keys of one gateway. */
export interface V3KeyStore {
  /** Makes the keys at the first call. Two RSA pairs take about a fifth of a second. */
  load(): Promise<V3Keys>;
  /** The keys, once they are made. Whoever has an order of APIv3 may call this. */
  loaded(): V3Keys;
}

/** Makes the store, and no keys yet. */
export function createV3KeyStore(parts: {
  readonly certificates: CertificateStore;
  readonly seed: string | number;
  readonly clock: Clock;
  readonly random: RandomText;
}): V3KeyStore {
  let loading: Promise<V3Keys> | undefined;
  let loaded: V3Keys | undefined;

  async function make(): Promise<V3Keys> {
    const [{ publicKey, privateKey }, { merchants }] = await Promise.all([
      makeKeys('rsa', { modulusLength: 2048 }),
      parts.certificates.forClients(),
    ]);
    // A stream of its own, so that users of APIv2 see the ids that they always saw.
    const keyId = `PUB_KEY_ID_01${createRandomText(`wechatpay key ${parts.seed}`).digits(26)}`;
    const owners = new Map<string, string>();
    const keys = new Map<string, KeyObject>();
    for (const { mch_id, cert } of merchants) {
      owners.set(new X509Certificate(cert).serialNumber, mch_id);
      keys.set(mch_id, createPublicKey(cert));
    }
    loaded = {
      keyId,
      publicPem: String(publicKey.export({ type: 'spki', format: 'pem' })),
      sign(body, signature = 'right') {
        const timestamp = String(Math.floor(parts.clock.now() / 1000));
        const nonce = parts.random.hex(32);
        const signed = signature === 'right' ? body : `not ${body}`;
        return {
          timestamp,
          nonce,
          serial: keyId,
          signature: signRsa(signedLines(timestamp, nonce, signed), privateKey),
        };
      },
      // Clients that send small letters, and work with WeChat Pay, are in use.
      ownerOf: (serial) => owners.get(serial.toUpperCase()),
      isSignedBy(mch_id, text, signature) {
        const key = keys.get(mch_id);
        return key !== undefined && isSignedRsa(Buffer.from(text), signature, key);
      },
    };
    return loaded;
  }

  return {
    load() {
      loading ??= make();
      return loading;
    },
    loaded() {
      if (loaded === undefined) throw new TypeError('no call of APIv3 was made yet; make one first');
      return loaded;
    },
  };
}

const makeKeys = promisify(generateKeyPair);
