// The operations of APIv3: the work of a contestant, and the checks of its result before timing.
import assert from 'node:assert/strict';
import { createVerify } from 'node:crypto';
import * as messages from './messages-v3.mjs';

const { ids, merchantPublicKey, options, order, paid, prepay_id } = messages;

/** A fetch that answers at once, and keeps what was sent last. */
export function answering() {
  const state = { answer: messages.answer(), sent: undefined };
  const fetch = async (url, init) => {
    state.sent = { url, ...init };
    const { headers, body } = state.answer;
    const get = (name) => headers[name] ?? null;
    return { status: 200, headers: { get, all: headers }, arrayBuffer: async () => bytesOf(body) };
  };
  return Object.assign(fetch, { state });
}

const bytesOf = (text) => new TextEncoder().encode(text).buffer;

/** Calls that run at once, as in a server: RSA signs in the threads of the pool. */
const CALLS = 16;
/** Longer than other turns: after the work of one thread, those of the pool take a while to wake. */
const SLICE_NS = 60e6;
const atOnce = (call) => () => Promise.all(Array.from({ length: CALLS }, call));

/** Each has a letter of bars.json, and the method of a contestant that it needs. `fetch` is the one that the contestant sends with. */
export const operationsV3 = [
  {
    id: 'k1',
    needs: 'order',
    calls: CALLS,
    sliceNs: SLICE_NS,
    run: (it) => atOnce(() => it.order(order)),
    async check(it, fetch) {
      const { state } = fetch;
      state.answer = messages.answer();
      assert.equal(await it.order(order), prepay_id);
      authorized(state.sent);
      const { body } = state.answer;
      state.answer.body = body.replace('wx26', 'wx27');
      await assert.rejects(async () => it.order(order), undefined, 'a changed answer is taken for genuine');
      state.answer.body = body;
    },
  },
  {
    id: 'k2',
    needs: 'requestPayment',
    calls: CALLS,
    sliceNs: SLICE_NS,
    run: (it) => atOnce(() => it.requestPayment(prepay_id)),
    async check(it) {
      const { timeStamp, nonceStr, package: pack, signType, paySign } = await it.requestPayment(prepay_id);
      assert.deepEqual([pack, signType], [`prepay_id=${prepay_id}`, 'RSA']);
      ours(`${ids.appid}\n${timeStamp}\n${nonceStr}\n${pack}\n`, paySign);
    },
  },
  {
    id: 'l',
    needs: 'openNotice',
    run(it) {
      const message = messages.notice();
      return () => it.openNotice(message);
    },
    async check(it) {
      const message = messages.notice();
      const { resource } = await it.openNotice(message);
      assert.deepEqual(resource, paid);
      const body = Buffer.from(message.body.toString().replace('EV-2026', 'EV-2027'));
      assert.notDeepEqual(body, message.body);
      const forged = async () => it.openNotice({ ...message, body });
      await assert.rejects(forged, undefined, 'a changed notice is taken for genuine');
    },
  },
];

/** Signed by the merchant, over what was sent. */
function authorized({ url, method, headers, body }) {
  const of = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const [type, list] = of.authorization.split(/ (.*)/);
  const said = Object.fromEntries([...list.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  assert.equal(type, 'WECHATPAY2-SHA256-RSA2048');
  assert.deepEqual([said.mchid, said.serial_no], [options.mchid, options.serial]);
  assert.deepEqual(JSON.parse(body), { ...ids, ...order });
  const { pathname } = new URL(url, 'https://api.mch.weixin.qq.com');
  assert.equal(pathname, '/v3/pay/transactions/jsapi');
  ours(`${method}\n${pathname}\n${said.timestamp}\n${said.nonce_str}\n${body}\n`, said.signature);
}

function ours(text, signature) {
  assert.ok(createVerify('RSA-SHA256').update(text).verify(merchantPublicKey, signature, 'base64'), 'it is signed');
}
