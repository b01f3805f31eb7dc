// The client's getPhoneNumber: access tokens that are fetched, kept and replaced, and errors that show no secret.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { WechatPay, WxPayError } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { MINUTE_MS, START_MS, shop } from './gateway-support.mjs';

const STABLE = '/cgi-bin/stable_token';
const PHONE = '/wxa/business/getuserphonenumber';
const BUSY = { errcode: 0, errmsg: 'ok' };
const NUMBER = { phoneNumber: '13900139000', purePhoneNumber: '13900139000', countryCode: '86' };

/** A client of a gateway whose clock is this process's, and what was sent. */
function open(t, options = {}) {
  t.mock.timers.enable({ apis: ['Date'], now: START_MS });
  const clock = createManualClock(START_MS);
  const gateway = createGateway({ merchants: [shop], clock });
  const sent = [];
  const reports = [];
  const fetch = async (url, init) => {
    const { pathname } = new URL(url);
    sent.push({ path: pathname, url: String(url), init, ...JSON.parse(init.body ?? '{}') });
    return gateway.fetch(new Request(url, init));
  };
  const pay = (more) =>
    new WechatPay({ ...shop, fetch, onExchange: (report) => reports.push(report), ...options, ...more });
  return {
    ...{ gateway, sent, reports, pay, client: pay() },
    code: () => gateway.phoneCode({ appid: shop.appid, purePhoneNumber: NUMBER.purePhoneNumber }),
    tokensAsked: () => sent.filter(({ path }) => path === STABLE).map(({ force_refresh }) => force_refresh),
    async advance(ms) {
      await clock.advance(ms);
      t.mock.timers.setTime(START_MS + (clock.now() - START_MS));
    },
  };
}

/** A client whose server answers these bodies, one after the other; the last one again and again. */
function answering(...answers) {
  const sent = [];
  const reports = [];
  const fetch = async (url, init) => {
    sent.push({ url: String(url), init });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return answer instanceof Response
      ? answer
      : new Response(typeof answer === 'string' ? answer : JSON.stringify(answer));
  };
  return { sent, reports, client: new WechatPay({ ...shop, fetch, onExchange: (report) => reports.push(report) }) };
}
const TOKEN = { access_token: 'token-of-the-test-0123456789', expires_in: 7200 };
const errorOf = async (promise) => {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof WxPayError, inspect(error));
    return error;
  }
  return assert.fail('no error');
};

test('a code becomes the phone number, with a token of stable_token that is posted as JSON to the log-in’s host', async (t) => {
  const { client, code, sent } = open(t, { loginUrl: 'https://login.example' });
  const phone_code = code();
  assert.deepEqual(await client.getPhoneNumber(phone_code), NUMBER);
  const [first, second] = sent;
  assert.equal(first.url, `https://login.example${STABLE}`);
  assert.deepEqual(JSON.parse(first.init.body), {
    grant_type: 'client_credential',
    appid: shop.appid,
    secret: shop.secret,
    force_refresh: false,
  });
  assert.match(second.url, /^https:\/\/login\.example\/wxa\/business\/getuserphonenumber\?access_token=\w+$/);
  assert.deepEqual(JSON.parse(second.init.body), { code: phone_code });
  for (const { init } of sent) {
    assert.equal(init.method, 'POST');
    assert.equal(init.headers['content-type'], 'application/json');
  }
});

test('over real HTTP a code becomes the phone number', async (t) => {
  const gateway = createGateway({ merchants: [shop] });
  t.after(() => gateway.close());
  const { url } = await gateway.listen();
  const client = new WechatPay({ ...shop, baseUrls: [url], loginUrl: url });
  const { purePhoneNumber } = NUMBER;
  const code = gateway.phoneCode({ appid: shop.appid, purePhoneNumber, countryCode: '852' });
  const abroad = { phoneNumber: `+852${purePhoneNumber}`, purePhoneNumber, countryCode: '852' };
  assert.deepEqual(await client.getPhoneNumber(code), abroad);
});

test('concurrent calls share one request for the token, and later ones ask for none until shortly before its end', async (t) => {
  const { client, code, tokensAsked, advance } = open(t);
  const all = await Promise.all(Array.from({ length: 20 }, () => client.getPhoneNumber(code())));
  assert.equal(all.length, 20);
  assert.deepEqual(tokensAsked(), [false]);
  await advance(115 * MINUTE_MS);
  await client.getPhoneNumber(code());
  assert.deepEqual(tokensAsked(), [false]);
  await advance(MINUTE_MS);
  await client.getPhoneNumber(code());
  assert.deepEqual(tokensAsked(), [false, false]);
  await advance(4 * MINUTE_MS);
  assert.deepEqual(await client.getPhoneNumber(code()), NUMBER, 'the first one has ended by now');
});

