// The options that the gateway makes for a client: enough to order, refund and log in over TLS.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { WechatPay } from 'paysign';
import { createGateway } from 'paysign/testing';
import { otherShop, shop } from './gateway-support.mjs';

const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const sub = { sub_mch_id: '1900000201', sub_appid: 'wxsub0000000000001', secret: 'sub-app-secret' };
const provider = {
  appid: 'wxprovider',
  mch_id: '1900000200',
  key: 'P'.repeat(32),
  secret: 'provider-secret',
  sub_merchants: [sub, { ...sub, sub_appid: 'wxsub0000000000002', secret: 'second' }, { sub_mch_id: '1900000202' }],
};

function open(t, options = {}) {
  const gateway = createGateway({ merchants: [shop, otherShop, provider], ...options });
  t.after(() => gateway.close());
  return gateway;
}

/** The program of a shop. It has its own process, since Node reads the trusted authorities at its start. */
const PROGRAM = `
  import { WechatPay } from 'paysign';
  const [options, { out_trade_no, openid, js_code, phone_code }] = JSON.parse(process.argv[1]);
  const pay = new WechatPay(options);
  const order = { body: 'tea', out_trade_no, total_fee: 88, openid, notify_url: 'http://127.0.0.1:9/', spbill_create_ip: '127.0.0.1' };
  const step = {
    order: async () => pay.pay(order),
    refund: async () => {
      const { refund_id } = await pay.refund({ out_trade_no, out_refund_no: 'R1', total_fee: 88, refund_fee: 8 });
      const session = await pay.code2Session(js_code);
      const { purePhoneNumber } = await pay.getPhoneNumber(phone_code);
      return { refund_id, openid: session.openid, purePhoneNumber };
    },
  };
  process.stdout.write(JSON.stringify(await step[process.argv[2]]()));
`;

/** Runs a step of the program. */
async function run(t, step, options, facts) {
  const place = mkdtempSync(join(tmpdir(), 'paysign-client-'));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  writeFileSync(join(place, 'ca.pem'), options.ca);
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', PROGRAM, JSON.stringify([options, facts]), step],
    {
      cwd: import.meta.dirname,
      env: { ...process.env, NODE_EXTRA_CA_CERTS: join(place, 'ca.pem') },
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 60_000,
    },
  );
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  assert.equal(code, 0, said);
  return JSON.parse(said);
}

for (const [who, mch_id, choice, appid] of [
  ['a merchant', shop.mch_id, undefined, shop.appid],
  ['a provider with a sub-merchant', provider.mch_id, { sub_mch_id: sub.sub_mch_id }, sub.sub_appid],
]) {
  test(`${who} orders, refunds, logs in and reads a phone number with the options of client() alone`, async (t) => {
    const gateway = open(t);
    const options = await gateway.client(mch_id, choice);
    const facts = {
      out_trade_no: 'N1',
      openid,
      js_code: gateway.login({ appid, openid }),
      phone_code: gateway.phoneCode({ appid, purePhoneNumber: '13900139000' }),
    };
    // The payer of a provider's order is one of the provider's app.
    if (appid !== options.appid) gateway.login({ appid: options.appid, openid });
    const payment = await run(t, 'order', options, facts);
    assert.deepEqual(await gateway.pay({ appId: appid, ...payment }), { errMsg: 'requestPayment:ok' });
    const done = await run(t, 'refund', options, facts);
    assert.deepEqual([done.openid, done.purePhoneNumber], [openid, '13900139000']);
    assert.equal(gateway.refunds()[0].refund_id, done.refund_id);
    assert.equal(gateway.refunds()[0].sub_mch_id, choice?.sub_mch_id);
  });
}

test('the options name the merchant, where the gateway listens, and whom to trust', async (t) => {
  const gateway = open(t);
  const options = await gateway.client(shop.mch_id);
  const { ca, merchants } = await gateway.certificates();
  const [{ cert, key }] = merchants;
  const [baseUrl] = options.baseUrls;
  assert.match(baseUrl, /^https:\/\/127\.0\.0\.1:\d+$/);
  assert.deepEqual(options, { ...shop, baseUrls: [baseUrl], loginUrl: baseUrl, certificate: { cert, key, ca }, ca });
  assert.ok(new WechatPay(options) instanceof WechatPay);
});

