// The names of options: an unknown one is refused, with the name that was probably meant.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import * as paysign from 'paysign';
import { createGateway } from 'paysign/testing';
import * as v3 from 'paysign/v3';
import { shop } from './gateway-support.mjs';

const { WechatPay, decryptUserData, memoryStore, openNotify, readBill, redisStore, redisTokenCache, requestPayment } =
  paysign;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
const shopV3 = {
  ...{ appid: 'wx8888888888888888', mchid: '1900009191', privateKey: pem, serial: 'A1' },
  ...{ apiV3Key: 'v'.repeat(32), downloadCertificates: true },
};
const redis = { eval: async () => null };

/** Checks that a call throws, or rejects, with this error about this member. */
async function refuses(call, code, field, words) {
  await assert.rejects(
    async () => call(),
    (error) => {
      assert.deepEqual([error.code, error.field], [code, field], error.message);
      assert.match(error.message, words);
      return true;
    },
    `${field} ${words}`,
  );
}

test('a misspelt option of a client is refused, and the error says which one was meant', async () => {
  for (const [name, meant] of [
    ['signtype', 'signType'],
    ['sign_type', 'signType'],
    ['singType', 'signType'],
    ['appId', 'appid'],
    ['mchId', 'mch_id'],
    ['mchid', 'mch_id'],
    ['sub_mchid', 'sub_mch_id'],
    ['notifyUrl', 'notify_url'],
    ['baseUrl', 'baseUrls'],
    ['timeout', 'timeoutMs'],
    ['timeoutMS', 'timeoutMs'],
    ['cert', 'certificate'],
    ['appSecret', 'secret'],
    ['retry', 'retries'],
    ['onexchange', 'onExchange'],
  ]) {
    const words = name === 'retry' ? /the options are appid/ : new RegExp(`: is no option; did you mean ${meant}\\?$`);
    await refuses(() => new WechatPay({ ...shop, [name]: undefined }), 'ERR_CONFIG', name, words);
  }
  for (const [name, meant] of [
    ['mchId', 'mchid'],
    ['apiv3Key', 'apiV3Key'],
    ['private_key', 'privateKey'],
    ['wechatPayKeys', 'wechatpayKeys'],
    ['downloadCertificate', 'downloadCertificates'],
    ['now', 'nowMs'],
  ])
    await refuses(
      () => new v3.WechatPay({ ...shopV3, [name]: 1 }),
      'ERR_CONFIG',
      name,
      new RegExp(`did you mean ${meant}\\?$`),
    );
});

