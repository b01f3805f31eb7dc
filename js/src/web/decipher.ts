// The decryption of a file of AES-256-GCM in pieces, on WebCrypto, which itself decrypts whole messages only.
import type { Decipher } from '../v3/host.js';

const BLOCK_BYTES = 16;
const TAG_BYTES = 16;

/**
 * Decrypts with AES-CTR, the inner cipher of AES-GCM (NIST SP 800-38D, 7.2). The counter of the first block is 2:
 *
 * ```text
 * nonce (12 bytes)   00 00 00 02
 * ```
 *
 * The tag is not checked. The caller compares a hash of the content that WeChat has signed.
 */
export function counterDecipher(subtle: SubtleCrypto, key: Uint8Array, nonce: Uint8Array): Decipher {
  const importing = subtle.importKey('raw', new Uint8Array(key), 'AES-CTR', false, ['decrypt']);
  let [rest, blocks] = [new Uint8Array(), 2];
  async function decrypted(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const counter = new Uint8Array(BLOCK_BYTES);
    counter.set(nonce);
    new DataView(counter.buffer).setUint32(nonce.length, blocks);
    blocks += Math.ceil(bytes.length / BLOCK_BYTES);
    return new Uint8Array(await subtle.decrypt({ name: 'AES-CTR', counter, length: 32 }, await importing, bytes));
  }
  return {
    update(piece) {
      const bytes = new Uint8Array(rest.length + piece.length);
      bytes.set(rest);
      bytes.set(piece, rest.length);
      // The last bytes that came may be the tag. Others wait until their block is whole.
      const whole = Math.max(bytes.length - TAG_BYTES, 0);
      const at = whole - (whole % BLOCK_BYTES);
      rest = bytes.slice(at);
      return decrypted(bytes.slice(0, at));
    },
    async end() {
      return rest.length < TAG_BYTES ? undefined : decrypted(rest.slice(0, rest.length - TAG_BYTES));
    },
  };
}

/** Decrypts a file with a nonce of another length, whole in memory. Its first counter is a hash of the nonce. */
export function wholeDecipher(subtle: SubtleCrypto, key: Uint8Array, nonce: Uint8Array): Decipher {
  const pieces: Uint8Array[] = [];
  return {
    update(piece) {
      pieces.push(piece.slice());
      return new Uint8Array();
    },
    async end() {
      const secret = await subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, ['decrypt']);
      const sealed = await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer();
      // The only failure is a wrong tag.
      const plain = await subtle
        .decrypt({ name: 'AES-GCM', iv: new Uint8Array(nonce), tagLength: 128 }, secret, sealed)
        .catch(() => undefined);
      return plain && new Uint8Array(plain);
    },
  };
}
