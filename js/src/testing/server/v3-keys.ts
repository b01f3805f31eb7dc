// The keys of APIv3: WeChat Pay's own ones, and the certificates that merchants sign with. Made when they are first needed.

import {
  constants,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  publicEncrypt,
  X509Certificate,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyPhases } from '../books/key-phases.js';
import { shown } from '../shown.js';
import type { Clock } from '../wire/clock.js';
import { createRandomText, type RandomText } from '../wire/random.js';
import { isSignedRsa, openSecret, signedLines, signRsa, type V3Signature } from '../wire/sign-v3.js';
import type { CertificateStore } from './certificates.js';
import type { PlatformCertificates } from './platform-certificates.js';

/** The keys. */
export interface V3Keys {
  /** The id of WeChat Pay's public key, `PUB_KEY_ID_` and 28 digits (docs: 微信支付公钥). */
  readonly keyId: string;
  /** WeChat Pay's public key as PEM. */
  readonly publicPem: string;
  /** The merchant number of the certificate with this serial, which is 40 hexadecimal digits in either case. */
  ownerOf(serial: string): string | undefined;
  /** Says whether the merchant's private key made the signature. */
  isSignedBy(mch_id: string, text: string | Uint8Array, signature: string): boolean;
  /** The merchant's certificate as PEM. */
  certificateOf(mch_id: string): string | undefined;
  /** Encrypts a text with the merchant's certificate: RSAES-OAEP with SHA-1, in base64. */
  encryptFor(mch_id: string, text: string): string;
  /** Returns the opener for secrets of a merchant, by the serial that he named. Undefined if he has no such key. */
  openerOf(mch_id: string, serial: string): ((secret: string) => string | undefined) | undefined;
}

/** A private key of WeChat Pay's. */
export interface V3Signer {
  /** Signs a body, now, or with the signature of another body. */
  sign(body: string, signature?: 'right' | 'wrong'): V3Signature;
}

/** WeChat Pay's keys as PEM. Either is empty where the phase has no such key. */
export interface WechatpayPems {
  /** The public key by its id. */
  readonly publicKey: Record<string, string>;
  /** The valid platform certificates by their serials. */
  readonly certificates: Record<string, string>;
}

/** The keys of one gateway. */
export interface V3KeyStore {
  /** Makes the keys at the first call. Two RSA pairs take about a fifth of a second. */
  load(): Promise<V3Keys>;
  /** The keys, once they are made. Whoever has an order of APIv3 may call this. */
  loaded(): V3Keys;
  /** Returns WeChat Pay's keys as PEM, as a merchant number has them in its phase. Rejects with a TypeError for an unknown one. */
  pemsOf(mch_id: string): Promise<WechatpayPems>;
  /** Returns the key that signs the answer to a request of this merchant with this `Wechatpay-Serial`. */
  answerSigner(mch_id: string, serial: string | undefined): Promise<V3Signer>;
  /** Returns the key that signs one delivery of a notice. It is a promise only where a certificate must be made first. */
  noticeSigner(mch_id: string, about: readonly string[]): V3Signer | Promise<V3Signer>;
}

