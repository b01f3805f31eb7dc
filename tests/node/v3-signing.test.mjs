// The signatures of APIv3 against those that WeChat's pages print.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { authorization, decryptResource, verifySignature, WechatPay } from 'paysign/v3';
import { vectors } from './gateway-support.mjs';
import { options } from './v3-support.mjs';

const { test_key, rsa_sign, answer_verify, aes_gcm } = vectors('v3_published');
const merchant = { mchid: '1900007291', serial: '408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB' };

test('the header of a request has the signature that the page prints', async () => {
  const requests = rsa_sign.filter(({ name }) => name.startsWith('request '));
  assert.equal(requests.length, 4);
  for (const { name, message, signature } of requests) {
    const [method, url, timestamp, nonce_str, ...body] = message.split('\n');
    const header = await authorization({
      ...merchant,
      method,
      url,
      body: body.slice(0, -1).join('\n'),
      timestamp: Number(timestamp),
      nonce_str,
      privateKey: test_key.private_key_pem,
    });
    assert.match(header, /^WECHATPAY2-SHA256-RSA2048 mchid="1900007291",nonce_str="\w+",signature="/, name);
    assert.ok(header.includes(`signature="${signature}"`), name);
    assert.ok(header.endsWith(`timestamp="${timestamp}",serial_no="${merchant.serial}"`), name);
  }
});

test('a parameter that cannot be right is refused, and no parameter can add to the header', async () => {
  const request = { ...merchant, method: 'GET', url: '/v3/a', privateKey: test_key.private_key_pem };
  for (const [change, field] of [
    [{ method: 'get' }, 'method'],
    [{ url: 'https://' }, 'url'],
    [{ url: undefined }, 'url'],
    [{ body: {} }, 'body'],
    [{ mchid: undefined }, 'mchid'],
    [{ mchid: '1",x="' }, 'mchid'],
    [{ nonce_str: 'a"\r\nX: y' }, 'nonce_str'],
    [{ nonce_str: '' }, 'nonce_str'],
    [{ timestamp: Date.now() }, 'timestamp'],
    [{ timestamp: -1 }, 'timestamp'],
    [{ serial: 'a"b' }, 'serial'],
    [{ serial: undefined }, 'certificate'],
    [{ privateKey: 'x' }, 'privateKey'],
  ]) {
    const error = await authorization({ ...request, ...change }).catch((error) => error);
    assert.deepEqual([error.field, error.outcome], [field, 'not-sent'], JSON.stringify(change));
  }
  assert.equal((await authorization(undefined).catch((error) => error)).code, 'ERR_PARAM');
  const check = { timestamp: '1', nonce: 'n', body: '', signature: '', key: test_key.public_key_pem };
  assert.equal(await verifySignature(check), false);
  for (const name of ['timestamp', 'nonce', 'body', 'signature', 'key'])
    assert.equal((await verifySignature({ ...check, [name]: undefined }).catch((error) => error)).field, name);
});

test('the answer that the page prints verifies, and no changed part of it does', async () => {
  assert.equal(answer_verify.length, 1);
  for (const { headers, body, public_key_pem: key } of answer_verify) {
    const message = {
      timestamp: headers['Wechatpay-Timestamp'],
      nonce: headers['Wechatpay-Nonce'],
      signature: headers['Wechatpay-Signature'],
      body,
      key,
    };
    assert.equal(await verifySignature(message), true);
    assert.equal(await verifySignature({ ...message, body: Buffer.from(body) }), true);
    for (const part of ['timestamp', 'nonce', 'body', 'signature'])
      assert.equal(await verifySignature({ ...message, [part]: `${message[part]}0` }), false, part);
    assert.equal(await verifySignature({ ...message, key: test_key.public_key_pem }), false);
  }
});

test('the second signature covers app, time, nonce and package, each with its line end', async () => {
  const pay = new WechatPay({ ...options, privateKey: test_key.private_key_pem });
  const {
    timeStamp,
    nonceStr,
    package: pack,
    signType,
    paySign,
  } = await pay.requestPayment('wx201410272009395522657a69');
  const text = `${options.appid}\n${timeStamp}\n${nonceStr}\n${pack}\n`;
  const key = createPublicKey(test_key.public_key_pem);
  assert.equal(signType, 'RSA');
  assert.equal(timeStamp, String(options.nowMs() / 1000));
  assert.ok(verify('RSA-SHA256', Buffer.from(text), key, Buffer.from(paySign, 'base64')));
});

test('the certificate that an official test encrypts is decrypted, and nothing else opens', async () => {
  assert.equal(aes_gcm.length, 1);
  const [{ apiv3_key, associated_data, nonce, ciphertext, plaintext }] = aes_gcm;
  const resource = { algorithm: 'AEAD_AES_256_GCM', associated_data, nonce, ciphertext };
  assert.equal(await decryptResource(resource, apiv3_key), plaintext);
  for (const change of [
    { algorithm: 'AEAD_SM4_GCM' },
    { nonce: 'short' },
    { nonce: '茶'.repeat(12) },
    { ciphertext: `${ciphertext.slice(0, 8)}\n${ciphertext.slice(8)}` },
    { ciphertext: ciphertext.replaceAll('+', '-') },
    { nonce: '14b16c03dc1c' },
    { associated_data: 'transaction' },
    { associated_data: undefined },
    { ciphertext: ciphertext.replace('M', 'N') },
    { ciphertext: '' },
    { ciphertext: 5 },
  ])
    await assert.rejects(decryptResource({ ...resource, ...change }, apiv3_key), { code: 'ERR_DECRYPT' });
  await assert.rejects(decryptResource(resource, 'f'.repeat(32)), { code: 'ERR_DECRYPT' });
  await assert.rejects(decryptResource(resource, 'f'.repeat(31)), { code: 'ERR_CONFIG', field: 'apiV3Key' });
  await assert.rejects(decryptResource(null, apiv3_key), { code: 'ERR_PARAM' });
});
