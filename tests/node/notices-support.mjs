// The set-up of the tests of the notice handler: signed and encrypted notices, a counting shop, and requests.

import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { once } from 'node:events';
import { WechatPay } from 'paysign';
import { ACCEPT, genuine, readByHand, shop, signByHand, xmlByHand } from './gateway-support.mjs';

export { ACCEPT };
export const { appid, mch_id, key } = shop;
export const { fields: NOTICE } = genuine;
/** The paid amount of the notice, in fen. */
export const { total_fee: FEN } = genuine.order;
export const pay = new WechatPay({ appid, mch_id, key });

/** The fields of a notice, signed as the client expects. */
export const signed = (fields, by = key) => xmlByHand({ ...fields, sign: signByHand(fields, by, 'HMAC-SHA256') });

/** A genuine notice of a paid order; `changes` replace or, as undefined, remove fields. */
export const paidNotice = (out_trade_no = 'a1', changes = {}, by = key) =>
  signed({ ...NOTICE, out_trade_no, ...changes }, by);

/** The same with a signature under another key. */
export const forgedNotice = (out_trade_no = 'a1') => paidNotice(out_trade_no, {}, 'f'.repeat(32));

/** A genuine notice of a payment that failed. */
export const failedNotice = (out_trade_no = 'a1') =>
  paidNotice(out_trade_no, { result_code: 'FAIL', err_code: 'SYSTEMERROR', err_code_des: '系统错误' });

/** A genuine refund notice, encrypted as the manual says. */
export function refundNotice(changes = {}, by = shop) {
  const { total_fee } = NOTICE;
  const inner = {
    ...{
      out_refund_no: 'R1',
      out_trade_no: 'a1',
      refund_account: 'REFUND_SOURCE_RECHARGE_FUNDS',
      refund_fee: total_fee,
    },
    ...{ refund_id: '50000408942018111907145868882', refund_recv_accout: '支付用户零钱', refund_request_source: 'API' },
    ...{ refund_status: 'SUCCESS', settlement_refund_fee: total_fee, settlement_total_fee: total_fee },
    ...{ success_time: '2018-11-19 16:24:13', total_fee, transaction_id: NOTICE.transaction_id, ...changes },
  };
  const cipher = createCipheriv('aes-256-ecb', createHash('md5').update(by.key).digest('hex'), null);
  const text = xmlByHand(inner).replaceAll('xml>', 'root>');
  const req_info = cipher.update(text, 'utf8', 'base64') + cipher.final('base64');
  return xmlByHand({ return_code: 'SUCCESS', appid: by.appid, mch_id: by.mch_id, nonce_str: 'n1', req_info });
}

/** A handler whose shop counts payments, refunds, failures and refusals. */
export function countingShop({ onPaid, ...changes } = {}, merchant = pay) {
  const calls = { paid: [], refunded: [], failed: [], refused: [] };
  const handler = merchant.notifyHandler({
    onPaid: (notice, context) => {
      calls.paid.push(notice.out_trade_no);
      return onPaid?.(notice, context);
    },
    onRefund: (notice) => void calls.refunded.push(`${notice.out_refund_no} ${notice.refund_status}`),
    onFailed: (notice) => void calls.failed.push(notice.fields.err_code),
    onRejected: (error, request) => void calls.refused.push({ error, request }),
    ...changes,
  });
  return { calls, handler, codes: () => calls.refused.map(({ error }) => error.code) };
}

/** A request as WeChat sends it. */
export const requestOf = (body, init = {}) =>
  new Request('http://shop.example/wxpay/notify', {
    method: 'POST',
    headers: { 'content-type': 'text/xml', ...init.headers },
    body,
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  });

/** Passes a body to a handler; returns status and words. */
export async function hand(handler, body) {
  const response = await handler(body instanceof Request ? body : requestOf(body));
  return { status: response.status, text: await response.text() };
}

/** Posts a body; returns status and words. */
export async function post(url, body, headers = {}) {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'text/xml', ...headers }, body });
  return { status: response.status, text: await response.text() };
}

/** The reply asks the sender to repeat the notice, and says no more. */
export function assertRefusedWords(text) {
  assert.deepEqual(readByHand(text), { return_code: 'FAIL', return_msg: 'refused' });
}

/** Has a server listen on loopback until the test ends; returns its address. */
export async function listen(t, server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections?.();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** Waits until a condition is true, ten seconds at most. */
export async function until(what) {
  const endMs = Date.now() + 10_000;
  while (!(await what())) {
    assert.ok(Date.now() < endMs, `never so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A promise and the functions that settle it. */
export function gate() {
  let open;
  let fail;
  const opened = new Promise((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { opened, open, fail };
}
