// The set-up of the tests of APIv3 against the gateway: every way to have keys, every side of a merchant.
import assert from 'node:assert/strict';
import { notifyRouter } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { WechatPay } from 'paysign/v3';
import { START_MS } from './gateway-support.mjs';

/** Every way to have WeChat Pay's keys: the key phase of the gateway, and the source of the client. */
export const WAYS = [
  { name: 'public key', keyPhase: 'public key', keys: 'pinned' },
  { name: 'certificate, pinned', keyPhase: 'certificate', keys: 'pinned' },
  { name: 'certificate, downloaded', keyPhase: 'certificate', keys: 'download' },
  { name: 'obtained, pinned', keyPhase: 'obtained', keys: 'pinned' },
  { name: 'obtained, downloaded', keyPhase: 'obtained', keys: 'download' },
  { name: 'switching, pinned', keyPhase: 'switching', keys: 'pinned' },
  { name: 'switching, downloaded', keyPhase: 'switching', keys: 'download' },
];

export const SHOP = { appid: 'wx8888888888888888', mch_id: '1900009191', apiV3Key: 'shop-v3-key-0123456789-abcdefghi' };
export const SECOND = { appid: SHOP.appid, mch_id: '1900009192', apiV3Key: 'second-v3-key-0123456789-abcdefg' };
export const SUB = '1900013511';
export const SUB_APP = 'wxsub0000000000001';
export const OTHER_SUB = '1900013512';
export const PROVIDER = {
  ...{ appid: 'wx7777777777777777', mch_id: '1900007291', apiV3Key: 'provider-v3-key-0123456789-abcde' },
  sub_merchants: [{ sub_mch_id: SUB, sub_appid: SUB_APP }, { sub_mch_id: OTHER_SUB }],
};

/** The three kinds of clients. `of` is in every call about one sub-merchant, and `by` in those that name his app too. */
const SIDES = {
  direct: { mch_id: SHOP.mch_id, choice: {}, of: {}, by: {} },
  'one sub-merchant': { mch_id: PROVIDER.mch_id, choice: { sub_mchid: SUB, sub_appid: SUB_APP }, of: {}, by: {} },
  'a sub-merchant of each call': {
    ...{ mch_id: PROVIDER.mch_id, choice: {} },
    of: { sub_mchid: SUB },
    by: { sub_mchid: SUB, sub_appid: SUB_APP },
  },
};

/** The pay codes, by the last digit: paid, a password that is right or wrong, no money, a lost answer. */
const CODES = {
  1: { result: 'SUCCESS' },
  2: { result: 'USERPAYING', afterMs: 5000, trade_state: 'SUCCESS' },
  3: { result: 'USERPAYING', afterMs: 5000, trade_state: 'PAYERROR' },
  4: { result: 'FAIL', err_code: 'NOTENOUGH', err_code_des: '余额不足' },
  5: { result: 'FAIL', err_code: 'SYSTEMERROR', trade_state: 'SUCCESS' },
};
export const payCode = (kind) => `13012345678901234${kind}`;

export const OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
export const ok = { errMsg: 'requestPayment:ok' };

/** Where notices go: the handler of one client, or the router of all. They are handed over without a socket. */
const urlOf = (place) => `http://127.0.0.1:9/${place}`;

const makeInNode = (options) => new WechatPay(options);

/**
 * A gateway in one key phase, and a client of each side over TLS. `only` names the sides, `make` makes a client from its options,
 * and `router` makes the router.
 * `requests` are the notices that were sent, `heard` those that reached a listener, and `rejected` the errors of the others.
 */
export async function openWorld(
  { keyPhase, keys },
  { make = makeInNode, router = notifyRouter, only = Object.keys(SIDES), ...more } = {},
) {
  const clock = createManualClock(START_MS);
  const handlers = new Map();
  const heard = [];
  const rejected = [];
  const used = Object.entries(SIDES).filter(([name]) => only.includes(name));
  const numbers = used.map(([, { mch_id }]) => mch_id);
  // Each merchant costs a pair of keys. The second one has a part of combined orders only.
  const all = [SHOP, PROVIDER].filter(({ mch_id }) => numbers.includes(mch_id));
  const merchants = [...all, ...(all.length > 1 ? [SECOND] : [])].map((one) => ({ ...one, keyPhase }));
  const requests = [];
  const fetch = (url, init) => {
    requests.push({ headers: new Headers(init.headers), body: init.body });
    return handlers.get(new URL(url).pathname.slice(1))(new Request(url, init));
  };
  const micropay = ({ auth_code }) => CODES[auth_code.at(-1)];
  const gateway = createGateway({ merchants, clock, seed: 'v3 client', micropay, fetch, refundDelayMs: 1000, ...more });
  const nowMs = () => clock.now();
  const open = async (mch_id, choice = {}, changes = {}) =>
    make({ ...(await gateway.client(mch_id, { api: 'v3', keys, ...choice })), nowMs, ...changes }, gateway);
  const listenersOf = (place) => {
    const hear = (kind) => (notice) => void heard.push({ place, kind, notice });
    const on = {
      onPaid: hear('paid'),
      onRefund: hear('refund'),
      onCombined: hear('combined'),
      onFailed: hear('failed'),
    };
    return { ...on, onRejected: (error) => void rejected.push(error) };
  };
  const sides = [];
  for (const [index, [name, side]] of used.entries()) {
    const client = await open(side.mch_id, side.choice, { notify_url: urlOf(`side-${index}`) });
    const stored = new Map();
    const listeners = { ...listenersOf(name), findOrder: (number) => stored.get(number) };
    handlers.set(`side-${index}`, client.notifyHandler(listeners));
    sides.push(sideOf({ name, ...side, index, client, stored, gateway, clock, heard, rejected, open }));
  }
  const findOrder = (number) => sides.map(({ stored }) => stored.get(number)).find((order) => order !== undefined);
  handlers.set(
    'router',
    router(
      sides.map(({ client }) => client),
      { ...listenersOf('router'), findOrder },
    ),
  );
  return { gateway, clock, sides, heard, rejected, requests, open, close: () => gateway.close() };
}

