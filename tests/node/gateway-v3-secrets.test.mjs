// The encrypted members of calls of APIv3 at the gateway: what is opened, and what is refused.

import assert from 'node:assert/strict';
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { shop } from './gateway-support.mjs';
import {
  assertDone,
  assertRefused,
  bothShop,
  byNumber,
  call,
  JSAPI,
  order,
  withGateway,
} from './gateway-v3-support.mjs';

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
const encrypt = (text, key, how = OAEP) =>
  publicEncrypt({ key: createPublicKey(key), ...how }, Buffer.from(text)).toString('base64');

const MISSING = 'HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)';
const UNKNOWN = '平台证书序列号Wechatpay-Serial错误';
const NOT_SEALED = '请确认待处理的消息是否为加密后的密文';
const NAME = '张三';
const NUMBER = '110101199003077571';

/** An order whose payer has an identity. */
const identified = (identity, changes = {}) =>
  order({ payer: { ...order().payer, identity: { type: 'IDCARD', ...identity } }, ...changes });

/** Places such an order, with the serial of a key. */
const place = (side, body, serial) =>
  call(side, 'POST', JSAPI, body, { headers: serial === undefined ? {} : { 'wechatpay-serial': serial } });

const refusedWith = (answer, message) => {
  const refusal = assertRefused(answer, 400, 'PARAM_ERROR');
  assert.deepEqual(refusal, { code: 'PARAM_ERROR', message });
};

withGateway('an identity that is encrypted with the named key is opened, and a test can see it', async (side) => {
  const [[id, key]] = Object.entries(side.merchant.wechatpayKeys);
  const identity = { number: encrypt(NUMBER, key), name: encrypt(NAME, key) };
  assertDone(side, await place(side, identified(identity), id));
  const { timeMs, ...record } = side.gateway.calls().at(-1);
  assert.equal(timeMs, side.clock.now());
  assert.deepEqual(record, {
    method: 'POST',
    path: JSAPI,
    mch_id: shop.mch_id,
    status: 200,
    secrets: { '/payer/identity/number': NUMBER, '/payer/identity/name': NAME },
  });
});

withGateway('an order that is encrypted again is the same order, and another text makes another one', async (side) => {
  const [[id, key]] = Object.entries(side.merchant.wechatpayKeys);
  const ask = (name) => place(side, identified({ number: encrypt(NUMBER, key), name: encrypt(name, key) }), id);
  const { prepay_id } = assertDone(side, await ask(NAME));
  assert.equal(assertDone(side, await ask(NAME)).prepay_id, prepay_id);
  assertRefused(await ask('李四'), 400, 'INVALID_REQUEST', 268498688);
});

withGateway('an encrypted member needs the serial of a key that its merchant has', async (side) => {
  const [[id, key]] = Object.entries(side.merchant.wechatpayKeys);
  const body = identified({ number: encrypt(NUMBER, key), name: encrypt(NAME, key) });
  refusedWith(await place(side, body), MISSING);
  for (const serial of [`PUB_KEY_ID_01${'1'.repeat(26)}`, id.toLowerCase(), 'A'.repeat(40), '0']) {
    refusedWith(await place(side, body, serial), UNKNOWN);
  }
  assertDone(side, await place(side, order({ out_trade_no: 'nothing-secret' })));
  assert.equal(side.gateway.orders().length, 1);
});

