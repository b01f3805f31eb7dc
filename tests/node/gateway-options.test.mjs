// Options of the gateway: those of its caller only, also where `Object.prototype` was changed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createGateway } from 'paysign/testing';
import { shop } from './gateway-support.mjs';

/** Every option that may be left out, with a value that would be seen. */
const POLLUTION = {
  ...{
    seed: 'polluted',
    faults: { resetBefore: 1 },
    resetBefore: 1,
    noticeLost: 1,
    allowOrigins: ['https://evil.example'],
  },
  ...{
    allowNotifyHosts: ['evil.example'],
    notifyTimeoutMs: -1,
    retryDelaysMs: [],
    refundDelayMs: 99_999,
    tls: true,
    port: 1,
  },
  ...{ demandCertificates: true, sub_merchants: [], sub_mch_id: 'x', sandbox: true, refund_fee: 1, out_refund_no: 'x' },
  ...{
    notify_url: 'http://evil.example/',
    signature: 'wrong',
    members: { prepay_id: 'polluted' },
    times: 0,
    openid: 'x',
  },
  ...{ trade_state: 'NOTPAY', path: '/pay/closeorder', when: 'after', delayMs: [9, 1], err_code_des: 'polluted' },
};

/** A day at a gateway in its own process, whose `Object.prototype` was changed or was not. */
function day(pollution) {
  const support = fileURLToPath(new URL('gateway-support.mjs', import.meta.url));
  const script = `
    import { createGateway, createManualClock } from 'paysign/testing';
    import { ACCEPT, call, order, paymentFor, placeOrder, START_MS, shop } from ${JSON.stringify(support)};
    const asked = [];
    const clock = createManualClock(START_MS);
    const fetch = async (url) => (asked.push(url), new Response(ACCEPT));
    Object.assign(Object.prototype, ${JSON.stringify(pollution)});
    const gateway = createGateway({ merchants: [shop], clock, fetch });
    const { url } = await gateway.listen();
    const { signType, ...payment } = paymentFor(await placeOrder(gateway));
    const seen = [url.split(':')[0], gateway.seed === 'polluted'];
    seen.push(await gateway.pay(payment));
    await gateway.idle();
    const choice = { out_trade_no: order().out_trade_no };
    seen.push(gateway.refundOrder(choice).errMsg, (await gateway.resendNotice(choice)).attempts.length);
    await clock.advance(1000);
    gateway.failNext({ kind: 'err_code', err_code: 'X' });
    for (let round = 0; round < 2; round += 1) {
      const fields = { __proto__: null, ...(await call(gateway, '/pay/orderquery', choice)).fields };
      seen.push([fields.err_code, fields.err_code_des, fields.trade_state]);
    }
    const { openid, trade_type, notify_url, ...till } = order({ auth_code: '120061098828009406', out_trade_no: 'till' });
    seen.push((await call(gateway, '/pay/micropay', till)).fields.result_code);
    const foreign = new Request('http://g/pay/orderquery', { method: 'POST', headers: { origin: 'https://evil.example' }, body: '<xml/>' });
    seen.push((await gateway.fetch(foreign)).status, gateway.refunds().map((one) => [one.refund_fee, one.refund_status]), asked);
    for (const name of ${JSON.stringify(Object.keys(pollution))}) delete Object.prototype[name];
    console.log(JSON.stringify(seen));
    await gateway.close();`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    }),
  );
}

test('a polluted Object.prototype changes nothing of a day at the gateway', () => {
  const clean = day({});
  const address = 'http://127.0.0.1:9/notify';
  assert.deepEqual(clean, [
    ...['http', false, { errMsg: 'requestPayment:ok' }, 'refund:ok', 2],
    ...[
      ['X', '系统错误', null],
      [null, null, 'REFUND'],
      'SUCCESS',
      403,
      [[88, 'SUCCESS']],
      [address, address, address],
    ],
  ]);
  assert.deepEqual(day(POLLUTION), clean);
});

test('options of a class and of an object without a prototype are read', async (t) => {
  class Options {
    get merchants() {
      return [Object.assign(Object.create(null), shop)];
    }
  }
  class Seeded extends Options {
    seed = 'mine';
  }
  for (const options of [new Seeded(), Object.assign(Object.create(null), { merchants: [shop], seed: 'mine' })]) {
    const gateway = createGateway(options);
    t.after(() => gateway.close());
    assert.equal(gateway.seed, 'mine', options.constructor?.name);
    assert.equal(
      (await gateway.listen(Object.assign(Object.create({ tls: true }), { port: 0 }))).url.slice(0, 6),
      'https:',
      options.constructor?.name,
    );
  }
});
