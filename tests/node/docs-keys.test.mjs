// The clients in the tables of js/docs: each in its key phase, and those of service providers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WechatPay as WechatPayV2 } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { WechatPay as WechatPayV3 } from 'paysign/v3';
import { codesOf, functionsOf, readPage } from './docs-support.mjs';
import { otherShop } from './gateway-support.mjs';

const page = readPage('from-v2-to-v3.md');
const SUB = { sub_mch_id: '1900013511', sub_appid: 'wx2222222222222222' };
const SHOP = { ...otherShop, apiV3Key: 'v'.repeat(32) };
const CLIENTS = { v2: WechatPayV2, v3: WechatPayV3 };
const notify_url = 'http://127.0.0.1:9/';

/** Runs one cell that makes a client. */
async function made(api, code, given) {
  const scope = { WechatPay: CLIENTS[api], ...given };
  const [make] = await functionsOf([code], Object.keys(scope));
  return make(scope);
}

const tableWith = (title) => page.tables.find(({ head }) => head.includes(title));

/** A gateway, its clock, and a handler that receives its notices. */
async function opened(merchant, more = {}) {
  const clock = createManualClock(Date.now());
  const serials = new Set();
  const place = { handler: undefined };
  const fetch = (url, init) => {
    const serial = new Headers(init.headers).get('wechatpay-serial') ?? 'the key of APIv2';
    serials.add(serial.startsWith('PUB_KEY_ID_') ? 'public key' : 'certificate');
    return place.handler(new Request(url, init));
  };
  const gateway = createGateway({ merchants: [merchant], clock, fetch, seed: 'docs', refundDelayMs: 0, ...more });
  return { gateway, clock, serials, place };
}

/** One order: placed, paid, its notice received, queried. */
async function walk({ gateway, place }, pay, out_trade_no, payer = { openid: 'o1' }) {
  const received = [];
  place.handler = pay.notifyHandler({ onPaid: (notice) => received.push(notice.out_trade_no), onRejected() {} });
  const payment = await pay.pay({ description: '茶', out_trade_no, amount: { total: 1 }, payer, notify_url });
  assert.equal((await gateway.pay({ appId: pay.sub_appid ?? pay.appid, ...payment })).errMsg, 'requestPayment:ok');
  await gateway.idle();
  assert.equal((await pay.orderQuery({ out_trade_no })).trade_state, 'SUCCESS');
  return received.length === 1;
}

/** The words of the column about notices. */
const SIGNERS = {
  certificates: ['certificate'],
  'both, more and more the public key': ['certificate', 'public key'],
  'public key': ['public key'],
};

test('each client of the table of phases works in its phase, and verifies every notice of it', async () => {
  const { head, rows } = tableWith('`keyPhase` of the gateway');
  const [phaseAt, notices, client] = [1, 3, 4];
  assert.equal(head[client], 'APIv3');
  for (const row of rows) {
    const [[keyPhase], [code]] = [codesOf(row[phaseAt]), codesOf(row[client])];
    const world = await opened({ ...SHOP, keyPhase });
    const { wechatpayKeys, ...merchant } = await world.gateway.client(SHOP.mch_id, { api: 'v3' });
    const [id, serial] = [/^PUB_KEY_ID_/, /^[0-9A-F]{40}$/].map((form) =>
      Object.keys(wechatpayKeys).find((name) => form.test(name)),
    );
    const scope = { id, serial, pem: wechatpayKeys[id], certificatePem: wechatpayKeys[serial] };
    const pay = await made('v3', code, { ...scope, merchant: { ...merchant, nowMs: () => world.clock.now() } });
    for (let at = 1; at <= 8; at += 1) assert.ok(await walk(world, pay, `phase-${at}`), `${row[0]}: the notice`);
    const signers = SIGNERS[row[notices]];
    assert.deepEqual([...world.serials].sort(), signers, row[0]);
    await world.gateway.close();
  }
});

test('a client without the public key refuses notices after the switch, and one more restart repairs it', async () => {
  const world = await opened({ ...SHOP, keyPhase: 'certificate' });
  const client = async () => {
    const options = await world.gateway.client(SHOP.mch_id, { api: 'v3' });
    return new WechatPayV3({ ...options, nowMs: () => world.clock.now() });
  };
  const early = await client();
  world.gateway.keyPhase(SHOP.mch_id, 'switching', { publicKeyShare: 1 });
  assert.equal(await walk(world, early, 'too-early-1'), false);
  const received = [];
  world.place.handler = (await client()).notifyHandler({ onPaid: ({ out_trade_no }) => received.push(out_trade_no) });
  await world.clock.advance(15_000);
  await world.gateway.idle();
  assert.deepEqual(received, ['too-early-1']);
  // Certificates that are still asked for do no harm in the last phase.
  world.gateway.keyPhase(SHOP.mch_id, 'obtained');
  const options = await world.gateway.client(SHOP.mch_id, { api: 'v3', keys: 'download' });
  world.gateway.keyPhase(SHOP.mch_id, 'public key');
  const late = new WechatPayV3({ ...options, nowMs: () => world.clock.now() });
  assert.equal(await walk(world, late, 'still-asking-1'), true);
  await world.gateway.close();
});

test('the clients of a service provider place orders for the sub-merchant in both generations', async () => {
  const world = await opened({ ...SHOP, sub_merchants: [SUB] });
  const [row] = page.tables.find(({ rows }) => rows[0][1]?.includes('...provider')).rows;
  for (const [column, api] of [
    [1, 'v2'],
    [2, 'v3'],
  ]) {
    const provider = await world.gateway.client(SHOP.mch_id, api === 'v3' ? { api } : {});
    const { sub_mch_id, sub_appid } = SUB;
    const now = api === 'v3' && { nowMs: () => world.clock.now() };
    const scope = { provider: { ...provider, ...now }, sub_mch_id, sub_mchid: sub_mch_id, sub_appid };
    const pay = await made(api, codesOf(row[column])[0], scope);
    const order = { out_trade_no: `sub-order-${api}`, notify_url };
    if (api === 'v3') assert.ok(await walk(world, pay, order.out_trade_no, { sub_openid: 's1' }));
    else await pay.pay({ ...order, body: 'b', total_fee: 1, sub_openid: 's1', spbill_create_ip: '::1' });
  }
  const orders = world.gateway.orders().map(({ sub_mch_id, sub_appid }) => ({ sub_mch_id, sub_appid }));
  assert.deepEqual(orders, [SUB, SUB]);
  await world.gateway.close();
});