withGateway('plain text, another key, padding, hash or label, and bytes that are no text are refused', async (side) => {
  const [[id, key]] = Object.entries(side.merchant.wechatpayKeys);
  const good = encrypt(NUMBER, key);
  for (const [what, name] of [
    ['plain text', NAME],
    ['base64 of plain text', Buffer.from(NAME).toString('base64')],
    ['another key', encrypt(NAME, side.merchant.privateKey)],
    ['PKCS#1 v1.5', encrypt(NAME, key, { padding: constants.RSA_PKCS1_PADDING })],
    ['SHA-256', encrypt(NAME, key, { ...OAEP, oaepHash: 'sha256' })],
    ['a label', encrypt(NAME, key, { ...OAEP, oaepLabel: Buffer.from('name') })],
    ['no UTF-8', encrypt(Buffer.from([0xd5, 0xc5]), key)],
    ['base64 in two lines', `${good.slice(0, 76)}\n${good.slice(76)}`],
    ['base64url', good.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')],
    ['half of it', good.slice(0, 172)],
  ]) {
    const answer = await place(side, identified({ number: good, name }), id);
    assert.equal(answer.json.message, NOT_SEALED, what);
    refusedWith(answer, NOT_SEALED);
    refusedWith(await place(side, identified({ number: name, name: good }), id), NOT_SEALED);
  }
  const record = side.gateway.calls().at(-1);
  assert.deepEqual([record.status, record.code, 'secrets' in record], [400, 'PARAM_ERROR', false]);
  assert.deepEqual(side.gateway.orders(), []);
});

withGateway('the longest text has 214 bytes', async (side) => {
  const [[id, key]] = Object.entries(side.merchant.wechatpayKeys);
  const name = `${'名'.repeat(71)}x`;
  assertDone(side, await place(side, identified({ number: encrypt(NUMBER, key), name: encrypt(name, key) }), id));
  assert.equal(side.gateway.calls().at(-1).secrets['/payer/identity/name'], name);
});

withGateway('an encrypted member keeps the rules of every member', async (side) => {
  const [[id, key]] = Object.entries(side.merchant.wechatpayKeys);
  const name = encrypt(NAME, key);
  for (const [number, issue] of [
    [null, 'should not be null'],
    [7, 'should be string'],
    ['', 'should not be empty'],
  ]) {
    const { detail } = assertRefused(
      await place(side, identified({ number, name }), id),
      400,
      'PARAM_ERROR',
      268435461,
    );
    assert.deepEqual([detail.field, detail.issue], ['/payer/identity/number', issue]);
  }
});

withGateway(
  'each phase takes what is encrypted with a key of its own, and nothing else',
  async (side) => {
    const { gateway } = side;
    const keys = { ...side.merchant.wechatpayKeys };
    const id = Object.keys(keys).find((name) => name.startsWith('PUB_KEY_ID_'));
    const serial = Object.keys(keys).find((name) => name !== id);
    let number = 300_000;
    const ask = (named, key = keys[named]) => {
      number += 1;
      const identity = { number: encrypt(NUMBER, key), name: encrypt(NAME, key) };
      return place(side, identified(identity, { out_trade_no: String(number) }), named);
    };
    for (const [phase, byKey, byCertificate] of [
      ['certificate', UNKNOWN, undefined],
      ['obtained', undefined, undefined],
      ['switching', undefined, undefined],
      ['public key', undefined, UNKNOWN],
    ]) {
      gateway.keyPhase(shop.mch_id, phase);
      for (const [named, message] of [
        [id, byKey],
        [serial, byCertificate],
      ]) {
        const answer = await ask(named);
        if (message === undefined) assertDone(side, answer);
        else refusedWith(answer, message);
      }
      if (phase === 'obtained' || phase === 'switching') refusedWith(await ask(id, keys[serial]), NOT_SEALED);
    }
    gateway.keyPhase(shop.mch_id, 'certificate');
    const renewed = await gateway.renewCertificate({ validForMs: 2000 });
    assertDone(side, await ask(renewed.serial, renewed.certificate));
    await side.clock.advance(2000);
    refusedWith(await ask(renewed.serial, renewed.certificate), UNKNOWN);
  },
  { merchants: [{ ...bothShop, keyPhase: 'obtained' }] },
);

withGateway('the log of calls has every call of APIv3, also a refused, a failed and a lost one', async (side) => {
  const { gateway } = side;
  assert.deepEqual(gateway.calls(), []);
  await call(side, 'GET', byNumber('nobody-has-it'));
  await call(side, 'GET', '/v3/nothing');
  await call(side, 'GET', '/v3/certificates', undefined, { headers: { authorization: undefined } });
  gateway.failNext({ kind: 'page', status: 502 });
  await call(side, 'GET', byNumber('nobody-has-it'));
  gateway.failNext({ kind: 'reset' });
  await assert.rejects(call(side, 'GET', byNumber('nobody-has-it')), /reset/);
  assert.deepEqual(
    gateway
      .calls()
      .map(({ path, mch_id, status, code }) => [path.split('?')[0].split('/').at(-1), mch_id, status, code]),
    [
      ['nobody-has-it', shop.mch_id, 404, 'ORDER_NOT_EXIST'],
      ['nothing', shop.mch_id, 404, undefined],
      ['certificates', undefined, 401, 'SIGN_ERROR'],
      ['nobody-has-it', shop.mch_id, 502, undefined],
      ['nobody-has-it', shop.mch_id, undefined, undefined],
    ],
  );
});
