// Access tokens and phone numbers at the gateway: stable_token, token and getuserphonenumber with their errcodes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import { MINUTE_MS, otherShop, START_MS, shop } from './gateway-support.mjs';

const STABLE = '/cgi-bin/stable_token';
const PLAIN = '/cgi-bin/token';
const PHONE = '/wxa/business/getuserphonenumber';

function open() {
  const clock = createManualClock(START_MS);
  const events = [];
  const gateway = createGateway({ merchants: [shop, otherShop], clock, onEvent: (event) => events.push(event) });
  return { gateway, clock, events };
}

/** Asks as a server does; a member of value undefined is left out. */
async function ask(gateway, address, body) {
  const init =
    body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) };
  const response = await gateway.fetch(new Request(`https://api.weixin.qq.com${address}`, init));
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/plain');
  return response.json();
}
const APP = { grant_type: 'client_credential', appid: shop.appid, secret: shop.secret };
const stable = (gateway, changes) => ask(gateway, STABLE, { ...APP, ...changes });
const plain = (gateway, changes) => {
  const sent = Object.entries({ ...APP, ...changes }).filter(([, value]) => value !== undefined);
  return ask(gateway, `${PLAIN}?${new URLSearchParams(sent)}`);
};
const number = (gateway, access_token, code) =>
  ask(gateway, `${PHONE}?${new URLSearchParams({ access_token })}`, { code });
/** What a token is good for: 40029 says that the token was taken, and the code was not. */
const judged = async (gateway, { access_token }) => (await number(gateway, access_token, 'x')).errcode;

test('stable_token returns the same token until five minutes before its end, and both are good for those minutes', async () => {
  const { gateway, clock } = open();
  const first = await stable(gateway);
  assert.deepEqual(Object.keys(first), ['access_token', 'expires_in']);
  assert.equal(first.expires_in, 7200);
  await clock.advance(115 * MINUTE_MS - 1);
  assert.deepEqual(await stable(gateway), { ...first, expires_in: 300 });
  await clock.advance(1);
  const second = await stable(gateway);
  assert.notEqual(second.access_token, first.access_token);
  assert.equal(second.expires_in, 7200);
  for (const token of [first, second]) assert.equal(await judged(gateway, token), 40029);
  await clock.advance(5 * MINUTE_MS);
  assert.equal(await judged(gateway, first), 40001);
  assert.equal(await judged(gateway, second), 40029);
});

test('token returns a new one each time, and the old one is good for five more minutes', async () => {
  const { gateway, clock } = open();
  const kept = await stable(gateway);
  const [first, second] = [await plain(gateway), await plain(gateway)];
  assert.notEqual(first.access_token, second.access_token);
  assert.equal(await judged(gateway, first), 40029);
  await clock.advance(5 * MINUTE_MS);
  assert.equal(await judged(gateway, first), 40001);
  for (const token of [second, kept]) assert.equal(await judged(gateway, token), 40029);
});

test('a forced refresh voids the token at once, changes nothing within 30 seconds, and has 20 a day', async () => {
  const { gateway, clock } = open();
  const first = await stable(gateway);
  const second = await stable(gateway, { force_refresh: true });
  assert.equal(await judged(gateway, first), 40001);
  assert.equal(await judged(gateway, second), 40029);
  await clock.advance(MINUTE_MS / 2 - 1);
  assert.equal((await stable(gateway, { force_refresh: true })).access_token, second.access_token);
  for (let n = 2; n <= 20; n += 1) {
    await clock.advance(MINUTE_MS);
    assert.ok((await stable(gateway, { force_refresh: true })).access_token, `${n}`);
  }
  await clock.advance(MINUTE_MS);
  assert.equal((await stable(gateway, { force_refresh: true })).errcode, 45009);
  assert.ok((await stable(gateway)).access_token, 'an unforced call goes on');
  await clock.advance(24 * 60 * MINUTE_MS);
  assert.ok((await stable(gateway, { force_refresh: true })).access_token);
});

test('a token ends after two hours', async () => {
  const { gateway, clock } = open();
  const token = await stable(gateway);
  await clock.advance(120 * MINUTE_MS);
  assert.equal(await judged(gateway, token), 42001);
});

test('every refusal of a token has its errcode and a rid', async () => {
  const { gateway } = open();
  const cases = [
    [{ appid: undefined }, 41002],
    [{ appid: '' }, 41002],
    [{ secret: '' }, 41004],
    [{ grant_type: 'authorization_code' }, 40002],
    [{ appid: 'wxnobody' }, 40013],
    [{ appid: '__proto__' }, 40013],
    [{ secret: 'wrong' }, 40125],
    [{ secret: shop.key }, 40125],
  ];
  for (const [changes, errcode] of cases) {
    for (const answer of [await stable(gateway, changes), await plain(gateway, changes)]) {
      assert.deepEqual(Object.keys(answer), ['errcode', 'errmsg'], JSON.stringify(changes));
      assert.equal(answer.errcode, errcode, JSON.stringify(changes));
      assert.match(answer.errmsg, /, rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/);
    }
  }
  for (const appid of [1, {}, { toString: 1 }, [], true])
    assert.equal((await stable(gateway, { appid })).errcode, 41002, JSON.stringify(appid));
  for (const secret of [1, { toString: 1 }]) assert.equal((await stable(gateway, { secret })).errcode, 41004);
  for (const body of ['', 'x', '1', 'null', '"x"', 'a=1'])
    assert.equal((await ask(gateway, STABLE, body)).errcode, 47001, body);
  assert.equal((await ask(gateway, STABLE, '{"__proto__":{"appid":"wx1"}}')).errcode, 40002);
});

