// Weaker or older forms of a notice of APIv3: none is accepted, though the sender has WeChat's own key.
import assert from 'node:assert/strict';
import { constants, createCipheriv, createSign, sign } from 'node:crypto';
import { test } from 'node:test';
import { WechatPay } from 'paysign/v3';
import {
  API_V3_KEY,
  encrypted,
  envelope,
  NOW_MS,
  notice,
  ORDER,
  options,
  signedHeaders,
  wechatKeys,
} from './v3-support.mjs';

const pay = new WechatPay(options);
const codeOf = (message) =>
  pay.openNotify(message).then(
    () => 'accepted',
    ({ code, outcome }) => `${code} ${outcome}`,
  );
const REFUSED = 'ERR_SIGNATURE unknown';

test('another type of signature is refused, though the signature is right', async () => {
  const body = envelope(ORDER);
  for (const type of [
    ...['WECHATPAY2-SM2-WITH-SM3', 'WECHATPAY2-SHA1-RSA2048', 'WECHATPAY-SHA256-RSA2048', 'wechatpay2-sha256-rsa2048'],
    ...[
      'WECHATPAY2-SHA256-RSA1024',
      'MD5',
      'HMAC-SHA256',
      'none',
      'null',
      '__proto__',
      'WECHATPAY2-SHA256-RSA2048, none',
    ],
  ])
    assert.equal(
      await codeOf({ headers: signedHeaders(body, { 'Wechatpay-Signature-Type': type }), body }),
      REFUSED,
      type,
    );
  assert.equal(await codeOf({ headers: signedHeaders(body, { 'Wechatpay-Signature-Type': '' }), body }), 'accepted');
});

test("another hash or padding is refused, though WeChat's own key has signed", async () => {
  const body = envelope(ORDER);
  const headers = signedHeaders(body);
  const text = Buffer.from(`${NOW_MS / 1000}\n${headers['Wechatpay-Nonce']}\n${body}\n`);
  const { privateKey: key } = wechatKeys;
  const signatures = {
    'SHA-1': sign('RSA-SHA1', text, key),
    MD5: sign('RSA-MD5', text, key),
    'SHA-512': sign('RSA-SHA512', text, key),
    PSS: sign('RSA-SHA256', text, { key, padding: constants.RSA_PKCS1_PSS_PADDING }),
    'a text without its last line end': createSign('RSA-SHA256').update(text.subarray(0, -1)).sign(key),
    'the body alone': createSign('RSA-SHA256').update(body).sign(key),
    nothing: Buffer.alloc(0),
    zeros: Buffer.alloc(256),
  };
  for (const [name, signature] of Object.entries(signatures)) {
    const changed = { ...headers, 'Wechatpay-Signature': signature.toString('base64') };
    assert.equal(await codeOf({ headers: changed, body }), REFUSED, name);
  }
  assert.equal(await codeOf({ headers, body }), 'accepted');
});

test('another cipher is refused, though WeChat has signed and the resource opens with it', async () => {
  const plain = JSON.stringify(ORDER);
  const sealed = (cipher) => Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
  const cbc = sealed(createCipheriv('aes-256-cbc', API_V3_KEY, 'abcdefghijklmnop'));
  const ecb = sealed(createCipheriv('aes-256-ecb', API_V3_KEY, null));
  const cases = {
    'SM4 by its name': { algorithm: 'AEAD_SM4_GCM' },
    'AES-128 by its name': { algorithm: 'AEAD_AES_128_GCM' },
    'another case of the name': { algorithm: 'aead_aes_256_gcm' },
    'no name': { algorithm: '' },
    'CBC by its name': { algorithm: 'AES-256-CBC', nonce: 'abcdefghijklmnop', ciphertext: cbc },
    'CBC by the right name': { nonce: 'abcdefghijklmnop', ciphertext: cbc },
    'ECB by the right name': { ciphertext: ecb },
    'no encryption': { ciphertext: Buffer.from(plain).toString('base64') },
    'a tag of 12 bytes': {
      ciphertext: Buffer.from(encrypted(plain).ciphertext, 'base64').subarray(0, -4).toString('base64'),
    },
    'no tag': { ciphertext: Buffer.from(encrypted(plain).ciphertext, 'base64').subarray(0, -16).toString('base64') },
  };
  for (const [name, change] of Object.entries(cases))
    assert.equal(await codeOf(notice(ORDER, { change })), 'ERR_DECRYPT unknown', name);
  for (const algorithm of [undefined, null, 1, ['AEAD_AES_256_GCM']])
    assert.match(await codeOf(notice(ORDER, { change: { algorithm } })), /^ERR_MISMATCH/, String(algorithm));
  assert.match(await codeOf(notice(ORDER, { change: { ciphertext: undefined, plaintext: plain } })), /^ERR_MISMATCH/);
});

test('a notice in the XML of APIv2 is refused before and after its signature', async () => {
  const body = '<xml><return_code>SUCCESS</return_code><out_trade_no>a1</out_trade_no><sign>0</sign></xml>';
  assert.equal(await codeOf({ headers: {}, body }), REFUSED);
  assert.equal(await codeOf({ headers: signedHeaders(body), body }), 'ERR_JSON unknown');
});
