// Every API of APIv3 by its declaration: a good call, each required member left out, and each failure of WeChat.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WechatPay } from 'paysign/v3';
import { COMBINED, ids, merchantKeys, ORDER, options, REFUND, signedHeaders, stranger } from './v3-support.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const REFUNDED = {
  ...{ refund_id: REFUND.refund_id, out_refund_no: 'R1', transaction_id: ORDER.transaction_id },
  ...{ out_trade_no: ORDER.out_trade_no, channel: 'ORIGINAL', status: 'PROCESSING', amount: { refund: 1, total: 100 } },
};

/** The members that orders of all kinds have. */
const PLACED = {
  description: '示例商店-茶/饼 <a> \u2028',
  out_trade_no: 'a|b*c-_1',
  notify_url: 'https://shop.example.com/n',
  amount: { total: 100, currency: 'CNY' },
};
const PLACED_REQUIRED = ['description', 'out_trade_no', 'amount', 'amount.total'];
const SCENE = { payer_client_ip: '2001:db8::1', h5_info: { type: 'Wap' } };
const COMBINED_PLACED = {
  combine_out_trade_no: 'C|1*-_2',
  notify_url: 'https://shop.example.com/n',
  sub_orders: [
    {
      ...{ mchid: ids.mchid, attach: 'x', amount: { total_amount: 1, currency: 'CNY' } },
      ...{ out_trade_no: 'S-1234', description: '茶' },
    },
  ],
};
const ORDERED = { 429: 'rejected', 500: 'unknown' };
const MONEY = { 429: 'unknown', 500: 'unknown' };
const { trade_type: _, ...BY_CODE } = ORDER;

/** A good call of each API: parameters, WeChat's good answer, and the outcome of a failed one. */
const CALLS = {
  jsapiOrder: {
    params: { ...PLACED, payer: { openid: 'o1' } },
    required: [...PLACED_REQUIRED, 'payer', 'payer.openid'],
    answer: { prepay_id: 'wx1' },
    needed: ['prepay_id'],
    moves: ORDERED,
  },
  appOrder: {
    params: PLACED,
    required: PLACED_REQUIRED,
    answer: { prepay_id: 'wx1' },
    needed: ['prepay_id'],
    moves: ORDERED,
  },
  h5Order: {
    params: { ...PLACED, scene_info: SCENE },
    required: [...PLACED_REQUIRED, 'scene_info', 'scene_info.payer_client_ip', 'scene_info.h5_info'],
    answer: { h5_url: 'https://wx.tenpay.com/x?prepay_id=wx1&package=2' },
    needed: ['h5_url'],
    moves: ORDERED,
  },
  nativeOrder: {
    params: PLACED,
    required: PLACED_REQUIRED,
    answer: { code_url: 'weixin://wxpay/bizpayurl?pr=p4lpSuKzz' },
    needed: ['code_url'],
    moves: ORDERED,
  },
  orderQuery: {
    params: { out_trade_no: ORDER.out_trade_no },
    required: ['out_trade_no'],
    answer: ORDER,
    needed: ['trade_state', 'out_trade_no', 'mchid', 'appid'],
    moves: ORDERED,
  },
  closeOrder: {
    params: { out_trade_no: ORDER.out_trade_no },
    required: ['out_trade_no'],
    answer: undefined,
    needed: [],
    moves: ORDERED,
  },
  codepay: {
    params: {
      ...{ description: PLACED.description, out_trade_no: ORDER.out_trade_no, amount: PLACED.amount },
      ...{ payer: { auth_code: '130061098828009406' }, scene_info: { store_info: { out_id: '1' } } },
    },
    required: [...PLACED_REQUIRED, 'payer', 'payer.auth_code', 'scene_info', 'scene_info.store_info'],
    answer: { ...BY_CODE, trade_type: 'MICROPAY' },
    needed: ['trade_state', 'out_trade_no', 'mchid'],
    moves: MONEY,
  },
  reverse: {
    params: { out_trade_no: ORDER.out_trade_no },
    required: ['out_trade_no'],
    answer: { ...ids, out_trade_no: ORDER.out_trade_no },
    needed: ['out_trade_no'],
    moves: MONEY,
  },
  refund: {
    params: {
      out_trade_no: ORDER.out_trade_no,
      out_refund_no: 'R1',
      amount: { refund: 1, total: 100, currency: 'CNY' },
    },
    required: ['out_refund_no', 'amount', 'amount.refund', 'amount.total', 'amount.currency'],
    answer: REFUNDED,
    needed: ['refund_id', 'out_refund_no', 'status'],
    moves: MONEY,
  },
  refundQuery: {
    params: { out_refund_no: 'R1' },
    required: ['out_refund_no'],
    answer: REFUNDED,
    needed: ['refund_id', 'out_refund_no', 'status'],
    moves: ORDERED,
  },
  abnormalRefund: {
    params: { refund_id: REFUND.refund_id, out_refund_no: 'R1', type: 'MERCHANT_BANK_CARD' },
    required: ['refund_id', 'out_refund_no', 'type'],
    answer: REFUNDED,
    needed: ['refund_id', 'out_refund_no', 'status'],
    moves: MONEY,
  },
  combinedJsapiOrder: {
    params: { ...COMBINED_PLACED, combine_payer_info: { openid: 'o1' } },
    required: ['combine_out_trade_no', 'sub_orders', 'combine_payer_info', 'combine_payer_info.openid'],
    answer: { prepay_id: 'wx1' },
    needed: ['prepay_id'],
    moves: ORDERED,
  },
  combinedAppOrder: {
    params: COMBINED_PLACED,
    required: ['combine_out_trade_no', 'sub_orders'],
    answer: { prepay_id: 'wx1' },
    needed: ['prepay_id'],
    moves: ORDERED,
  },
  combinedH5Order: {
    params: { ...COMBINED_PLACED, scene_info: SCENE },
    required: ['combine_out_trade_no', 'sub_orders', 'scene_info', 'scene_info.h5_info'],
    answer: { h5_url: 'https://wx.tenpay.com/x' },
    needed: ['h5_url'],
    moves: ORDERED,
  },
  combinedNativeOrder: {
    params: COMBINED_PLACED,
    required: ['combine_out_trade_no', 'sub_orders'],
    answer: { code_url: 'weixin://wxpay/bizpayurl?pr=p4lpSuKzz' },
    needed: ['code_url'],
    moves: ORDERED,
  },
  combinedOrderQuery: {
    params: { combine_out_trade_no: COMBINED.combine_out_trade_no },
    required: ['combine_out_trade_no'],
    answer: COMBINED,
    needed: ['combine_mchid', 'combine_out_trade_no'],
    moves: ORDERED,
  },
  closeCombinedOrder: {
    params: { combine_out_trade_no: 'C1', sub_orders: [{ mchid: ids.mchid, out_trade_no: 'S1' }] },
    required: ['combine_out_trade_no', 'sub_orders'],
    answer: undefined,
    needed: [],
    moves: ORDERED,
  },
};