test('a token in a shared cache that something else has voided is fetched anew, and none is forced', async (t) => {
  const kept = new Map();
  const tokenCache = {
    get: async (appid) => kept.get(appid),
    set: async (appid, token) => void kept.set(appid, token),
  };
  const { client, code, gateway, tokensAsked } = open(t, { tokenCache });
  await client.getPhoneNumber(code());
  const before = kept.get(shop.appid);
  const body = JSON.stringify({ grant_type: 'client_credential', ...shop, force_refresh: true });
  await gateway.fetch(new Request(`https://api.weixin.qq.com${STABLE}`, { method: 'POST', body }));
  assert.deepEqual(await client.getPhoneNumber(code()), NUMBER);
  assert.deepEqual(tokensAsked(), [false, false]);
  assert.notEqual(kept.get(shop.appid).access_token, before.access_token);
});

test('a token that another process has put into the cache meanwhile is taken, and WeChat is not asked for one', async (t) => {
  const { pay, code, sent, tokensAsked } = open(t);
  const expiresMs = START_MS + 120 * MINUTE_MS;
  let good;
  await pay({
    tokenCache: {
      get: async () => undefined,
      set: async (_appid, token) => {
        good = token;
      },
    },
  }).getPhoneNumber(code());
  const answers = [{ access_token: 'an-old-one', expiresMs }, good];
  const tokenCache = { get: async () => answers.shift(), set: async () => assert.fail('nothing is fetched') };
  assert.deepEqual(await pay({ tokenCache }).getPhoneNumber(code()), NUMBER);
  assert.equal(tokensAsked().length, 1);
  assert.equal(sent.filter(({ path }) => path === PHONE).length, 3);
});

for (const err_code of ['40001', '40014', '42001']) {
  test(`a token that is refused with ${err_code} is replaced once, forced only where WeChat returns the same one`, async (t) => {
    const { client, code, gateway, tokensAsked } = open(t);
    await client.getPhoneNumber(code());
    gateway.failNext({ kind: 'err_code', err_code, path: PHONE });
    assert.deepEqual(await client.getPhoneNumber(code()), NUMBER);
    assert.deepEqual(tokensAsked(), [false, false, true]);
    gateway.failNext({ kind: 'err_code', err_code, path: PHONE });
    const error = await errorOf(client.getPhoneNumber(code()));
    assert.deepEqual([error.code, error.err_code, error.outcome], ['ERR_FAILED', err_code, 'rejected']);
    assert.match(error.message, /another program forces new tokens/);
    assert.deepEqual(tokensAsked(), [false, false, true, false], 'no second one is forced within two hours');
  });
}

test('calls that meet the same refusal share one replacement', async (t) => {
  const { client, code, gateway, tokensAsked } = open(t);
  await client.getPhoneNumber(code());
  gateway.failNext({ kind: 'err_code', err_code: '40001', path: PHONE, times: 5 });
  const all = await Promise.all(Array.from({ length: 5 }, () => client.getPhoneNumber(code())));
  assert.deepEqual(all, Array(5).fill(NUMBER));
  assert.equal(tokensAsked().filter((forced) => forced).length, 1);
});

test('each errcode has its advice, WeChat’s words, and the outcome rejected', async () => {
  const rows = [
    [40164, /IP white list/],
    [61004, /IP white list/],
    [40029, /press the button again.*not that of wx\.login/],
    [-1, /try again a little later/],
    [45009, /quota/],
    [40013, /Check the appid/],
    [99999, /Read the page of getPhoneNumber/],
  ];
  for (const [errcode, advice] of rows) {
    const { client } = answering(TOKEN, { errcode, errmsg: 'words of WeChat rid: 1-2-3' });
    const error = await errorOf(client.getPhoneNumber('code-1'));
    const { code, outcome, err_code, err_code_des, message } = error;
    assert.deepEqual([code, outcome, err_code], ['ERR_FAILED', 'rejected', String(errcode)]);
    assert.equal(err_code_des, 'words of WeChat rid: 1-2-3');
    assert.match(message, /^getPhoneNumber: /);
    assert.match(message, advice);
  }
  for (const [errcode, advice] of [
    [40164, /IP white list/],
    [40125, /AppSecret of this appid/],
    [40001, /AppSecret/],
    [40243, /frozen/],
  ]) {
    const error = await errorOf(answering({ errcode, errmsg: 'no' }).client.getPhoneNumber('code-1'));
    assert.match(error.message, /^stable_token: /);
    assert.match(error.message, advice);
  }
});

