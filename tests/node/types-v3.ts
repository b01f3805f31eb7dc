// The types of APIv3, tested by compiling: each wrong use must not compile.
import { notifyRouter, WechatPay as WechatPayV2 } from 'paysign';
import { createGateway } from 'paysign/testing';
import {
  type AppPayee,
  authorization,
  type ErrCode,
  type ExpectedOrder,
  init,
  memoryStore,
  type Notice,
  type NotifyListeners,
  type OnExchange,
  type Order,
  type PaidNotice,
  type RefundNotice,
  type RefundRecord,
  type RequestPayment,
  type Settlement,
  WechatPay,
  WxPayError,
} from 'paysign/v3';

const pay = new WechatPay({
  ...{ appid: 'wx1', mchid: '1', privateKey: 'k', certificate: 'c' },
  ...{ apiV3Key: ['new', 'old'], wechatpayKeys: { PUB_KEY_ID_1: 'pem' } },
});
const order = { description: 'd', out_trade_no: 'a-1234', amount: { total: 1 }, payer: { openid: 'o' } };

export async function right(): Promise<void> {
  await init();
  const payment: RequestPayment = await pay.pay(order);
  const { signType }: { signType: 'RSA' } = payment;
  const { prepay_id } = await pay.jsapiOrder({ ...order, time_expire: new Date(), notify_url: 'https://a.example/' });
  await pay.requestPayment(prepay_id);
  await pay.jsapiOrder({
    ...{ ...order, limit_pay: ['no_credit', 'balance_only'] },
    payer: { openid: 'o', identity: { type: 'IDCARD', number: 'n', name: 'n' } },
    subsidy_info: {
      subsidy_detail: [
        { subsidy_period_type: 'DAILY', subsidy_plan: [{ subsidy_installment_num: 3, subsidy_percent: 100 }] },
      ],
    },
  });
  const { success_time, scene_info } = await pay.orderQuery({ transaction_id: '1' });
  const time: string | undefined = success_time ?? scene_info?.device_id;
  const { trade_state, amount } = await pay.orderQuery({ out_trade_no: 'a-1234' }, { signal: AbortSignal.timeout(1) });
  const fen: number | undefined = amount?.total;
  const closed: Promise<void> = pay.closeOrder({ out_trade_no: trade_state });
  await closed;
  const { refund_id, promotion_detail = [] } = await pay.refund({
    ...{ out_trade_no: 'a-1234', out_refund_no: 'R1' },
    amount: { refund: 1, total: fen ?? 1, currency: 'CNY' },
  });
  const stored: ExpectedOrder = { out_trade_no: refund_id, total_fee: 1 };
  const notice: Notice = await pay.openNotify({ headers: new Headers(), body: new Uint8Array() }, stored);
  await pay.openNotify({ headers: [['a', 'b']], body: '' });
  await pay.openNotify({ headers: { a: ['b'], c: undefined }, body: new ArrayBuffer(1) });
  if (notice.kind === 'payment' && notice.paid) console.log(notice.total_fee, notice.resource, notice.event);
  const listeners: NotifyListeners = {
    findOrder: (out_trade_no, { mch_id }) => ({ out_trade_no, mch_id, total_fee: 1 }),
    onPaid: ({ total_fee, resource }, { signal }) => console.log(total_fee + 1, resource, signal.aborted),
    onRefund: ({ refund_fee, refund_status }) => console.log(refund_fee + 1, refund_status),
    onEvent: ({ kind, event }) => console.log(kind, event),
    onRejected: ({ code }, { isProbe }) => console.log(code, isProbe),
    store: memoryStore(),
  };
  pay.notifyHandler(listeners);
  const v2 = new WechatPayV2({ appid: 'wx1', mch_id: '1', key: 'k' });
  notifyRouter([pay, v2], { onPaid: (paid) => console.log(paid.total_fee + 1, 'fields' in paid) });
  notifyRouter([pay], { onPaid: ({ resource }) => console.log(resource) });
  notifyRouter([v2], { onPaid: ({ fields }) => console.log(fields) });
  notifyRouter(async ({ mch_id, serial, url }) => (mch_id === '' && serial !== '' && url !== '' ? pay : v2), {
    onPaid: ({ out_trade_no }) => console.log(out_trade_no),
  });
  const settled: Settlement = await pay.settle('a-1234', { deadlineMs: 1, missingMs: 1 });
  const { status, body }: { status: number; body: unknown } = await pay.call('POST', '/v3/a', { b: 1 });
  const header: string = await authorization({
    ...{ method: 'GET', url: '/v3/a', mchid: '1', serial: 'a', privateKey: 'k' },
  });
  const gateway = createGateway({ merchants: [{ appid: 'wx1', mch_id: '1', apiV3Key: 'k' }] });
  const onExchange: OnExchange = {
    start:
      ({ host }) =>
      (report) =>
        console.log(host, report.ms + 1),
  };
  new WechatPay({ ...(await gateway.client('1', { api: 'v3' })), onExchange });
  new WechatPay(await gateway.client('1', { api: 'v3' }));
  const { detail } = new Error() instanceof WxPayError ? ({} as WxPayError) : {};
  const parts: (string | undefined)[] = promotion_detail.map(({ promotion_id }) => promotion_id);
  console.log(time, parts, signType, settled.state, status, body, header, detail);
}

