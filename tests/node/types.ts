// The types of the package, tested by compiling: each wrong use must not compile.
import { Agent } from 'node:https';
import {
  type AccessTokenCache,
  type ErrCode,
  type ExchangeReport,
  type ExchangeStart,
  errCode,
  type FailedNotice,
  type Notice,
  notifyRouter,
  type OrderQueryAnswer,
  type Outcome,
  openNotify,
  type PayOrder,
  type PhoneNumber,
  parseXml,
  type RefundNotice,
  type RefundRecord,
  redisTokenCache,
  requestPayment,
  sign,
  type UnifiedOrder,
  WechatPay,
  WxPayError,
} from 'paysign';
import { createGateway, type Gateway } from 'paysign/testing';
import { init } from 'paysign/web';

const pay = new WechatPay({ appid: 'wx1', mch_id: '1', key: 'k' });
const order = {
  body: 'b',
  out_trade_no: '1',
  total_fee: 1,
  spbill_create_ip: '127.0.0.1',
  trade_type: 'JSAPI',
  openid: 'o',
} as const;

export async function right(): Promise<void> {
  const prepay_id: string = (await pay.unifiedOrder(order)).prepay_id;
  const { timeStamp, paySign }: { timeStamp: string; paySign: string } = pay.requestPayment(prepay_id);
  const { trade_state, total_fee, fields } = await pay.orderQuery(
    { out_trade_no: timeStamp + paySign },
    { signal: AbortSignal.timeout(1) },
  );
  const fen: number | undefined = total_fee;
  const text: string | undefined = fields[trade_state];
  const notice: Notice = openNotify(new Uint8Array(), {
    key: 'k',
    signType: ['MD5', 'HMAC-SHA256'],
    expect: { total_fee: 1n },
  });
  const { mch_id, sub_mch_id }: { mch_id: string; sub_mch_id: string | undefined } = notice;
  notifyRouter([pay], {
    findOrder: (out_trade_no, found) => ({ out_trade_no, total_fee: 1, mch_id: found.mch_id, sub_mch_id }),
    onPaid: ({ mch_id, out_trade_no }) => console.log(mch_id, out_trade_no),
  });
  pay.notifyHandler({ findOrder: () => ({ total_fee: 1 }), onPaid() {}, maxAgeMs: 1 });
  new WechatPay({ appid: 'wx1', mch_id, key: ['new', 'old'], signType: ['HMAC-SHA256', 'MD5'], allowHttp: true });
  new WechatPay({
    appid: 'wx1',
    mch_id,
    key: 'k',
    ca: ['a', 'b'],
    proxy: 'http://proxy:3128',
    fetch: globalThis.fetch,
  });
  new WechatPay({ appid: 'wx1', mch_id, key: 'k', certificate: { cert: 'c', key: 'k' }, ca: 'a', agent: new Agent() });
  const merchant = { appid: 'wx1', mch_id, key: 'k' };
  new WechatPay({ ...merchant, onExchange: ({ method, ms }) => console.log(method.length, ms + 1) });
  const start = ({ attempt }: ExchangeStart) => (attempt > 0 ? undefined : (report: ExchangeReport) => report.outcome);
  new WechatPay({ ...merchant, onExchange: { start } });
  new WechatPay({
    ...merchant,
    onExchange: { start: (begun) => (report) => console.log(begun.path, report.err_code) },
  });
  await pay.settle('1', { isPayCode: true, reverseMs: 1, missingMs: 1 });
  const paid: boolean = notice.kind === 'payment' && notice.paid;
  const signature: string = sign({ a: 1, b: 2n, c: true, d: null, e: undefined, f: text }, 'k', 'HMAC-SHA256');
  const gateway: Gateway = createGateway({ merchants: [], faults: { resetAfter: 0.1, delayMs: [1, 2] } });
  const accepted: boolean = (await gateway.forgeNotice({ out_trade_no: '1' }, 'no signature')).accepted;
  await init(new URL('https://example.com/paysign.wasm'));
  await pay.pay({ body: 'b', out_trade_no: '1', total_fee: fen ?? 1, spbill_create_ip: '::1', openid: 'o' });
  const outcome: Outcome | undefined = new Error() instanceof WxPayError ? ({} as WxPayError).outcome : undefined;
  new WechatPay(await gateway.client('1', { sub_mch_id: '2' }));
  const tokenCache: AccessTokenCache = redisTokenCache({ eval: async () => null }, { prefix: 'p' });
  const number: PhoneNumber = await new WechatPay({ appid: 'wx1', mch_id, key: 'k', tokenCache }).getPhoneNumber('c');
  const code: string = gateway.phoneCode({ appid: number.countryCode });
  console.log(code, paid, signature, accepted, outcome, parseXml('<xml><a>1</a></xml>').a);
}

/** The words that an open list documents, which editors complete. */
type Literals<Words> = Words extends string ? (string extends Words ? never : Words) : never;
const words = <Words>(...known: Literals<Words>[]) => known;

