// Wycheproof's vectors of RSA and AES-256-GCM through the cryptography of both hosts of APIv3, from its source.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { vectors } from './gateway-support.mjs';

const { 'RSA PKCS#1 v1.5': rsa, 'RSA-OAEP': oaep, 'AES-256-GCM': gcm } = vectors('wycheproof_v3');
const bytes = (base64) => Buffer.from(base64, 'base64');

/** A host takes keys and nonces as text, and the vectors have any bytes. This encoder takes bytes too. */
const banner = `const AnyEncoder = class extends globalThis.TextEncoder {
  encode(value) { return typeof value === 'string' ? super.encode(value) : value; }
};`;

/** The cryptography of a host. The package does not export it. */
async function hostOf(path, name) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../../js/src/${path}`, import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    define: { TextEncoder: 'AnyEncoder' },
    banner: { js: banner },
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  return (await import(`data:text/javascript;base64,${code}`))[name];
}

const HOSTS = [
  ['node:crypto', await hostOf('node/v3-crypto.ts', 'nodeCrypto')],
  ['WebCrypto', await hostOf('web/v3-crypto.ts', 'webCrypto')],
];

const fail = () => new Error('the key was refused');
const errors = { damaged: fail, notRsa: fail, short: fail, unrelated: fail, cert: undefined };

for (const [name, host] of HOSTS) {
  test(`${name} verifies the signatures that Wycheproof calls valid, and refuses the invalid ones`, async () => {
    const counts = { valid: 0, invalid: 0, acceptable: 0 };
    for (const { public_key_pem, cases } of rsa.keys) {
      const key = host.publicKey(public_key_pem, errors);
      for (const [number, message, signature, result] of cases) {
        const isRight = await key.verify([bytes(message)], signature);
        if (result !== 'acceptable') assert.equal(isRight, result === 'valid', `case ${number}`);
        counts[result] += 1;
      }
    }
    assert.deepEqual(counts, { valid: 9, invalid: 249, acceptable: 1 });
  });

  test(`${name} decrypts the OAEP that Wycheproof calls valid, and refuses labels and the invalid ones`, async () => {
    const key = host.privateKey({ key: oaep.private_key_pem, ...errors });
    const counts = { opened: 0, refused: 0 };
    for (const [number, message, ciphertext, label, result] of oaep.cases) {
      const found = await key.decrypt(ciphertext);
      // WeChat has no label.
      const expected = result === 'valid' && label === '' ? message : undefined;
      assert.equal(found && Buffer.from(found).toString('base64'), expected, `case ${number}`);
      counts[expected === undefined ? 'refused' : 'opened'] += 1;
    }
    assert.deepEqual(counts, { opened: 10, refused: 26 });
  });

  test(`${name} decrypts the resources that Wycheproof calls valid, and refuses the invalid ones`, async () => {
    const counts = { valid: 0, invalid: 0 };
    for (const [number, key, nonce, data, message, ciphertext, result] of gcm.cases) {
      // An envelope with a nonce of another length is refused before.
      if (bytes(nonce).length !== 12) continue;
      const envelope = { nonce: bytes(nonce), associated_data: bytes(data), ciphertext };
      const found = await host.decrypt(bytes(key), envelope);
      assert.equal(found && Buffer.from(found).toString('base64'), result === 'valid' ? message : undefined, number);
      counts[result] += 1;
    }
    assert.deepEqual(counts, { valid: 39, invalid: 27 });
  });

  test(`${name} decrypts the valid files of Wycheproof that have no additional data, in pieces`, async () => {
    const counts = { valid: 0, invalid: 0 };
    for (const [number, key, nonce, data, message, ciphertext, result] of gcm.cases) {
      // A bill whose nonce is empty or longer than 128 bytes is refused before. WebCrypto of Node takes none under 12 bytes.
      const { length } = bytes(nonce);
      if (data !== '' || length < (name === 'WebCrypto' ? 12 : 1) || length > 128) continue;
      const decipher = host.decipher(bytes(key), bytes(nonce));
      const sealed = bytes(ciphertext);
      const parts = [];
      for (let at = 0; at < sealed.length; at += 7) parts.push(await decipher.update(sealed.subarray(at, at + 7)));
      const end = await decipher.end();
      const isGood = end !== undefined && Buffer.concat([...parts, end]).equals(bytes(message));
      // WebCrypto checks no tag of a file with the usual nonce: the hash of a bill finds a change.
      if (result === 'valid') assert.equal(isGood, true, `case ${number}`);
      else if (name === 'node:crypto') assert.equal(end, undefined, `case ${number}`);
      counts[result] += 1;
    }
    assert.ok(counts.valid > 20 && counts.invalid > 20, JSON.stringify(counts));
  });
}
