// Sensitive texts and platform certificates in Node: the vectors, and an OAEP by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as paysign from 'paysign/v3';
import { encrypted, made } from '../vectors/v3-suite.mjs';
import { vectors } from './gateway-support.mjs';
import { checkEncrypted, decryptedByHand } from './oaep-by-hand.mjs';

const facts = vectors('v3_made');

test('Node decrypts the texts of the vectors with their keys alone, and opens the good list of certificates alone', async () => {
  const found = await made(paysign, facts);
  assert.equal(found.length, 48);
  for (const [name, isRight] of found) assert.equal(isRight, true, name);
});

test('an OAEP by hand opens the vectors, and what Node encrypts', async () => {
  const { cases, sha256 } = facts.oaep_sha1;
  for (const { name, key, plaintext, ciphertext } of cases)
    assert.equal(decryptedByHand(facts.keys[key].private_key_pem, ciphertext), plaintext, name);
  assert.throws(() => decryptedByHand(facts.keys[sha256.key].private_key_pem, sha256.ciphertext));
  checkEncrypted(await encrypted(paysign, facts), facts);
});

test('a client that downloads certificates encrypts with the key of one that it has checked', async () => {
  const [{ now, status, headers, body, serials }] = facts.certificates;
  const { keys, merchant, apiv3_key: apiV3Key } = facts;
  const asked = [];
  const pay = new paysign.WechatPay({
    ...{ ...merchant, apiV3Key, privateKey: keys.merchant.private_key_pem, certificate: keys.merchant.certificate_pem },
    ...{ downloadCertificates: true, nowMs: () => now * 1000, retries: 0 },
    fetch: async (url) => {
      asked.push(new URL(url).pathname);
      return new Response(body, { status, headers });
    },
  });
  const { text, serial } = await pay.encrypt('张三');
  const { private_key_pem } = Object.values(keys).find((key) => key.serial === serial);
  assert.ok(serials.includes(serial), serial);
  assert.equal(decryptedByHand(private_key_pem, text), '张三');
  assert.equal((await pay.encrypt('李四')).serial, serial);
  assert.deepEqual(asked, ['/v3/certificates']);
});
