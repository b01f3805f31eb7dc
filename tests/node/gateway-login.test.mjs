// Logging in at the gateway: js_codes, and code2Session with its errors.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import { MINUTE_MS, otherShop, START_MS, shop } from './gateway-support.mjs';

function open() {
  const clock = createManualClock(START_MS);
  const { secret, ...withoutSecret } = otherShop;
  assert.ok(secret);
  const gateway = createGateway({ merchants: [shop, withoutSecret], clock });
  return { gateway, clock, js_code: gateway.login({ appid: shop.appid, openid: 'oPayer' }) };
}

/** Asks as a server does; a member of value undefined is left out. */
async function ask(gateway, members, method = 'GET') {
  const query = new URLSearchParams();
  const all = { appid: shop.appid, secret: shop.secret, grant_type: 'authorization_code', ...members };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) query.set(name, value);
  const response = await gateway.fetch(
    new Request(`https://api.weixin.qq.com/sns/jscode2session?${query}`, { method }),
  );
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/plain');
  return response.json();
}

test('a js_code returns the openid and a session_key of 16 bytes, and no errcode', async () => {
  const { gateway, js_code } = open();
  const session = await ask(gateway, { js_code });
  assert.deepEqual(Object.keys(session).sort(), ['openid', 'session_key']);
  assert.equal(session.openid, 'oPayer');
  assert.equal(Buffer.from(session.session_key, 'base64').length, 16);
  const again = await ask(gateway, { js_code: gateway.login({ appid: shop.appid, openid: 'oPayer' }) });
  assert.notEqual(again.session_key, session.session_key, 'a new log-in changes the session_key');
});

test('every refusal has its errcode and a rid', async () => {
  const { gateway, js_code } = open();
  const cases = [
    [{ js_code, appid: undefined }, 41002],
    [{ js_code, appid: '' }, 41002],
    [{ js_code, secret: undefined }, 41004],
    [{ js_code: undefined }, 41008],
    [{ js_code, grant_type: 'client_credential' }, 40002],
    [{ js_code, appid: 'wxnobody' }, 40013],
    [{ js_code, secret: 'wrong' }, 40125],
    [{ js_code, secret: shop.key }, 40125],
    [{ js_code, appid: otherShop.appid, secret: 'any' }, 40125],
    [{ js_code: 'made-up' }, 40029],
    [{ js_code: '__proto__' }, 40029],
  ];
  for (const [members, errcode] of cases) {
    const answer = await ask(gateway, members);
    assert.deepEqual(Object.keys(answer), ['errcode', 'errmsg'], JSON.stringify(members));
    assert.equal(answer.errcode, errcode, JSON.stringify(members));
    assert.match(answer.errmsg, /, rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/, JSON.stringify(members));
  }
  assert.equal((await ask(gateway, { js_code })).openid, 'oPayer', 'a refused call does not use the code up');
});

test('a js_code works once', async () => {
  const { gateway, js_code } = open();
  await ask(gateway, { js_code });
  assert.equal((await ask(gateway, { js_code })).errcode, 40163);
});

test('a js_code of one mini program is invalid for another', async () => {
  const gateway = createGateway({ merchants: [shop, otherShop] });
  const js_code = gateway.login({ appid: otherShop.appid, openid: 'o' });
  assert.equal((await ask(gateway, { js_code })).errcode, 40029);
});

test('a js_code is good for five minutes', async () => {
  const { gateway, clock, js_code } = open();
  const late = gateway.login({ appid: shop.appid, openid: 'oLate' });
  await clock.advance(5 * MINUTE_MS - 1);
  assert.equal((await ask(gateway, { js_code })).openid, 'oPayer');
  await clock.advance(1);
  assert.equal((await ask(gateway, { js_code: late })).errcode, 40029);
});

test('parameters that are sent as a POST body are missing', async () => {
  const { gateway, js_code } = open();
  const response = await gateway.fetch(
    new Request('https://api.weixin.qq.com/sns/jscode2session', {
      method: 'POST',
      body: new URLSearchParams({ appid: shop.appid, secret: shop.secret, js_code }),
    }),
  );
  assert.equal((await response.json()).errcode, 41002);
});

test('a log-in of an unknown mini program or of nobody is the tester’s mistake and throws', () => {
  const { gateway } = open();
  assert.throws(() => gateway.login({ appid: 'wxnobody', openid: 'o' }), TypeError);
  assert.throws(() => gateway.login({ appid: shop.appid, openid: '' }), TypeError);
});
