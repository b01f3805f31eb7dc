// What the hostile tests begin with: one genuine thing of each kind.

import { readFileSync } from 'node:fs';
import { shop, signByHand, xmlByHand } from './gateway-support.mjs';

const { key: KEY, appid, mch_id } = shop;

export const PARAMS = { appid, body: '茶 & <b>', mch_id, total_fee: 88, sign: 'A' };
export const NOTICE = {
  ...{ appid, bank_type: 'OTHERS', cash_fee: '88', fee_type: 'CNY', mch_id, nonce_str: 'n1', openid: 'oUpF8' },
  ...{ out_trade_no: 'a1', result_code: 'SUCCESS', return_code: 'SUCCESS', time_end: '20140903131540' },
  ...{ total_fee: '88', trade_type: 'JSAPI', transaction_id: '42000001', attach: '支付 a&b=1 ]]', device_info: '' },
};
export const ANSWER = { ...NOTICE, trade_state: 'SUCCESS' };
export const signedXml = (fields, type) => xmlByHand({ ...fields, sign: signByHand(fields, KEY, type) });
export const GENUINE = signedXml(NOTICE);
export const EXPECT = { out_trade_no: 'a1', total_fee: 88, fee_type: 'CNY' };
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
const { session_key, iv, encryptedData } = JSON.parse(
  readFileSync(new URL('../vectors/user_data.json', import.meta.url), 'utf8'),
);
export const USER_DATA = { session_key, iv, encryptedData };
export const BILL =
  '交易时间,商户订单号,应结订单金额\n`2024-08-05 10:33:40,`a1,`0.90\n总交易单数,应结订单总金额\n`1,`0.90\n';
export const GOODS = { body: 't', out_trade_no: 'a1', total_fee: 88, spbill_create_ip: '::1' };
export const ORDER = { ...GOODS, openid: 'oUpF8', trade_type: 'JSAPI' };
export const LISTENERS = {
  onPaid() {},
  onRefund() {},
  onFailed() {},
  onRejected() {},
  timeoutMs: 5000,
  claimMs: 30_000,
};

/** Every method of the client: good arguments. */
const CALL_OPTIONS = { signal: new AbortController().signal };
export const METHODS = {
  unifiedOrder: [ORDER, CALL_OPTIONS],
  orderQuery: [{ out_trade_no: 'a1' }, CALL_OPTIONS],
  closeOrder: [{ out_trade_no: 'a1' }, CALL_OPTIONS],
  refund: [{ out_trade_no: 'a1', out_refund_no: 'r1', total_fee: 88, refund_fee: 1 }, CALL_OPTIONS],
  refundQuery: [{ out_trade_no: 'a1' }, CALL_OPTIONS],
  refundQueryV2: [{ out_refund_no: 'r1' }, CALL_OPTIONS],
  micropay: [{ ...GOODS, auth_code: '120061098828009406' }, CALL_OPTIONS],
  reverse: [{ out_trade_no: 'a1' }, CALL_OPTIONS],
  report: [{ interface_url: 'https://a/b', user_ip: '::1' }, CALL_OPTIONS],
  sandboxSignKey: [{}, CALL_OPTIONS],
  call: ['orderQuery', { out_trade_no: 'a1' }, CALL_OPTIONS],
  pay: [ORDER, CALL_OPTIONS],
  settle: ['a1'],
  downloadBill: [{ bill_date: '20240805' }, CALL_OPTIONS],
  downloadFundFlow: [{ bill_date: '20240805', account_type: 'Basic' }, CALL_OPTIONS],
  batchQueryComment: [{ begin_time: '20240805000000', end_time: '20240806000000', offset: 0 }, CALL_OPTIONS],
  requestPayment: ['wx1'],
  openNotify: [GENUINE, EXPECT],
  notifyHandler: [LISTENERS],
  code2Session: ['code', CALL_OPTIONS],
};