test('a code that may have arrived is not sent again, and a code without an answer says so', async () => {
  const lost = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET', syscall: 'read' } });
  const { client, sent } = answering(TOKEN, lost);
  assert.equal((await errorOf(client.getPhoneNumber('code-1'))).code, 'ERR_NETWORK');
  assert.equal(sent.length, 2);
  const bodies = ['', '<html>', '[]', 'null', '1', { ...BUSY }, { ...BUSY, phone_info: null }, { errcode: 'x' }];
  for (const body of [...bodies, { ...BUSY, phone_info: { ...NUMBER, phoneNumber: 1 } }]) {
    const error = await errorOf(answering(TOKEN, body).client.getPhoneNumber('code-1'));
    assert.equal(error.code, 'ERR_HTTP', JSON.stringify(body));
    assert.match(error.message, /press the button again/);
  }
  for (const body of [
    {},
    { ...TOKEN, access_token: 'x'.repeat(2049) },
    { access_token: '' },
    { access_token: 'x' },
    { access_token: 'x', expires_in: -1 },
  ]) {
    const { client, sent } = answering(body);
    assert.equal((await errorOf(client.getPhoneNumber('code-1'))).code, 'ERR_HTTP', JSON.stringify(body));
    assert.equal(sent.length, 1, 'the code is not sent without a token');
  }
});

test('a country code that is a number becomes text, and the number of another app is refused', async () => {
  const phone = (changes) => ({ ...BUSY, phone_info: { ...NUMBER, watermark: { appid: shop.appid }, ...changes } });
  assert.deepEqual(await answering(TOKEN, phone({ countryCode: 86 })).client.getPhoneNumber('c'), NUMBER);
  assert.deepEqual(await answering(TOKEN, phone({ watermark: undefined })).client.getPhoneNumber('c'), NUMBER);
  const error = await errorOf(answering(TOKEN, phone({ watermark: { appid: 'wx1' } })).client.getPhoneNumber('c'));
  assert.deepEqual([error.code, error.field], ['ERR_MISMATCH', 'watermark']);
  assert.ok(!inspect(error).includes(NUMBER.phoneNumber));
});

test('a code or an AppSecret that is missing is named before anything is sent', async () => {
  const { client, sent } = answering(TOKEN);
  for (const code of [undefined, null, '', 1, {}, '\ud800'])
    assert.equal((await errorOf(client.getPhoneNumber(code))).field, 'code');
  assert.match((await errorOf(client.getPhoneNumber('x'.repeat(2049)))).message, /^code: is too long; /);
  const wide = new WechatPay({ ...shop, secret: 's'.repeat(129) });
  for (const call of [() => wide.getPhoneNumber('c'), () => wide.code2Session('c')])
    assert.match((await errorOf(call())).message, /^secret: is too long; /);
  for (const secret of [undefined, '']) {
    const error = await errorOf(new WechatPay({ ...shop, secret }).getPhoneNumber('code-1'));
    assert.deepEqual([error.code, error.field], ['ERR_CONFIG', 'secret']);
    assert.match(error.message, /getPhoneNumber needs it/);
  }
  assert.equal(sent.length, 0);
});

test('neither token, AppSecret, code nor phone number is in a report, an error or the client, whatever the server repeats', async () => {
  const code = 'code-of-the-button-0123456789';
  const secrets = [TOKEN.access_token, shop.secret, code, NUMBER.phoneNumber];
  const repeated = `${secrets.slice(0, 3).join(' ')} ${encodeURIComponent(code)}`;
  const phone = { ...BUSY, phone_info: NUMBER };
  const worlds = [
    [TOKEN, phone],
    [TOKEN, { errcode: 40029, errmsg: `you sent ${repeated}` }],
    [{ errcode: 40125, errmsg: `wrong ${shop.secret}` }],
    [TOKEN, `<html>${repeated}`],
    [TOKEN, new Response(repeated, { status: 400 })],
    [`no token: ${shop.secret}`],
    [new Response(shop.secret, { status: 502 })],
    [TOKEN, { ...phone, phone_info: { ...NUMBER, watermark: { appid: repeated } } }],
  ];
  for (const answers of worlds) {
    const { client, reports } = answering(...answers);
    const outcome = await client.getPhoneNumber(code).catch((error) => error);
    const error = outcome instanceof Error ? [outcome, JSON.stringify(outcome), outcome.stack] : [];
    const said = inspect([...error, reports, client], { depth: 9, showHidden: true });
    for (const secret of secrets) assert.ok(!said.includes(secret), `${secret} in ${said}`);
    for (const { method, path, request, answer } of reports) {
      assert.ok(method === 'POST' && [STABLE, PHONE].includes(path), path);
      assert.deepEqual([request, answer], [undefined, undefined]);
    }
    assert.ok(reports.length > 0);
  }
});