/** Makes the store, and no keys yet. */
export function createV3KeyStore(parts: {
  readonly certificates: CertificateStore;
  readonly platform: PlatformCertificates;
  readonly phases: KeyPhases;
  readonly seed: string | number;
  readonly clock: Clock;
  readonly random: RandomText;
}): V3KeyStore {
  const { certificates, platform, phases, seed, clock, random } = parts;
  let loading: Promise<Loaded> | undefined;
  let loaded: Loaded | undefined;

  function signerOf(serial: string, privateKey: KeyObject): V3Signer {
    return {
      sign(body, signature = 'right') {
        const timestamp = String(Math.floor(clock.now() / 1000));
        const nonce = random.hex(32);
        const signed = signature === 'right' ? body : `not ${body}`;
        return { timestamp, nonce, serial, signature: signRsa(signedLines(timestamp, nonce, signed), privateKey) };
      },
    };
  }

  async function make(): Promise<Loaded> {
    const [{ publicKey, privateKey }, { merchants }] = await Promise.all([
      makeKeys('rsa', { modulusLength: 2048 }),
      certificates.forClients(),
    ]);
    // A stream of its own, so that users of APIv2 see the ids that they always saw.
    const keyId = `PUB_KEY_ID_01${createRandomText(`wechatpay key ${seed}`).digits(26)}`;
    const owners = new Map<string, string>();
    const known = new Map<string, KeyObject>();
    for (const { mch_id, cert } of merchants) {
      owners.set(new X509Certificate(cert).serialNumber, mch_id);
      known.set(mch_id, createPublicKey(cert));
    }
    const privateKeyOf = (mch_id: string, serial: string) => {
      const phase = phases.of(mch_id);
      if (serial === keyId) return phase === 'certificate' ? undefined : privateKey;
      const named = platform.valid().find((one) => one.serial === serial);
      return phase === 'public key' ? undefined : named?.privateKey;
    };
    const keys: V3Keys = {
      keyId,
      publicPem: String(publicKey.export({ type: 'spki', format: 'pem' })),
      // Clients that send small letters, and work with WeChat Pay, are in use.
      ownerOf: (serial) => owners.get(serial.toUpperCase()),
      isSignedBy(mch_id, text, signature) {
        const key = known.get(mch_id);
        return key !== undefined && isSignedRsa(Buffer.from(text), signature, key);
      },
      certificateOf: (mch_id) => merchants.find((one) => one.mch_id === mch_id)?.cert,
      encryptFor(mch_id, text) {
        const key = known.get(mch_id);
        if (key === undefined) throw new TypeError('no merchant has this number');
        const padding = constants.RSA_PKCS1_OAEP_PADDING;
        return publicEncrypt({ key, padding, oaepHash: 'sha1' }, Buffer.from(text, 'utf8')).toString('base64');
      },
      openerOf(mch_id, serial) {
        const key = privateKeyOf(mch_id, serial);
        return key && ((secret) => openSecret(secret, key));
      },
    };
    loaded = { keys, knows: (mch_id) => known.has(mch_id), signer: signerOf(keyId, privateKey) };
    return loaded;
  }

  function load(): Promise<Loaded> {
    loading ??= make();
    return loading;
  }

  async function byCertificate(): Promise<V3Signer> {
    const { serial, privateKey } = await platform.ensure();
    return signerOf(serial, privateKey);
  }

  return {
    load: async () => (await load()).keys,
    loaded() {
      if (loaded === undefined) throw new TypeError('no call of APIv3 was made yet; make one first');
      return loaded.keys;
    },
    async pemsOf(mch_id) {
      const { keys, knows } = await load();
      if (!knows(mch_id)) throw new TypeError(`this gateway has no mch_id ${shown(mch_id)}`);
      const phase = phases.of(mch_id);
      if (phase !== 'public key') await platform.ensure();
      const listed = phase === 'public key' ? [] : platform.valid();
      return {
        publicKey: phase === 'certificate' ? {} : { [keys.keyId]: keys.publicPem },
        certificates: Object.fromEntries(listed.map(({ serial, pem }) => [serial, pem])),
      };
    },
    async answerSigner(mch_id, serial) {
      const { keys, signer } = await load();
      // The list of certificates must be there for its call, whichever key signs.
      const certified = phases.of(mch_id) === 'public key' ? undefined : await byCertificate();
      return (phases.signsAnswer(mch_id, serial === keys.keyId) === 'certificate' && certified) || signer;
    },
    noticeSigner(mch_id, about) {
      if (phases.signsNotice(mch_id, about) === 'public key') {
        return loaded?.signer ?? load().then(({ signer }) => signer);
      }
      const current = platform.inUse();
      return current === undefined ? byCertificate() : signerOf(current.serial, current.privateKey);
    },
  };
}

/** The keys, and the one of the public key. */
interface Loaded {
  readonly knows: (mch_id: string) => boolean;
  readonly keys: V3Keys;
  readonly signer: V3Signer;
}

const makeKeys = promisify(generateKeyPair);