test('a code returns the phone number once, with an errcode of 0', async () => {
  const { gateway } = open();
  const { access_token } = await stable(gateway);
  const code = gateway.phoneCode({ appid: shop.appid, purePhoneNumber: '13900139000' });
  const watermark = { timestamp: START_MS / 1000, appid: shop.appid };
  const phone = { phoneNumber: '13900139000', purePhoneNumber: '13900139000', countryCode: '86', watermark };
  assert.deepEqual(await number(gateway, access_token, code), { errcode: 0, errmsg: 'ok', phone_info: phone });
  assert.equal((await number(gateway, access_token, code)).errcode, 40029);
  const abroad = gateway.phoneCode({ appid: shop.appid, purePhoneNumber: '51234567', countryCode: '852' });
  assert.equal((await number(gateway, access_token, abroad)).phone_info.phoneNumber, '+85251234567');
});

test('a code is good for five minutes, for its own mini program, and is not that of wx.login', async () => {
  const { gateway, clock } = open();
  const { access_token } = await stable(gateway);
  const early = gateway.phoneCode({ appid: shop.appid });
  const late = gateway.phoneCode({ appid: shop.appid });
  const foreign = gateway.phoneCode({ appid: otherShop.appid });
  const login = gateway.login({ appid: shop.appid, openid: 'o' });
  for (const code of [foreign, login, '__proto__'])
    assert.equal((await number(gateway, access_token, code)).errcode, 40029);
  await clock.advance(5 * MINUTE_MS - 1);
  assert.equal((await number(gateway, access_token, early)).errcode, 0);
  await clock.advance(1);
  assert.equal((await number(gateway, access_token, late)).errcode, 40029);
});

test('a phone number without a token, with a made-up one, or without a code is refused by its errcode', async () => {
  const { gateway } = open();
  const code = gateway.phoneCode({ appid: shop.appid });
  const { access_token } = await stable(gateway);
  assert.equal((await ask(gateway, PHONE, { code })).errcode, 41001);
  assert.equal((await number(gateway, 'made-up', code)).errcode, 40001);
  assert.equal((await number(gateway, '__proto__', code)).errcode, 40001);
  for (const none of [undefined, '', 1, { toString: 1 }])
    assert.equal((await number(gateway, access_token, none)).errcode, 41008);
  assert.equal((await ask(gateway, `${PHONE}?access_token=${access_token}`, 'x')).errcode, 47001);
  assert.equal((await number(gateway, access_token, code)).errcode, 0, 'no refusal uses the code up');
});

test('a code of an unknown mini program, or of no number, is the tester’s mistake and throws', () => {
  const { gateway } = open();
  for (const who of [
    { appid: 'wxnobody' },
    { appid: shop.appid, purePhoneNumber: '+86 1' },
    { appid: shop.appid, countryCode: '' },
  ])
    assert.throws(() => gateway.phoneCode(who), TypeError);
});

test('failures on demand and by chance reach these calls, with an errcode', async () => {
  const { gateway } = open();
  const token = await stable(gateway);
  for (const [path, call] of [
    [STABLE, () => stable(gateway)],
    [PLAIN, () => plain(gateway)],
    [PHONE, () => number(gateway, token.access_token, 'x')],
  ]) {
    gateway.failNext({ kind: 'err_code', err_code: '40164', err_code_des: 'invalid ip', path });
    const answer = await call();
    assert.equal(answer.errcode, 40164, path);
    assert.match(answer.errmsg, /^invalid ip, rid: /);
  }
  gateway.faultRates({ systemErrorBefore: 1 });
  assert.equal((await stable(gateway)).errcode, -1);
});

test('no event shows a token, a secret or a phone number', async () => {
  const { gateway, events } = open();
  const { access_token } = await stable(gateway);
  await plain(gateway, { secret: 'wrong-secret' });
  const code = gateway.phoneCode({ appid: shop.appid, purePhoneNumber: '13900139000' });
  await number(gateway, access_token, code);
  const said = JSON.stringify(events);
  for (const secret of [access_token, shop.secret, 'wrong-secret', code, '13900139000'])
    assert.ok(!said.includes(secret));
  assert.deepEqual(
    events.map(({ type, errcode }) => [type, errcode]),
    [
      ['token', 0],
      ['token', 40125],
      ['phonecode', undefined],
      ['phonenumber', 0],
    ],
  );
});
