// The access token of getPhoneNumber: a forced one that fails, and a cache with junk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { redisTokenCache, WechatPay } from 'paysign';
import { shop } from './gateway-support.mjs';

const NUMBER = { phoneNumber: '13900139000', purePhoneNumber: '13900139000', countryCode: '86' };

/** A client whose server refuses every token but a forced one. The first `failures` forced requests fail. */
function refusing(failures, fail) {
  let token = 'token-of-the-test-0';
  const forced = [];
  const fetch = async (url, { body }) => {
    if (new URL(url).pathname !== '/cgi-bin/stable_token') {
      const isGood = new URL(url).searchParams.get('access_token').startsWith('forced');
      return Response.json(isGood ? { phone_info: NUMBER } : { errcode: 40001, errmsg: 'invalid credential' });
    }
    if (JSON.parse(body).force_refresh) {
      forced.push(token);
      if (forced.length <= failures) return fail();
      token = 'forced-token-of-the-test';
    }
    return Response.json({ access_token: token, expires_in: 7200 });
  };
  return { forced, pay: new WechatPay({ ...shop, fetch, retries: 0 }) };
}

test('a forced token that failed is forced again by the next call', async () => {
  const fails = {
    'a page': () => new Response('x', { status: 502 }),
    'no connection': () => Promise.reject(new TypeError('fetch failed')),
    busy: () => Response.json({ errcode: -1, errmsg: 'system error' }),
  };
  for (const [what, fail] of Object.entries(fails)) {
    const { pay, forced } = refusing(2, fail);
    for (let call = 1; call <= 2; call += 1) await assert.rejects(pay.getPhoneNumber('code-1'), what);
    assert.deepEqual(await pay.getPhoneNumber('code-1'), NUMBER, what);
    assert.equal(forced.length, 3, what);
  }
});

test('a forced token that came is not forced again, even if the cache could not keep it', async () => {
  const { forced } = refusing(0);
  const fetch = async (url, { body }) => {
    if (new URL(url).pathname !== '/cgi-bin/stable_token') return Response.json({ errcode: 40001, errmsg: 'no' });
    if (JSON.parse(body).force_refresh) forced.push(body);
    return Response.json({ access_token: forced.length > 0 ? 'other-token' : 'first-token', expires_in: 7200 });
  };
  let isFull = false;
  const tokenCache = {
    get: async () => ({ access_token: 'first-token', expiresMs: Date.now() + 7_200_000 }),
    set: async () => {
      if (forced.length > 0 && !isFull) throw new Error('full');
    },
  };
  const pay = new WechatPay({ ...shop, fetch, retries: 0, tokenCache });
  await assert.rejects(pay.getPhoneNumber('code-1'), { code: 'ERR_STORE' });
  isFull = true;
  forced.length = 1;
  await assert.rejects(pay.getPhoneNumber('code-1'), { err_code: '40001' });
  assert.equal(forced.length, 1);
});

test('junk in Redis counts as missing, is replaced, and is in no error', async () => {
  for (const junk of ['raw-TOKEN-raw-TOKEN', '"cut', '{"access_token":raw-TOKEN}', '[]', '1', 'null', '']) {
    const stored = [];
    const redis = { eval: async (script, ...rest) => (script.includes('GET') ? junk : void stored.push(rest)) };
    const fetch = async (url) =>
      Response.json(
        url.includes('stable_token') ? { access_token: 'a-new-token', expires_in: 7200 } : { phone_info: NUMBER },
      );
    const pay = new WechatPay({ ...shop, fetch, tokenCache: redisTokenCache(redis) });
    assert.deepEqual(await pay.getPhoneNumber('code-1'), NUMBER, junk);
    assert.match(inspect(stored, { depth: 9 }), /a-new-token/, 'the junk is replaced');
  }
});

test('an error of a JSON parser is not the cause: it repeats the text', async () => {
  const tokenCache = { get: async () => JSON.parse('raw-TOKEN-raw-TOKEN'), set: async () => {} };
  const pay = new WechatPay({ ...shop, fetch: () => assert.fail('sent'), tokenCache });
  const error = await pay.getPhoneNumber('code-1').then(assert.fail, (thrown) => thrown);
  assert.equal(error.code, 'ERR_STORE');
  assert.ok(!inspect(error).includes('raw-TOK'), inspect(error));
});

test('a code or an AppSecret that is a number says so', async () => {
  const pay = new WechatPay({ ...shop, fetch: () => assert.fail('sent') });
  const words = /is a number; give it as text, in quotes/;
  await assert.rejects(pay.code2Session(5), { field: 'js_code', message: words });
  await assert.rejects(pay.getPhoneNumber(5), { field: 'code', message: words });
  assert.throws(() => new WechatPay({ ...shop, secret: 5 }), { field: 'secret', message: words });
  await assert.rejects(pay.code2Session('\ud800'), { field: 'js_code', message: /half a surrogate pair/ });
});