test('an option of the other API generation is refused with advice', async () => {
  for (const name of ['apiV3Key', 'privateKey', 'wechatpayKeys', 'downloadCertificates', 'nowMs'])
    await refuses(() => new WechatPay({ ...shop, [name]: 1 }), 'ERR_CONFIG', name, /APIv3/);
  for (const name of ['pfx', 'passphrase'])
    await refuses(() => new WechatPay({ ...shop, [name]: 1 }), 'ERR_CONFIG', name, /certificate: \{ pfx/);
  for (const name of ['mch_id', 'sub_mch_id', 'key', 'signType', 'certFetch', 'sandboxPrefix'])
    await refuses(() => new v3.WechatPay({ ...shopV3, [name]: 1 }), 'ERR_CONFIG', name, /APIv2/);
});

test('an option that resembles none is refused with a list, and a possible secret is not shown', async () => {
  await refuses(
    () => new WechatPay({ ...shop, colour: 1 }),
    'ERR_CONFIG',
    'colour',
    /the options are appid, mch_id, key/,
  );
  await refuses(
    () => new v3.WechatPay({ ...shopV3, colour: 1 }),
    'ERR_CONFIG',
    'colour',
    /the options are appid, mchid/,
  );
  for (const name of [shop.key, 'a\u001b[31m', '', 'x'.repeat(1e5)]) {
    const error = await Promise.resolve()
      .then(() => new WechatPay({ ...shop, [name]: 1 }))
      .catch((thrown) => thrown);
    assert.equal(error.field, 'options');
    assert.ok(error.message.length < 500, 'the length');
    if (name !== '') assert.ok(!error.message.includes(name));
  }
});

test('every known option may be undefined, as from a missing setting', () => {
  const all = (names) => Object.fromEntries(names.split(' ').map((name) => [name, undefined]));
  const shared = 'sub_appid secret notify_url baseUrls loginUrl allowHttp fetch ca proxy agent tokenCache certificate';
  const more = `${shared} timeoutMs retries probeMs onExchange`;
  const ofV2 = 'sub_mch_id signType sandboxPrefix sandboxKeyPath certFetch';
  assert.ok(new WechatPay({ ...all(`${more} ${ofV2}`), ...shop }));
  assert.ok(new v3.WechatPay({ ...all(`${more} sub_mchid pfx wechatpayKeys nowMs`), ...shopV3 }));
});

test('a class, a module and what is inherited may have members of their own', () => {
  class Settings {
    appid = shop.appid;
    mch_id = shop.mch_id;
    key = shop.key;
    colour = 'red';
  }
  assert.ok(new WechatPay(new Settings()));
  assert.ok(new WechatPay(Object.assign(Object.create({ colour: 'red' }), shop)));
  assert.ok(new WechatPay(Object.defineProperty({ ...shop }, 'colour', { value: 1 })));
  assert.ok(new WechatPay({ ...shop, [Symbol('colour')]: 1 }));
  assert.ok(new WechatPay(Object.assign(Object.create(null), shop)));
  // The namespace of a module has its other exports too.
  const pay = new WechatPay(shop);
  assert.throws(() => pay.notifyHandler(paysign), { field: 'onPaid' });
});

test('every function with options refuses unknown ones', async () => {
  const pay = new WechatPay(shop);
  const payV3 = new v3.WechatPay(shopV3);
  const onPaid = () => {};
  const out_trade_no = '1';
  const query = (options) => pay.orderQuery({ out_trade_no }, options);
  for (const [call, code, field, words] of [
    [() => pay.notifyHandler({ onPaid, onRefunded() {} }), 'ERR_CONFIG', 'onRefunded', /did you mean onRefund\?/],
    [() => pay.notifyHandler({ onpaid: onPaid }), 'ERR_CONFIG', 'onpaid', /did you mean onPaid\?/],
    [() => payV3.notifyHandler({ onPaid, onOrder() {} }), 'ERR_CONFIG', 'onOrder', /are onPaid, onRefund/],
    [() => paysign.notifyRouter([pay], { onPaid, findorder() {} }), 'ERR_CONFIG', 'findorder', /mean findOrder\?/],
    [() => memoryStore({ remembers: 1 }), 'ERR_CONFIG', 'remembers', /mean remember\?/],
    [() => redisStore(redis, { ttlMs: 1 }), 'ERR_CONFIG', 'ttlMs', /are prefix, rememberMs/],
    [() => redisTokenCache(redis, { perfix: 'a' }), 'ERR_CONFIG', 'perfix', /mean prefix\?/],
    [
      () => new WechatPay({ ...shop, certificate: { crt: '', key: '' } }),
      'ERR_CONFIG',
      'certificate',
      /crt is no option; did you mean cert\?/,
    ],
    [() => query({ sginal: undefined }), 'ERR_PARAM', 'sginal', /mean signal\?/],
    [() => query({ timeoutMs: 5 }), 'ERR_PARAM', 'timeoutMs', /AbortSignal\.timeout/],
    [() => payV3.orderQuery({ out_trade_no }, { timeout: 5 }), 'ERR_PARAM', 'timeout', /AbortSignal\.timeout/],
    [
      () => payV3.call('GET', '/v3/a', undefined, { serial: '1' }),
      'ERR_PARAM',
      'serial',
      /are signal, wechatpaySerial/,
    ],
    [() => pay.settle('1', { deadline: 1 }), 'ERR_PARAM', 'deadline', /mean deadlineMs\?/],
    [() => pay.settle('1', { sub_mchid: '1' }), 'ERR_PARAM', 'sub_mchid', /the options are signal, deadlineMs/],
    [() => payV3.settle('1', { sub_mch_id: '1' }), 'ERR_PARAM', 'sub_mch_id', /mean sub_mchid\?/],
    [() => payV3.settleCombined('1', { sub_mchid: '1' }), 'ERR_PARAM', 'sub_mchid', /are signal/],
    [() => payV3.appPayment('p', { appId: 'wx1' }), 'ERR_PARAM', 'appId', /mean appid\?/],
    [() => v3.authorization({ method: 'GET', nonceStr: 'a' }), 'ERR_PARAM', 'nonceStr', /mean nonce_str\?/],
    [() => readBill(new Blob(['']).stream(), { maxbytes: 1 }), 'ERR_PARAM', 'maxbytes', /mean maxBytes\?/],
  ])
    await refuses(call, code, field, words);
});

test('encrypted data may come with its other members, and a misspelt appid is refused', async () => {
  const data = {
    encryptedData: 'a',
    iv: 'b',
    session_key: 'c',
    errMsg: 'ok',
    rawData: '{}',
    signature: 's',
    cloudID: '1',
  };
  await refuses(() => decryptUserData({ ...data, appId: 'wx1' }), 'ERR_PARAM', 'appId', /did you mean appid\?/);
  await refuses(
    () => decryptUserData({ ...data, sessionKey: 'd' }),
    'ERR_DECRYPT',
    'encryptedData',
    /cannot be decrypted/,
  );
});

test('a misspelt member of a payment or of the expected values of a notice is named', async () => {
  const payment = { appId: 'wx1', prepay_id: 'p', key: shop.key };
  for (const [change, field, meant] of [
    [{ appId: undefined, appid: 'wx1' }, 'appid', 'appId'],
    [{ sign_type: 'HMAC-SHA256' }, 'sign_type', 'signType'],
    [{ signtype: 'HMAC-SHA256' }, 'signtype', 'signType'],
    [{ key: undefined, Key: 'k' }, 'Key', 'key'],
  ])
    await refuses(() => requestPayment({ ...payment, ...change }), 'ERR_PARAM', field, new RegExp(`mean ${meant}\\?`));
  for (const [change, field, meant] of [
    [{ expected: { total_fee: 1 } }, 'expected', 'expect'],
    [{ mchid: '1' }, 'mchid', 'mch_id'],
    [{ signtype: 'MD5' }, 'signtype', 'signType'],
  ])
    await refuses(
      () => openNotify('', { key: shop.key, ...change }),
      'ERR_PARAM',
      field,
      new RegExp(`mean ${meant}\\?`),
    );
});

test('the gateway refuses unknown options too, and takes records of merchants with foreign members', async () => {
  const merchants = [shop];
  const gateway = createGateway({ merchants: [{ ...shop, apiV3Key: 'v'.repeat(32), name: 'Tea', notify_url: 'u' }] });
  for (const [call, words] of [
    [() => createGateway({ merchant: merchants }), /^createGateway: merchant is no option; did you mean merchants\?$/],
    [
      () => createGateway({ merchants, colour: 1 }),
      /^createGateway: colour is no option; the options are merchants, clock/,
    ],
    [
      () => createGateway({ merchants: [{ ...shop, apiv3Key: 'v' }] }),
      /merchants: apiv3Key is no option; did you mean apiV3Key\?/,
    ],
    [
      () => createGateway({ merchants: [{ ...shop, sub_merchants: [{ sub_mch_id: '1', sub_app_id: '2' }] }] }),
      /mean sub_appid\?/,
    ],
    [() => gateway.listen({ TLS: true }), /^listen: TLS is no option; did you mean tls\?$/],
    [() => gateway.client(shop.mch_id, { appId: 'wx1' }), /^client: appId is no option; did you mean appid\?$/],
    [
      () => gateway.client(shop.mch_id, { api: 'v3', key: 'pinned' }),
      /^client: key is no option; did you mean keys\?$/,
    ],
  ])
    await assert.rejects(
      async () => call(),
      (error) => error instanceof TypeError && words.test(error.message),
      String(words),
    );
  for (const options of [
    [WechatPay, await gateway.client(shop.mch_id)],
    [WechatPay, await gateway.client(shop.mch_id, { api: undefined })],
    [v3.WechatPay, await gateway.client(shop.mch_id, { api: 'v3' })],
  ]) {
    const [Client, given] = options;
    assert.ok(new Client({ ...given, timeoutMs: 1000 }));
  }
  await gateway.close();
});

test('of two listeners that differ alike, the one with the same beginning is meant', async () => {
  const pay = new WechatPay(shop);
  for (const [name, meant] of [
    ['onFail', 'onFailed'],
    ['onPay', 'onPaid'],
    ['onRefunds', 'onRefund'],
  ])
    await refuses(
      () => pay.notifyHandler({ findOrder: () => undefined, onPaid() {}, [name]() {} }),
      'ERR_CONFIG',
      name,
      new RegExp(`did you mean ${meant}\\?$`),
    );
});

test('an order with a misspelt amount does not open a notice: an underpaid one would be delivered', async () => {
  const notice = {
    ...{ appid: shop.appid, mch_id: shop.mch_id, return_code: 'SUCCESS', result_code: 'SUCCESS', nonce_str: 'n1' },
    ...{ openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o', trade_type: 'JSAPI', bank_type: 'CMC', total_fee: '1', cash_fee: '1' },
    ...{ transaction_id: '4200000000000000000000000001', out_trade_no: 'a1', time_end: '20260101000000' },
  };
  const body = paysign.signedXml(notice, shop.key, 'MD5');
  const opened = (expect) => openNotify(body, { key: shop.key, expect });
  assert.equal(opened({ out_trade_no: 'a1', total_fee: 1, id: 7, created_at: '' }).paid, true);
  assert.equal(opened({ out_trade_no: 'a1' }).paid, true);
  for (const [member, field, words] of [
    [{ totalFee: 100 }, 'totalFee', /did you mean total_fee/],
    [{ total_fe: 100 }, 'total_fe', /did you mean total_fee/],
    [{ amount: { total: 100 } }, 'expect', /pass total_fee, in fen$/],
  ])
    await refuses(() => opened({ out_trade_no: 'a1', ...member }), 'ERR_PARAM', field, words);
});

test('a key that is the name of an option is not shown by the gateway either', () => {
  const secret = '0123456789abcdef0123456789abcdef';
  assert.throws(
    () => createGateway({ merchants: [], [secret]: 1 }),
    ({ message }) => {
      assert.match(message, /has a member that is no option; the options are merchants/);
      return !message.includes(secret);
    },
  );
});