test('a cache without get and set is refused, and one that fails is an error', async (t) => {
  for (const tokenCache of [null, {}, { get() {} }, { set() {} }, 'redis', 1])
    assert.throws(() => new WechatPay({ ...shop, tokenCache }), { code: 'ERR_CONFIG', field: 'tokenCache' });
  const { pay, code, tokensAsked } = open(t);
  const set = async () => {};
  for (const kept of [
    null,
    'x',
    1,
    [],
    {},
    { access_token: 'x' },
    { access_token: 1, expiresMs: 9e15 },
    { access_token: '', expiresMs: 9e15 },
  ])
    assert.deepEqual(await pay({ tokenCache: { get: async () => kept, set } }).getPhoneNumber(code()), NUMBER);
  assert.equal(tokensAsked().length, 8);

  const cause = new Error('the cache is away');
  const failing = await errorOf(
    pay({
      tokenCache: {
        get: () => {
          throw cause;
        },
        set,
      },
    }).getPhoneNumber(code()),
  );
  assert.deepEqual([failing.code, failing.outcome, failing.cause], ['ERR_STORE', 'not-sent', cause]);
  assert.match(failing.message, /^tokenCache: get failed; /);

  let told;
  const leaking = {
    get: async () => undefined,
    set: async (_appid, token) => {
      told = token;
      throw new Error(`SET ${token.access_token}`);
    },
  };
  const unset = await errorOf(pay({ tokenCache: leaking }).getPhoneNumber(code()));
  assert.equal(unset.code, 'ERR_STORE');
  assert.ok(!inspect(unset).includes(told.access_token));

  const late = await errorOf(
    pay({ timeoutMs: 20, tokenCache: { get: () => new Promise(() => {}), set } }).getPhoneNumber(code()),
  );
  assert.match(late.message, /^tokenCache: get did not answer within 20 ms; /);
});

test('a caller who aborts leaves the token to the others', async (t) => {
  const { client, code, tokensAsked } = open(t);
  const controller = new AbortController();
  const first = errorOf(client.getPhoneNumber(code(), { signal: controller.signal }));
  const second = client.getPhoneNumber(code());
  controller.abort();
  assert.deepEqual([(await first).code, (await first).outcome], ['ERR_NETWORK', 'not-sent']);
  assert.deepEqual(await second, NUMBER);
  assert.equal(tokensAsked().length, 1);
  const aborted = await errorOf(client.getPhoneNumber(code(), { signal: AbortSignal.abort() }));
  assert.equal(aborted.outcome, 'not-sent');
});

test('a request for a token that failed is not kept: the next call asks again', async (t) => {
  const { client, code, gateway, tokensAsked } = open(t);
  gateway.failNext({ kind: 'page', path: STABLE });
  assert.equal((await errorOf(client.getPhoneNumber(code()))).code, 'ERR_HTTP');
  assert.deepEqual(await client.getPhoneNumber(code()), NUMBER);
  assert.deepEqual(tokensAsked(), [false, false]);
});

test('a provider’s client reads the numbers of the sub-merchant’s mini program', async () => {
  const sub = { sub_mch_id: '1900000201', sub_appid: 'wxsub0000000000001', secret: 'sub-app-secret' };
  const gateway = createGateway({ merchants: [{ ...shop, sub_merchants: [sub] }] });
  const fetch = async (url, init) => gateway.fetch(new Request(url, init));
  const client = new WechatPay({ ...shop, ...sub, fetch });
  const { purePhoneNumber } = NUMBER;
  assert.deepEqual(await client.getPhoneNumber(gateway.phoneCode({ appid: sub.sub_appid, purePhoneNumber })), NUMBER);
});