/** The calls whose answers are files: v3-bills.test and v3-certificates.test have them. */
const FILES = ['tradeBill', 'fundFlowBill', 'subMerchantFundFlowBill', 'certificates'];

/** The declared APIs, with method and path. */
const declared = execFileSync(
  'cargo',
  ['run', '--quiet', '--locked', '--features', 'typescript', '--bin', 'typescript', '--', 'table-v3'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
  .split('\n')
  .map((row) => /^\| `(\w+)` .*`(GET|POST) (\S+)` \|$/.exec(row))
  .filter((row) => row !== null)
  .map(([, name, method, path]) => ({ name, method, path }));

/** A client whose WeChat is a function, and what was sent to it. */
function asking(reply, changes = {}) {
  const sent = [];
  const fetch = async (url, init) => {
    sent.push({ url, ...init });
    const { status = 200, body = '', headers = signedHeaders(body) } = await reply(sent.length);
    return new Response([204, 304].includes(status) ? null : body, { status, headers });
  };
  return { client: new WechatPay({ ...options, retries: 0, fetch, ...changes }), sent };
}
const good = (answer) => () =>
  answer === undefined ? { status: 204, headers: signedHeaders('') } : { body: JSON.stringify(answer) };
const without = (object, [name, ...rest]) => {
  const { [name]: value, ...others } = object;
  return rest.length === 0 ? others : { ...others, [name]: without(value, rest) };
};
const failure = (promise) =>
  promise.then(
    () => assert.fail('it succeeded'),
    (error) => error,
  );

test('every declared API is a method of the client, and has a good call here', () => {
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(WechatPay.prototype));
  assert.deepEqual(
    methods.filter((name) => name !== 'constructor'),
    declared.map(({ name }) => name),
  );
  assert.deepEqual([...Object.keys(CALLS), ...FILES].sort(), methods.filter((name) => name !== 'constructor').sort());
});

for (const { name, method, path } of declared.filter(({ name }) => !FILES.includes(name))) {
  const { params, required, answer, needed, moves } = CALLS[name];
  const call = (client, ...given) => client[name](...(given.length === 0 ? [params] : given));

  test(`${name} sends what it signed byte for byte, and returns WeChat's answer`, async () => {
    const { client, sent } = asking(good(answer));
    assert.deepEqual(await call(client), answer);
    assert.equal(sent.length, 1);
    const { url, headers, body = '' } = sent[0];
    const { pathname, search } = new URL(url);
    const pattern = path.replaceAll(/[.]/g, '\\.').replaceAll(/\{\w+\}/g, '[^/]+');
    assert.match(pathname, new RegExp(`^${pattern}$`));
    assert.deepEqual([sent[0].method, body !== ''], [method, method === 'POST']);
    assert.equal(headers['wechatpay-serial'], Object.keys(options.wechatpayKeys)[0]);
    const said = (member) => new RegExp(`${member}="(.*?)"`).exec(headers.authorization)[1];
    const text = `${method}\n${pathname}${search}\n${said('timestamp')}\n${said('nonce_str')}\n${body}\n`;
    const key = createPublicKey(merchantKeys.publicKey);
    assert.ok(verify('RSA-SHA256', Buffer.from(text), key, Buffer.from(said('signature'), 'base64')));
    assert.deepEqual([said('mchid'), said('serial_no')], [ids.mchid, options.serial]);
  });

  test(`${name} names each required member that is missing, null, of another type or not in the BMP`, async () => {
    const { client, sent } = asking(good(answer));
    const members = required.map((member) => member.split('.'));
    for (const member of members) {
      const place = member.join('.');
      const { code, field, outcome } = await failure(call(client, without(params, member)));
      assert.deepEqual([code, field, outcome], ['ERR_PARAM', place, 'not-sent'], `${place} is missing`);
      const changed = (value) =>
        member.length === 1
          ? { ...params, [member[0]]: value }
          : { ...params, [member[0]]: { ...params[member[0]], [member[1]]: value } };
      for (const value of [null, true, [], '😀', Number.NaN, -1, 1.5, 2 ** 53])
        assert.equal((await failure(call(client, changed(value)))).field, place, `${place}: ${value}`);
    }
    const unknown = await failure(call(client, { ...params, outRefundNumber: '1' }));
    assert.deepEqual([unknown.code, unknown.field], ['ERR_PARAM', 'outRefundNumber']);
    for (const nothing of [undefined, null, 'text', 5])
      assert.equal((await failure(call(client, nothing))).outcome, 'not-sent');
    assert.equal(sent.length, 0, 'nothing was sent');
  });

  test(`${name} says for each status whether money may have moved, with WeChat's words`, async () => {
    const outcomes = {
      400: 'rejected',
      401: 'rejected',
      403: 'rejected',
      404: 'rejected',
      202: 'unknown',
      502: 'unknown',
      ...moves,
    };
    for (const [status, outcome] of Object.entries(outcomes)) {
      const body = JSON.stringify({ code: 'A_NEW_CODE', message: '原因', detail: { issue: 'x' } });
      const { client } = asking(() => ({ status: Number(status), body, headers: { 'Request-ID': '08-0' } }));
      const error = await failure(call(client));
      const { code, err_code, err_code_des, request_id, detail } = error;
      assert.deepEqual(
        { code, outcome: error.outcome, status: error.status, err_code, err_code_des, request_id, detail },
        {
          ...{ code: 'ERR_FAILED', outcome, status: Number(status), err_code: 'A_NEW_CODE', err_code_des: '原因' },
          ...{ request_id: '08-0', detail: { issue: 'x' } },
        },
        status,
      );
    }
    const { client } = asking(() => Promise.reject(new TypeError('reset')));
    assert.equal((await failure(call(client))).code, 'ERR_NETWORK');
  });

  test(`${name} believes no success that is unsigned, signed by a stranger, old, or without what it needs`, async () => {
    const text = answer === undefined ? '' : JSON.stringify(answer);
    const status = answer === undefined ? 204 : 200;
    for (const [what, headers] of Object.entries({
      unsigned: {},
      stranger: signedHeaders(text, { by: stranger }),
      old: signedHeaders(text, { seconds: options.nowMs() / 1000 - 301 }),
      'of another body': signedHeaders(`${text} `),
    })) {
      const { client } = asking(() => ({ status, body: text, headers }));
      const error = await failure(call(client));
      assert.deepEqual([error.code, error.outcome, error.status], ['ERR_SIGNATURE', 'unknown', status], what);
    }
    const bodies =
      answer === undefined ? [] : ['', '[]', 'null', '{', `${text}x`, text.replace('{', '{"a":1,"a":1,'), '<html>'];
    for (const body of bodies) {
      const { client } = asking(() => ({ body, headers: signedHeaders(body) }));
      const error = await failure(call(client));
      assert.ok(['ERR_JSON', 'ERR_MISMATCH'].includes(error.code), `${body}: ${error.message}`);
      assert.equal(error.outcome, 'unknown', body);
    }
    for (const member of needed) {
      const lacking = without(answer, [member]);
      const { client } = asking(good(lacking));
      const { code, field, outcome } = await failure(call(client));
      assert.deepEqual([code, field, outcome], ['ERR_MISMATCH', member, 'unknown']);
    }
  });
}

test('an empty setting of the environment is none: no notify_url is sent, and no sub-merchant', async () => {
  const { client, sent } = asking(good(REFUNDED), { notify_url: '', sub_mchid: '', sub_appid: '' });
  await client.refund(CALLS.refund.params);
  const { notify_url, sub_mchid } = JSON.parse(sent[0].body);
  assert.deepEqual([notify_url, sub_mchid, client.notify_url], [undefined, undefined, undefined]);
});