/** One side of a world, with the words that its calls need. */
function sideOf(side) {
  const isDirect = side.name === 'direct';
  const own = isDirect ? SHOP : PROVIDER;
  let count = 0;
  const numbered = (prefix) => {
    count += 1;
    return `${prefix}-${side.index}-${count}`;
  };
  return {
    ...side,
    isDirect,
    own,
    /** The app in which the payer pays. */
    appId: isDirect ? own.appid : SUB_APP,
    /** What a client that names no sub-merchant adds to a payment in an app. */
    inApp: side.of.sub_mchid && { appid: SUB_APP, partnerid: SUB },
    router: urlOf('router'),
    ids: isDirect ? { mchid: own.mch_id } : { sp_mchid: own.mch_id, sub_mchid: SUB },
    number: (prefix = 'order') => numbered(prefix),
    /** An order of 100 fen, which the shop knows from now on. */
    order(out_trade_no, more = {}) {
      this.knows(out_trade_no);
      const payer = isDirect ? { openid: OPENID } : { sub_openid: OPENID };
      return { description: '茶', out_trade_no, amount: { total: 100 }, payer, ...side.by, ...more };
    },
    /** Adds an order to the shop's database. */
    knows(out_trade_no, total_fee = 100, sub_mch_id = isDirect ? undefined : SUB) {
      const { mch_id } = own;
      side.stored.set(out_trade_no, { out_trade_no, total_fee, mch_id, ...(sub_mch_id && { sub_mch_id }) });
    },
    /** Places and pays an order, and returns its numbers. */
    async paid(more = {}) {
      const out_trade_no = numbered('paid');
      const payment = await side.client.pay(this.order(out_trade_no, more));
      assert.deepEqual(await side.gateway.pay({ appId: this.appId, openid: OPENID, ...payment }), ok);
      const order = await side.client.orderQuery({ out_trade_no, ...side.of });
      assert.equal(order.trade_state, 'SUCCESS');
      return { out_trade_no, transaction_id: order.transaction_id };
    },
  };
}

/** The notices about these numbers that reached a listener, after all are delivered: place, kind and number of each. */
export async function heardOf({ gateway, heard }, ...numbers) {
  await gateway.idle();
  const found = heard.filter(({ notice }) => numbers.includes(notice.out_refund_no ?? notice.out_trade_no));
  return found.map(({ place, kind, notice }) => [place, kind, notice.out_refund_no ?? notice.out_trade_no]);
}

/** The error of a call that must fail. */
export async function errorOf(promise) {
  const error = await promise.then(
    (value) => assert.fail(`it succeeded: ${JSON.stringify(value)}`),
    (error) => error,
  );
  // The web entry has a class of its own.
  assert.equal(error?.name, 'WxPayError', error?.stack ?? String(error));
  return error;
}

/** WeChat refuses the call with this code, and no money has moved. */
export async function assertRefused(promise, err_code, status, outcome = 'rejected') {
  const error = await errorOf(promise);
  const seen = [error.code, error.outcome, error.err_code, error.status];
  assert.deepEqual(seen, ['ERR_FAILED', outcome, err_code, status], error.message);
  assert.match(error.request_id, /^[0-9A-F]{44}-\d+$/);
  return error;
}

/** The call is refused before it is sent, and the error names the parameter. */
export async function assertNotSent(promise, field) {
  const error = await errorOf(promise);
  assert.deepEqual([error.code, error.outcome, error.field], ['ERR_PARAM', 'not-sent', field], error.message);
}

/** The day of the gateway's clock in Beijing, `yyyy-MM-dd`. */
export const dayOf = (clock) => new Date(clock.now() + 8 * 3_600_000).toISOString().slice(0, 10);

/** Moves the clock to the noon of the next day, when WeChat has the bills. Returns the day before. */
export async function overnight({ clock }) {
  const day = dayOf(clock);
  await clock.advance(Date.parse(`${day}T04:00:00Z`) + 86_400_000 - clock.now());
  return day;
}

/** All rows of a bill. */
export async function rowsOf(bill) {
  const rows = [];
  for await (const row of bill) rows.push(row);
  return rows;
}