test('a merchant without AppSecret gets options without one', async (t) => {
  const { secret, ...bare } = shop;
  assert.ok(secret);
  assert.ok(!('secret' in (await open(t, { merchants: [bare] }).client(shop.mch_id))));
});

test('all clients call one server, and a server with TLS that is open already is that one', async (t) => {
  const gateway = open(t);
  const [first, second] = await Promise.all([gateway.client(shop.mch_id), gateway.client(otherShop.mch_id)]);
  assert.deepEqual(first.baseUrls, second.baseUrls);
  assert.notEqual(first.certificate.cert, second.certificate.cert);
  const another = open(t);
  await another.listen();
  const { url, close } = await another.listen({ tls: true });
  assert.deepEqual((await another.client(shop.mch_id)).baseUrls, [url]);
  await close();
  assert.notDeepEqual((await another.client(shop.mch_id)).baseUrls, [url], 'one that was closed is not called');
});

test('close ends the server of the clients', async () => {
  const gateway = createGateway({ merchants: [shop] });
  const { loginUrl, ca } = await gateway.client(shop.mch_id);
  const answered = () =>
    new Promise((resolve, reject) => get(`${loginUrl}/`, { ca, agent: false }, resolve).on('error', reject));
  (await answered()).resume();
  await gateway.close();
  await assert.rejects(answered(), { code: 'ECONNREFUSED' });
});

test('a sub-merchant is chosen by its number and by its mini program', async (t) => {
  const gateway = open(t);
  const of = async (choice) => {
    const { appid, sub_mch_id, sub_appid, secret } = await gateway.client(provider.mch_id, choice);
    return [appid, sub_mch_id, sub_appid, secret];
  };
  const { sub_mch_id } = sub;
  assert.deepEqual(await of({ sub_mch_id }), [provider.appid, sub_mch_id, sub.sub_appid, sub.secret]);
  const second = { sub_mch_id, sub_appid: 'wxsub0000000000002' };
  assert.deepEqual(await of(second), [provider.appid, sub_mch_id, 'wxsub0000000000002', 'second']);
  assert.deepEqual(await of(undefined), [provider.appid, undefined, undefined, provider.secret]);
  const bare = await of({ sub_mch_id: '1900000202' });
  assert.deepEqual(bare, [provider.appid, '1900000202', undefined, provider.secret]);
});

test('a mini program is chosen where several share a merchant number', async (t) => {
  const second = { ...shop, appid: 'wxsecond', secret: 'second-secret' };
  const gateway = open(t, { merchants: [shop, second] });
  assert.equal((await gateway.client(shop.mch_id)).appid, shop.appid);
  const { appid, secret } = await gateway.client(shop.mch_id, { appid: 'wxsecond' });
  assert.deepEqual([appid, secret], ['wxsecond', 'second-secret']);
});

test('an unknown number is an error that lists the known ones', async (t) => {
  const gateway = open(t);
  const rows = [
    [['1'], /^client: this gateway has no mch_id 1; it has 1900000109, 10000100, 1900000200$/],
    [[undefined], /no mch_id undefined; it has/],
    [['__proto__'], /no mch_id __proto__; it has/],
    [[shop.mch_id, { appid: 'wx1' }], /no appid wx1; it has wx8888888888888888$/],
    [[shop.mch_id, { sub_mch_id: '1' }], /no sub_mch_id 1; it has none$/],
    [[provider.mch_id, { sub_mch_id: '1' }], /no sub_mch_id 1; it has 1900000201, 1900000202$/],
    [
      [provider.mch_id, { sub_mch_id: sub.sub_mch_id, sub_appid: 'wx1' }],
      /no sub_appid wx1; it has wxsub0+1, wxsub0+2$/,
    ],
  ];
  for (const [args, message] of rows)
    await assert.rejects(gateway.client(...args), { name: 'TypeError', message }, JSON.stringify(args));
});
