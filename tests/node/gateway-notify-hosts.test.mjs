// The addresses of notices: this machine, and the hosts that an option names.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import { ACCEPT, call, paymentFor, placeOrder, START_MS, shop } from './gateway-support.mjs';

/** A gateway with one paid order; returns the calls of its fetch. */
async function payTo(notify_url, options) {
  const asked = [];
  const events = [];
  const clock = createManualClock(START_MS);
  const gateway = createGateway({
    merchants: [shop],
    clock,
    fetch: async (url) => {
      asked.push(String(url));
      return new Response(ACCEPT);
    },
    onEvent: (event) => event.type === 'notice' && events.push(event),
    ...options,
  });
  await gateway.pay(paymentFor(await placeOrder(gateway, { notify_url })));
  await gateway.idle();
  return { gateway, clock, asked, events };
}

test('a notice goes to every name and address of this machine', async () => {
  for (const host of [
    ...['127.0.0.1', '127.8.9.1:99', 'localhost', 'LocalHost:8080', 'shop.localhost', 'localhost.', '0.0.0.0:80'],
    ...['[::1]', '[::1]:3000', '[::ffff:127.0.0.1]', '[::]', '2130706433', '0x7f000001', '127.1', '0177.0.0.1'],
  ]) {
    const { asked, gateway } = await payTo(`http://${host}/n`);
    assert.deepEqual([asked, gateway.notices()[0].accepted], [[`http://${host}/n`], true], host);
  }
});

test('a notice to another host is not sent or repeated: its attempt and event name the option', async () => {
  for (const [host, name = host] of [
    ...[
      ['shop.example.com'],
      ['10.0.0.1'],
      ['169.254.169.254'],
      ['[::2]'],
      ['[fd00::1]'],
      ['128.0.0.1'],
      ['xlocalhost'],
    ],
    ...[
      ['localhost.evil.example'],
      ['127.0.0.1.evil.example'],
      ['evil.example.:80', 'evil.example'],
      ['167772161', '10.0.0.1'],
    ],
    ...[
      ['[::ffff:10.0.0.1]', '[::ffff:a00:1]'],
      ['[::ffff:8.127.0.1]', '[::ffff:87f:1]'],
      ['商店.example', 'xn--czrs0t.example'],
    ],
  ]) {
    const { asked, gateway, events, clock } = await payTo(`https://${host}/n`);
    await clock.advance(48 * 60 * 60 * 1000);
    const [{ accepted, attempts, nextAttemptMs }] = gateway.notices();
    assert.deepEqual(
      [asked, accepted, nextAttemptMs, attempts.length, events.length],
      [[], false, undefined, 1, 1],
      host,
    );
    const error = `not sent: ${name} is not this machine; allow it with allowNotifyHosts: ['${name}'] or --allow-notify-host ${name}`;
    assert.deepEqual([attempts[0].error, events[0].result, events[0].accepted], [error, error, false], host);
    assert.equal((await gateway.resendNotice({ out_trade_no: '20150806125346' })).attempts.length, 2, host);
    assert.equal((await gateway.forgeNotice({ out_trade_no: '20150806125346' })).attempts[0].error, error, host);
    assert.deepEqual(asked, [], host);
  }
});

test('chance spoils no notice that is not sent, and a refund’s own address is judged too', async () => {
  const { asked, gateway, clock } = await payTo('http://shop.test/n', { faults: { noticeLost: 1 } });
  assert.match(gateway.notices()[0].attempts[0].error, /^not sent: shop\.test/);
  const refund = { out_trade_no: '20150806125346', out_refund_no: 'R', total_fee: '88', refund_fee: '88' };
  await call(gateway, '/secapi/pay/refund', { ...refund, notify_url: 'http://inside.test:9000/admin' });
  await clock.advance(1000);
  assert.match(gateway.notices()[1].attempts[0].error, /^not sent: inside\.test is not this machine/);
  assert.deepEqual(asked, []);
});

test('a host that an option names gets its notices, on any port or on the one that is named', async () => {
  const options = {
    allowNotifyHosts: ['Shop.Test', 'one.test:8443', 'tls.test:443', '[FD00:0::1]:80', '10.0.0.1', 'a.test.'],
  };
  for (const address of [
    ...[
      'https://shop.test/n',
      'http://shop.test:81/n',
      'http://SHOP.test./n',
      'https://one.test:8443/n',
      'https://tls.test/n',
    ],
    ...['http://[fd00::1]/n', 'http://10.0.0.1:5/n', 'http://a.test/n', 'http://127.0.0.1/n'],
  ]) {
    assert.deepEqual((await payTo(address, options)).asked, [address], address);
  }
  for (const address of [
    ...[
      'https://x.shop.test/n',
      'https://shop.test.evil.example/n',
      'https://one.test/n',
      'http://tls.test/n',
      'http://[fd00::1]:81/n',
    ],
    ...['http://10.0.0.2/n', 'http://test/n'],
  ]) {
    assert.deepEqual((await payTo(address, options)).asked, [], address);
  }
});

test('what is no host is refused when the gateway is made, and the error says how to write one', () => {
  for (const host of [
    '*',
    '*.shop.test',
    '',
    'http://shop.test',
    'shop.test/n',
    'a@b',
    'a:b',
    'a:123456',
    '[::1',
    'a b',
    'a:1:2',
  ]) {
    assert.throws(
      () => createGateway({ merchants: [shop], allowNotifyHosts: [host] }),
      {
        name: 'TypeError',
        message:
          /^createGateway: allowNotifyHosts has '.*'; name each host alone, as in shop\.test or shop\.test:8443$/,
      },
      host,
    );
  }
  for (const list of ['shop.test', [1]]) {
    assert.throws(
      () => createGateway({ merchants: [shop], allowNotifyHosts: list }),
      /allowNotifyHosts must be a list of texts/,
      `${list}`,
    );
  }
});