/** The words that an open list documents, which editors complete. */
type Literals<Words> = Words extends string ? (string extends Words ? never : Words) : never;
const words = <Words>(...known: Literals<Words>[]) => known;

export async function open(
  order: Order,
  refund: RefundRecord,
  notice: RefundNotice,
  paid: PaidNotice,
): Promise<unknown> {
  words<Order['trade_state']>('SUCCESS', 'REFUND', 'NOTPAY', 'CLOSED', 'REVOKED', 'USERPAYING', 'PAYERROR', 'ACCEPT');
  words<RefundNotice['refund_status']>('SUCCESS', 'CLOSED', 'ABNORMAL');
  words<Exclude<PaidNotice['trade_type'], undefined>>('JSAPI', 'FACEPAY');
  words<Exclude<WxPayError['err_code'], undefined>>('ORDER_PAID' satisfies ErrCode);
  // @ts-expect-error no documented state
  words<Order['trade_state']>('PAID');
  // @ts-expect-error no documented state of a refund of APIv3
  words<RefundNotice['refund_status']>('REFUNDCLOSE');
  const payee: AppPayee = { appid: 'wx1' };
  await pay.appPayment('p', payee);
  const card = { bank_type: 'ICBC_DEBIT', bank_account: 'n', real_name: 'n' };
  await pay.abnormalRefund({ refund_id: '1', out_refund_no: '1', type: 'USER_BANK_CARD', ...card });
  await pay.abnormalRefund({ refund_id: '1', out_refund_no: '1', type: 'MERCHANT_BANK_CARD' });
  // A word that is new compiles too.
  return [
    order.trade_state === 'NEW',
    refund.status === 'NEW',
    notice.refund_status === 'NEW',
    paid.trade_type === 'NEW',
  ];
}

export async function wrong(): Promise<void> {
  // @ts-expect-error a required member is missing
  await pay.jsapiOrder({ description: 'd', out_trade_no: 'a-1234', payer: { openid: 'o' } });
  // @ts-expect-error a member that is misspelt
  await pay.pay({ ...order, outTradeNo: '1' });
  // @ts-expect-error money is a number
  await pay.pay({ ...order, amount: { total: '1' } });
  // @ts-expect-error a word that WeChat does not know
  await pay.pay({ ...order, limit_pay: ['no_cash'] });
  const { success_time } = await pay.orderQuery({ out_trade_no: 'a-1234' });
  // @ts-expect-error a time of an answer is text
  success_time?.getTime();
  // @ts-expect-error the members of APIv2
  await pay.pay({ body: 'b', out_trade_no: 'a-1234', total_fee: 1, openid: 'o' });
  // @ts-expect-error a notice needs its headers
  await pay.openNotify(new Uint8Array());
  // @ts-expect-error a query needs a number
  await pay.orderQuery({});
  // @ts-expect-error a payer needs an openid
  await pay.pay({ ...order, payer: {} });
  // @ts-expect-error a reversal needs the number of its order
  await pay.reverse({});
  // @ts-expect-error a close needs the number of its order
  await pay.closeOrder({});
  // @ts-expect-error a query needs the number of its refund
  await pay.refundQuery({});
  // @ts-expect-error an order needs its payer
  await pay.pay({ description: 'd', out_trade_no: 'a-1234', amount: { total: 1 } });
  const refund = { refund_id: '1', out_refund_no: '1' };
  // @ts-expect-error the payer's card has a bank, a number and a name
  await pay.abnormalRefund({ ...refund, type: 'USER_BANK_CARD' });
  // @ts-expect-error a refund needs the number of its order
  await pay.refund({ out_refund_no: 'r1', amount: { refund: 1, total: 1, currency: 'CNY' } });
  // @ts-expect-error the name of APIv2
  new WechatPay({ appid: 'wx1', mch_id: '1', apiV3Key: 'k', wechatpayKeys: {} });
  // @ts-expect-error a notice of APIv3 has no fields
  pay.notifyHandler({ onPaid: ({ fields }) => console.log(fields) });
  // @ts-expect-error the handler of APIv2 has no other events
  new WechatPayV2({ appid: 'wx1', mch_id: '1', key: 'k' }).notifyHandler({ onPaid() {}, onEvent() {} });
  // @ts-expect-error no such method
  await pay.call('FETCH', '/v3/a');
}
