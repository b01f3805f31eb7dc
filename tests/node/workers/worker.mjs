// A worker with `paysign/v3`: it makes calls by their names, runs the vectors, and opens the notices that it gets.
import * as paysign from 'paysign/v3';
import { counterDecipher } from '../../../js/src/web/decipher.ts';
import madeVectors from '../../vectors/v3_made.json';
import vectors from '../../vectors/v3_published.json';
import { encrypted, made, published } from '../../vectors/v3-suite.mjs';
import { collected, endOfShort, wronglyDeciphered } from '../../vectors/web-suite.mjs';

// Made while the worker starts, without `await init()`. All requests share it.
const pay = new paysign.WechatPay(OPTIONS);
// This one downloads certificates. Its clock is that of the last request.
let nowMs = 0;
const fresh = new paysign.WechatPay({ ...FRESH, nowMs: () => nowMs });
const heard = [];
const notify = pay.notifyHandler({
  onPaid: ({ out_trade_no, total_fee }) => void heard.push(`paid ${out_trade_no} ${total_fee}`),
  onRefund: ({ out_refund_no, refund_status }) => void heard.push(`refund ${out_refund_no} ${refund_status}`),
  onRejected: ({ code }, { isProbe }) => void heard.push(isProbe ? 'probe' : code),
});

/** The work of each path that is not the name of a method. */
const WORK = {
  vectors: () => published(paysign, vectors),
  made: () => made(paysign, madeVectors),
  encrypted: () => encrypted(paysign, madeVectors),
  heard: () => heard.splice(0),
  wronglyDeciphered: (files) => wronglyDeciphered(counterDecipher, files),
  endOfShort: () => endOfShort(counterDecipher),
};

/** The client of a request: one of those above, or a new one with other options. */
function clientOf({ change, options, at, isFresh }) {
  if (options) return new paysign.WechatPay({ ...options, nowMs: () => at });
  if (isFresh) nowMs = at;
  return change ? new paysign.WechatPay({ ...OPTIONS, ...change }) : isFresh ? fresh : pay;
}

export default {
  async fetch(request) {
    const name = new URL(request.url).pathname.slice(1);
    if (name === 'notify') return notify(request);
    const { args, ...choice } = await request.json();
    try {
      const client = clientOf(choice);
      return Response.json((await collected(await (WORK[name]?.(...args) ?? client[name](...args)))) ?? null);
    } catch (error) {
      return Response.json({ error: error instanceof paysign.WxPayError ? error.toJSON() : String(error.stack) });
    }
  },
};
