// The genuine input of the hostile tests: one of each kind.

import { genuine, shop, signByHand, vectors, xmlByHand } from './gateway-support.mjs';

const { key: KEY, appid, mch_id } = shop;

export const PARAMS = { appid, body: '茶 & <b>', mch_id, total_fee: 88, sign: 'A' };
/** The genuine notice, with a text of signs and an empty field. */
export const NOTICE = { ...genuine.fields, attach: '支付 a&b=1 ]]', device_info: '' };
export const ANSWER = { ...NOTICE, trade_state: 'SUCCESS' };
export const signedXml = (fields, type) => xmlByHand({ ...fields, sign: signByHand(fields, KEY, type) });
export const GENUINE = signedXml(NOTICE);
export const EXPECT = genuine.order;
export const OPTIONS = { key: KEY, appid, mch_id, signType: ['MD5', 'HMAC-SHA256'], expect: EXPECT };
export const PREPAY = {
  appId: appid,
  prepay_id: 'wx1',
  key: KEY,
  signType: 'MD5',
  timeStamp: 1490840662,
  nonceStr: 'n1',
};
/** The example of WeChat's page on open data. */
const { session_key, iv, encryptedData } = vectors('user_data');
export const USER_DATA = { session_key, iv, encryptedData };
export const BILL =
  '交易时间,商户订单号,应结订单金额\n`2024-08-05 10:33:40,`a1,`0.90\n总交易单数,应结订单总金额\n`1,`0.90\n';
const GOODS = { body: 't', out_trade_no: 'a1', total_fee: 88, spbill_create_ip: '::1' };
const ORDER = { ...GOODS, openid: 'oUpF8', trade_type: 'JSAPI' };
export const LISTENERS = {
  onPaid() {},
  onRefund() {},
  onFailed() {},
  onRejected() {},
  timeoutMs: 5000,
  claimMs: 30_000,
};

const CALL_OPTIONS = { signal: new AbortController().signal };

/** Every method of the client: good arguments. Those of an API are its example of the vectors; the others are written here. */
export const METHODS = {
  ...Object.fromEntries(vectors('calls').calls.map(({ api, request }) => [api, [request, CALL_OPTIONS]])),
  call: ['orderQuery', { out_trade_no: 'a1' }, CALL_OPTIONS],
  pay: [ORDER, CALL_OPTIONS],
  settle: ['a1'],
  requestPayment: ['wx1'],
  openNotify: [GENUINE, EXPECT],
  notifyHandler: [LISTENERS],
  code2Session: ['code', CALL_OPTIONS],
  getPhoneNumber: ['code', CALL_OPTIONS],
};
