// The types of every API and its answer, by compiling: a missing field or a wrong type must not compile.
import type {
  BillRow,
  Coupon,
  CouponRefund,
  Fields,
  OrderQueryAnswer,
  PhoneNumber,
  RefundQueryAnswer,
  RefundRecord,
  WechatPay,
} from 'paysign';
import type { Gateway, GatewayFault } from 'paysign/testing';

const goods = { body: 'b', out_trade_no: '1', total_fee: 1, spbill_create_ip: '::1' };
const refund = { out_trade_no: '1', out_refund_no: '1', total_fee: 1, refund_fee: 1 };
const hours = { begin_time: '20240805000000', end_time: '20240806000000' };
const report = { interface_url: 'https://api.mch.weixin.qq.com/', user_ip: '::1' };
const signal = AbortSignal.timeout(1);

/** Every answer's fields, each with its type. */
export async function right(pay: WechatPay): Promise<unknown[]> {
  const ordered = await pay.unifiedOrder({ ...goods, trade_type: 'NATIVE', product_id: 'p', receipt: 'N' }, { signal });
  const [prepay_id, code_url]: [string, string | undefined] = [ordered.prepay_id, ordered.code_url];
  const query: OrderQueryAnswer = await pay.orderQuery({ transaction_id: '1', version: '1.0' });
  const [state, cash]: [string, number | undefined] = [query.trade_state, query.cash_fee];
  const coupon: Coupon | undefined = query.coupons[0];
  const [coupon_fee, coupon_id]: [number | undefined, string | undefined] = [coupon?.coupon_fee, coupon?.coupon_id];
  const closed: Fields = (await pay.closeOrder({ out_trade_no: '1' })).fields;
  const item = { goods_detail: [{ goods_id: 'g', refund_amount: 1, refund_quantity: 1, price: 1 }] };
  const refunded = await pay.refund({ ...refund, detail: item, refund_account: 'REFUND_SOURCE_RECHARGE_FUNDS' });
  const [fee, given]: [number, CouponRefund[]] = [refunded.refund_fee, refunded.coupons];
  const refunds: RefundQueryAnswer = await pay.refundQuery({ out_trade_no: '1', offset: 10 });
  const record: RefundRecord | undefined = refunds.refunds[0];
  const inner: CouponRefund[] | undefined = record?.coupons;
  const count: number = refunds.refund_count;
  const items: string | undefined = (await pay.refundQueryV2({ refund_id: '1' })).promotion_detail;
  const taken = await pay.micropay({
    ...goods,
    auth_code: '120061098828009406',
    scene_info: { store_info: { id: '1' } },
  });
  const [openid, time_end]: [string, string] = [taken.openid, taken.time_end];
  const recall: string = (await pay.reverse({ out_trade_no: '1' })).recall;
  const bill = await pay.downloadBill({ bill_date: '20240805', bill_type: 'RECHARGE_REFUND', tar_type: 'GZIP' });
  const rows: BillRow[] = [];
  for await (const row of bill) rows.push(row);
  const number: string | undefined = rows[0]?.商户订单号;
  const flows = await pay.downloadFundFlow({ bill_date: '20240805', account_type: 'Fees' });
  const [columns, total]: [string[], string | undefined] = [flows.columns, flows.summary.收入金额];
  const { offset, comments } = await pay.batchQueryComment({ ...hours, offset: 0, limit: 200 });
  const [next, stars, words]: [number, number | undefined, string | undefined] = [
    offset,
    comments[0]?.stars,
    comments[0]?.comment,
  ];
  const trades = [{ out_trade_no: '1', begin_time: '20240805000000', end_time: '20240805000001', state: 'OK' }];
  const result: string = (await pay.report({ ...report, trades, return_code: 'FAIL', execute_time: 1 })).result_code;
  const key: string = (await pay.sandboxSignKey()).sandbox_signkey;
  const { openid: user, session_key, unionid } = await pay.code2Session('c', { signal });
  const named: [string, string, string | undefined] = [user, session_key, unionid];
  const phone: PhoneNumber = await pay.getPhoneNumber('c', { signal });
  const digits: [string, string, string] = [phone.phoneNumber, phone.purePhoneNumber, phone.countryCode];
  const other: Fields = (await pay.call('orderQuery', { brand_new: 1 })).fields;
  return [
    ...[prepay_id, code_url, state, cash, coupon_fee, coupon_id, closed, fee, given, inner, count, items, openid],
    ...[time_end, recall, number, columns, total, next, stars, words, result, key, named, digits, other],
  ];
}

