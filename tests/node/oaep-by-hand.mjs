// RSAES-OAEP decryption with SHA-1 by RFC 8017, on whole numbers: it shares no code with any host's cryptography.
import assert from 'node:assert/strict';
import { createHash, createPrivateKey } from 'node:crypto';

const BYTES = 256;
const HASH = 20;
const sha1 = (bytes) => createHash('sha1').update(bytes).digest();
const numberOf = (base64url) => BigInt(`0x${Buffer.from(base64url, 'base64url').toString('hex')}`);

/** Raises to a power by squaring. */
function power(base, exponent, modulus) {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}

/** MGF1 (B.2.1), added to the bytes. */
function unmasked(bytes, seed) {
  const blocks = Array.from({ length: Math.ceil(bytes.length / HASH) }, (_, count) =>
    sha1(Buffer.concat([seed, Buffer.from([0, 0, 0, count])])),
  );
  const mask = Buffer.concat(blocks);
  return Buffer.from(bytes.map((byte, at) => byte ^ mask[at]));
}

/**
 * The text that was encrypted for an RSA key of 2048 bits. Throws where the padding is wrong.
 * @param {string} privateKey PEM
 * @param {string} base64
 */
export function decryptedByHand(privateKey, base64) {
  const { n, d } = createPrivateKey(privateKey).export({ format: 'jwk' });
  const sealed = Buffer.from(base64, 'base64');
  assert.equal(sealed.toString('base64'), base64);
  assert.equal(sealed.length, BYTES);
  const opened = power(BigInt(`0x${sealed.toString('hex')}`), numberOf(d), numberOf(n));
  const block = Buffer.from(opened.toString(16).padStart(2 * BYTES, '0'), 'hex');
  assert.equal(block[0], 0);
  const [maskedSeed, masked] = [block.subarray(1, 1 + HASH), block.subarray(1 + HASH)];
  const rest = unmasked(masked, unmasked(maskedSeed, masked));
  assert.deepEqual(rest.subarray(0, HASH), sha1(''));
  const end = rest.findIndex((byte, at) => at >= HASH && byte !== 0);
  assert.equal(rest[end], 1);
  return rest.subarray(end + 1).toString();
}

/** Checks what `encrypted` of the suite returned. */
export function checkEncrypted(found, { keys }) {
  const { id, private_key_pem } = keys.platform_public_key;
  assert.equal(found.length, 4);
  for (const { plaintext, serial, text } of found) {
    assert.equal(serial, id);
    assert.equal(decryptedByHand(private_key_pem, text), plaintext);
  }
}