export function open(
  answer: OrderQueryAnswer,
  refund: RefundRecord,
  notice: RefundNotice,
  failed: FailedNotice,
): unknown {
  words<OrderQueryAnswer['trade_state']>('SUCCESS', 'REFUND', 'NOTPAY', 'CLOSED', 'REVOKED', 'USERPAYING', 'PAYERROR');
  words<RefundNotice['refund_status']>('SUCCESS', 'CHANGE', 'REFUNDCLOSE');
  words<Exclude<WxPayError['err_code'], undefined>>('ORDERPAID' satisfies ErrCode, 'ORDER_PAID');
  words<Exclude<FailedNotice['fields']['err_code'], undefined>>('ORDERPAID');
  words<Exclude<OrderQueryAnswer['trade_type'], undefined>>('JSAPI', 'FACEPAY');
  // @ts-expect-error no documented state
  words<OrderQueryAnswer['trade_state']>('PAID');
  // @ts-expect-error no documented state of a refund of APIv2
  words<RefundNotice['refund_status']>('ABNORMAL');
  // A word that is new compiles too.
  const isNew = answer.trade_state === 'NEW_WORD' || refund.refund_status === 'NEW' || notice.refund_status === 'NEW';
  const text: string = answer.trade_state;
  answer.trade_state = text;
  return [
    isNew,
    errCode(failed.fields.err_code),
    errCode('NEW'),
    errCode(new Error(text) instanceof WxPayError ? text : undefined),
  ];
}

export async function ordered(openid: string, perhaps: string | undefined): Promise<void> {
  const goods = { body: 'b', out_trade_no: '1', total_fee: 1, spbill_create_ip: '::1' };
  const mine: PayOrder = { ...goods, openid };
  const subs: PayOrder = { ...goods, sub_openid: openid, trade_type: 'JSAPI' };
  const each: UnifiedOrder[] = [
    { ...goods, trade_type: 'JSAPI', openid },
    { ...goods, trade_type: 'JSAPI', openid, sub_openid: perhaps },
    { ...goods, trade_type: 'NATIVE', product_id: 'p' },
    { ...goods, trade_type: 'APP', openid: perhaps },
    { ...goods, trade_type: 'MWEB' },
  ];
  for (const one of [mine, subs]) await pay.pay(one);
  for (const one of each) await pay.unifiedOrder(one);
  // @ts-expect-error nobody pays this order
  await pay.pay(goods);
  // @ts-expect-error perhaps nobody pays this order
  await pay.pay({ ...goods, openid: perhaps });
  // @ts-expect-error a mini program pays no order of this kind
  await pay.pay({ ...goods, openid, trade_type: 'NATIVE' });
  // @ts-expect-error a misspelt member
  await pay.pay({ ...goods, openid, totalfee: 1 });
  // @ts-expect-error a JSAPI order needs its payer
  await pay.unifiedOrder({ ...goods, trade_type: 'JSAPI' });
  // @ts-expect-error a NATIVE order needs its product
  await pay.unifiedOrder({ ...goods, trade_type: 'NATIVE', openid });
}

export async function numbers(perhaps: string | undefined): Promise<void> {
  const refund = { out_refund_no: 'r1', total_fee: 1, refund_fee: 1 };
  await pay.orderQuery({ out_trade_no: '1', transaction_id: perhaps });
  await pay.refund({ ...refund, transaction_id: '1' });
  await pay.refundQuery({ refund_id: '1', offset: 10 });
  await pay.reverse({ transaction_id: '1' });
  await pay.report({ interface_url: 'u', user_ip: '::1', trades: [] });
  // @ts-expect-error a query needs a number
  await pay.orderQuery({});
  // @ts-expect-error perhaps there is no number
  await pay.orderQuery({ transaction_id: perhaps });
  // @ts-expect-error a close needs the number
  await pay.closeOrder({});
  // @ts-expect-error a refund needs the number of its order
  await pay.refund(refund);
  // @ts-expect-error a query needs a number
  await pay.refundQuery({ offset: 10 });
  // @ts-expect-error a query needs the number of a refund
  await pay.refundQueryV2({});
  // @ts-expect-error a reversal needs a number
  await pay.reverse({});
  // @ts-expect-error a report needs its result, or several calls
  await pay.report({ interface_url: 'u', user_ip: '::1', execute_time: 1 });
}

export async function wrong(): Promise<void> {
  // @ts-expect-error a required field is missing
  await pay.unifiedOrder({ body: 'b', out_trade_no: '1', spbill_create_ip: '127.0.0.1', trade_type: 'JSAPI' });
  // @ts-expect-error no such trade_type
  await pay.unifiedOrder({ ...order, trade_type: 'jsapi' });
  // @ts-expect-error a field that is misspelt
  await pay.orderQuery({ transaction_id: '1', out_trade_number: '1' });
  // @ts-expect-error money is not text
  await pay.unifiedOrder({ ...order, total_fee: '1' });
  // @ts-expect-error no such API
  await pay.unifyOrder(order);
  // @ts-expect-error no such way of signing
  sign({}, 'k', 'SHA1');
  // @ts-expect-error objects are no values
  sign({ a: {} }, 'k');
  // @ts-expect-error the key is needed
  requestPayment({ appId: 'wx1', prepay_id: 'p' });
  // @ts-expect-error for a router an order names its merchant
  notifyRouter([pay], { findOrder: () => ({ out_trade_no: '1', total_fee: 1 }), onPaid() {} });
  // @ts-expect-error the key cannot be read back
  console.log(pay.key);
  // @ts-expect-error the key is needed
  openNotify('', {});
  // @ts-expect-error no such fault
  createGateway({ merchants: [], faults: { reset: 0.1 } });
  // @ts-expect-error a cache has get and set
  new WechatPay({ appid: 'wx1', mch_id: '1', key: 'k', tokenCache: { get: async () => undefined } });
  // @ts-expect-error the time is not known at the start
  const early = ({ ms }: ExchangeStart) => ms;
  // @ts-expect-error the start returns a function
  new WechatPay({ appid: 'wx1', mch_id: '1', key: 'k', onExchange: { start: () => 'a span' } });
  console.log(early);
  // @ts-expect-error a code is text
  await pay.getPhoneNumber(1);
  // @ts-expect-error no such forgery
  await createGateway({ merchants: [] }).forgeNotice({ out_trade_no: '1' }, 'wrong');
}