export async function wrong(pay: WechatPay): Promise<void> {
  // @ts-expect-error no such paper
  await pay.unifiedOrder({ ...goods, trade_type: 'JSAPI', openid: 'o', user_type: 'PASSPORT' });
  // @ts-expect-error no such limit
  await pay.unifiedOrder({ ...goods, trade_type: 'JSAPI', openid: 'o', limit_pay: 'no_debit' });
  // @ts-expect-error the sub-merchant belongs to the client
  await pay.unifiedOrder({ ...goods, trade_type: 'JSAPI', openid: 'o', sub_mch_id: '1' });
  // @ts-expect-error the amount is missing
  await pay.pay({ body: 'b', out_trade_no: '1', spbill_create_ip: '::1', openid: 'o' });
  // @ts-expect-error no field of a query
  await pay.orderQuery({ out_trade_no: '1', refund_id: '1' });
  // @ts-expect-error the number is missing
  await pay.closeOrder({});
  // @ts-expect-error WeChat's number does not close
  await pay.closeOrder({ out_trade_no: '1', transaction_id: '1' });
  // @ts-expect-error the number of the refund is missing
  await pay.refund({ out_trade_no: '1', total_fee: 1, refund_fee: 1 });
  // @ts-expect-error no such account
  await pay.refund({ ...refund, refund_account: 'BALANCE' });
  // @ts-expect-error money is not text
  await pay.refund({ ...refund, refund_fee: '1' });
  // @ts-expect-error a count is not text
  await pay.refundQuery({ out_trade_no: '1', offset: '10' });
  // @ts-expect-error only by the number of the refund
  await pay.refundQueryV2({ refund_id: '1', out_trade_no: '1' });
  // @ts-expect-error the payer's code is missing
  await pay.micropay(goods);
  // @ts-expect-error a till knows no openid
  await pay.micropay({ ...goods, auth_code: '120061098828009406', openid: 'o' });
  // @ts-expect-error no field of a reversal
  await pay.reverse({ out_trade_no: '1', out_refund_no: '1' });
  // @ts-expect-error the day is missing
  await pay.downloadBill({ bill_type: 'ALL' });
  // @ts-expect-error no such bill
  await pay.downloadBill({ bill_date: '20240805', bill_type: 'ALLES' });
  // @ts-expect-error no such packing
  await pay.downloadBill({ bill_date: '20240805', tar_type: 'gzip' });
  // @ts-expect-error the account is missing
  await pay.downloadFundFlow({ bill_date: '20240805' });
  // @ts-expect-error this exact case
  await pay.downloadFundFlow({ bill_date: '20240805', account_type: 'basic' });
  // @ts-expect-error the offset is missing
  await pay.batchQueryComment(hours);
  // @ts-expect-error no such result
  await pay.report({ ...report, trades: [], return_code: 'OK' });
  // @ts-expect-error the address is missing
  await pay.report({ trades: [], user_ip: '::1' });
  // @ts-expect-error a code, not an object
  await pay.code2Session({ js_code: 'c' });
  // @ts-expect-error a signal, not a number
  await pay.orderQuery({ out_trade_no: '1' }, { signal: 1 });
  // @ts-expect-error no such API
  await pay.shortUrl({ long_url: 'u' });
}

export async function wrongAnswers(pay: WechatPay): Promise<void> {
  const query = await pay.orderQuery({ out_trade_no: '1' });
  // @ts-expect-error an amount may be missing
  const cash: number = query.cash_fee;
  // @ts-expect-error an amount is a number
  const total: string | undefined = query.total_fee;
  // @ts-expect-error the numbered fields are a list
  const first: string = query.coupon_id_0;
  // @ts-expect-error a list may be empty, and then has no first
  const coupon_fee: number = query.coupons[0]?.coupon_fee;
  const { refunds } = await pay.refundQuery({ out_trade_no: '1' });
  // @ts-expect-error the amount of a refund is a number
  const fee: string | undefined = refunds[0]?.refund_fee;
  // @ts-expect-error so it is of a refunded coupon
  const back: string | undefined = refunds[0]?.coupons[0]?.coupon_refund_fee;
  // @ts-expect-error it is misspelt on the wire
  const account: string | undefined = refunds[0]?.refund_recv_account;
  for await (const row of await pay.downloadBill({ bill_date: '20240805' })) {
    // @ts-expect-error the cells of a bill are text
    const cell: number = row.订单金额;
    console.log(cell);
  }
  const bill = await pay.downloadBill({ bill_date: '20240805' });
  // @ts-expect-error a bill is read row by row
  const row = bill[0];
  const { comments, offset } = await pay.batchQueryComment({ ...hours, offset: 0 });
  // @ts-expect-error stars are a number
  const stars: string | undefined = comments[0]?.stars;
  // @ts-expect-error so is the offset of the next call
  const next: string = offset;
  // @ts-expect-error every field is text in fields
  const text: number | undefined = query.fields.total_fee;
  console.log(cash, total, first, coupon_fee, fee, back, account, row, stars, next, text);
}

export function faults(gateway: Gateway): void {
  const right: GatewayFault[] = [
    { path: '/pay/refund', times: 2, when: 'after', kind: 'err_code', err_code: 'SYSTEMERROR' },
    { kind: 'members', members: { out_trade_no: undefined }, signature: 'wrong' },
    { kind: 'delay', ms: 1 },
  ];
  for (const fault of right) gateway.failNext(fault);
  // @ts-expect-error the code is missing
  gateway.failNext({ kind: 'err_code' });
  // @ts-expect-error no such failure
  gateway.failNext({ kind: 'explode' });
  // @ts-expect-error either before or after
  gateway.failNext({ kind: 'reset', when: 'during' });
}
