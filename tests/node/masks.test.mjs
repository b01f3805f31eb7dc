// The mask of errors: what a server repeats, cuts or writes otherwise shows at most 7 characters of a secret.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { WechatPay } from 'paysign';
import { shop } from './gateway-support.mjs';

const SECRET = 'abcdef0123456789fedcba9876543210';
const TOKEN = '91_TOKENtokenTOKENtoken0123456789_-qwertzuiop';
const CODE = 'c0de567890qazwsxedcrfvtgbyhnujmikolp';
const PAY_CODE = '130123456789012345';
const ORDER = { body: 'b', out_trade_no: '1', total_fee: 1, spbill_create_ip: '127.0.0.1' };

/** The calls with a secret, and the secret that their server repeats. */
const CALLS = {
  'the AppSecret': [SECRET, (pay) => pay.code2Session('js-0a1Bjscode-9'), '/sns/'],
  'the code of wx.login': [CODE, (pay) => pay.code2Session(CODE), '/sns/'],
  'the access token': [TOKEN, (pay) => pay.getPhoneNumber('button-0a1B-9'), '/wxa/'],
  'the code of the button': [CODE, (pay) => pay.getPhoneNumber(CODE), '/wxa/'],
  'the AppSecret, for a token': [SECRET, (pay) => pay.getPhoneNumber(CODE), '/cgi-bin/'],
  "the payer's code": [PAY_CODE, (pay) => pay.micropay({ ...ORDER, auth_code: PAY_CODE }), '/pay/'],
  'the key': [shop.key, (pay) => pay.orderQuery({ out_trade_no: '1' }), '/pay/'],
};

/** The error of a call whose server answers this to the one path. */
async function errorOf(call, path, body, status = 502) {
  const fetch = async (url) =>
    new URL(url).pathname.startsWith(path)
      ? new Response(body, { status })
      : Response.json({ access_token: TOKEN, expires_in: 7200 });
  const pay = new WechatPay({ ...shop, secret: SECRET, fetch, retries: 0 });
  return call(pay).then(assert.fail, (error) => error);
}

const each = (text, write) => [...text].map((letter) => write(letter.charCodeAt(0))).join('');
const hex = (code) => code.toString(16).padStart(2, '0');
const WRITINGS = {
  'as it is': (text) => text,
  'in capital letters': (text) => text.toUpperCase(),
  'cut by the server': (text) => `denied: ${text.slice(0, -1)}...`,
  'cut before a quote': (text) => `{"u":"${text.slice(0, -3)}"}`,
  'without its beginning': (text) => `...${text.slice(2)}`,
  'in the middle': (text) => text.slice(3, -3),
  'percent-encoded': (text) => each(text, (code) => `%${hex(code)}`),
  'percent-encoded twice': (text) => each(text, (code) => `%25${hex(code)}`),
  'in escapes of JSON': (text) => each(text, (code) => `\\u00${hex(code)}`),
  'in entities': (text) => each(text, (code) => `&#${code};`),
  'in hexadecimal entities': (text) => each(text, (code) => `&#x${hex(code)};`),
  'in UTF-16': (text) => Buffer.from(text, 'utf16le'),
  'in lines': (text) => text.replace(/(.{6})/g, '$1\n'),
  'in lines of JSON': (text) => JSON.stringify(text.replace(/(.{6})/g, '$1\r\n')),
  'with a tag inside': (text) => `${text.slice(0, 7)}<wbr class="a">${text.slice(7)}`,
  'inside a tag': (text) => `<a href="${text}">`,
  'with invisible characters': (text) => text.replace(/(.{5})/g, '$1\u200b\ufeff'),
};

/** The runs of 8 characters of a secret that an error shows. The writings are read by hand. */
function shownRuns(error, secret) {
  const said = inspect([error, error.message, error.stack, JSON.stringify(error)], { depth: 9, showHidden: true });
  const plain = said
    .replace(/<[^<>]*>|\\[rn]|\\x00|\\u200b|\\ufeff/g, '')
    .replace(/%(?:25)?(\w\w)|\\+u00(\w\w)|&#x(\w\w);/g, (_, a, b, c) =>
      String.fromCharCode(Number.parseInt(a ?? b ?? c, 16)),
    )
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    .replace(/[\s\0\u200b\ufeff]/g, '');
  const texts = [said, plain].map((text) => text.toLowerCase());
  const runs = Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8).toLowerCase());
  return runs.filter((run) => texts.some((text) => text.includes(run)));
}

for (const [what, [secret, call, path]] of Object.entries(CALLS)) {
  test(`${what} is masked in every writing, in a page and in an answer`, async () => {
    for (const [how, write] of Object.entries(WRITINGS)) {
      for (const status of [502, 403, 200]) {
        const error = await errorOf(call, path, write(secret), status);
        assert.deepEqual(shownRuns(error, secret), [], `${how} ${status}: ${error.message}`);
        if (status !== 200) assert.match(error.message, /\[masked\]/, `${how}: ${error.message}`);
      }
    }
  });

  test(`${what} is masked in base64, whatever is before it`, async () => {
    for (const before of ['', 'u:', 'u', 'abc:']) {
      const written = Buffer.from(before + secret).toString('base64');
      const error = await errorOf(call, path, written);
      assert.ok(!error.message.includes(written.slice(12, 30)), error.message);
    }
  });

  test(`${what} is masked where the limit of a page cuts it, and the cut is marked`, async () => {
    for (let part = 1; part < secret.length; part += 1) {
      const error = await errorOf(call, path, ' '.repeat(512 - part) + secret);
      assert.deepEqual(shownRuns(error, secret), [], error.message);
      assert.match(error.message, /…; /);
    }
  });
}

test('a page of 512 bytes is not marked as cut', async () => {
  const [, call, path] = CALLS['the key'];
  assert.match((await errorOf(call, path, `x${' '.repeat(511)}`)).message, /begins: x; /);
  assert.match((await errorOf(call, path, `x${' '.repeat(512)}`)).message, /begins: x…; /);
});

test('the words of a reason that repeats a part of a secret are left out', async () => {
  for (const [what, [secret, call, path]] of Object.entries(CALLS)) {
    if (path === '/pay/') continue;
    for (const [how, write] of Object.entries(WRITINGS)) {
      const body = JSON.stringify({ errcode: 40029, errmsg: `bad ${write(secret)}` });
      const error = await errorOf(call, path, body, 200);
      assert.deepEqual(shownRuns(error, secret), [], `${what} ${how}`);
      assert.equal(error.err_code, '40029');
    }
  }
});

test('a short code of a stranger masks no words, and hides no code of an error', async () => {
  for (const code of ['e', '4', '40029', 'session', 'try']) {
    for (const [path, name] of [
      ['/sns/', 'code2Session'],
      ['/wxa/', 'getPhoneNumber'],
    ]) {
      const body = JSON.stringify({ errcode: 40029, errmsg: 'invalid code' });
      const error = await errorOf((pay) => pay[name](code), path, body, 200);
      assert.equal(error.err_code, '40029');
      assert.match(error.message, new RegExp(`^${name}: 40029 invalid code\\. Let the `));
    }
  }
});

test('a long code of a stranger masks no words of ours', async () => {
  for (const code of ['HTTP status 502 instead of 200', 'try again; try again', 'the answer begins']) {
    const { message } = await errorOf((pay) => pay.code2Session(code), '/sns/', `<p>${code}</p>`);
    assert.equal(
      message,
      '/sns/jscode2session: HTTP status 502 instead of 200; the answer begins: <p>[masked]</p>; try again',
    );
  }
});

test('a page that repeats our XML hides nothing of the advice', async () => {
  const fetch = async (_url, { body }) => new Response(body, { status: 502 });
  const pay = new WechatPay({ ...shop, fetch, retries: 0 });
  const { message } = await pay.micropay({ ...ORDER, auth_code: PAY_CODE }).then(assert.fail, (error) => error);
  assert.match(message, /; the answer begins: <xml>.*…; query before anything else$/);
  const cut = await errorOf(CALLS['the key'][1], '/pay/', `<xml><sign>${'0F'.repeat(32)}`);
  assert.match(cut.message, /begins: <xml><sign>\[masked\]<\/sign>; query before anything else$/);
});

test('a page is cut between characters, and shows none that is invisible', async () => {
  const { message } = await errorOf(CALLS['the key'][1], '/pay/', `a${'😀'.repeat(80)}`);
  assert.match(message, /begins: a(?:😀){59}…; /u);
  const invisible = '\u200b\u200f\u061c\ufeff\u2060\u{e0041}\u{e007f}';
  const hidden = await errorOf(CALLS['the key'][1], '/pay/', `a${invisible}b`);
  for (const character of invisible) assert.ok(!hidden.message.includes(character), character.codePointAt(0));
});

test('a failed log-in says to try again, since nothing can be queried', async () => {
  for (const [path, name] of [
    ['/sns/', 'code2Session'],
    ['/wxa/', 'getPhoneNumber'],
    ['/cgi-bin/', 'getPhoneNumber'],
  ])
    assert.match((await errorOf((pay) => pay[name](CODE), path, 'down')).message, /; try again$/);
  assert.match((await errorOf(CALLS['the key'][1], '/pay/', 'down')).message, /; query before anything else$/);
});

/** Runs a function while `Object.prototype` has these members. */
async function polluted(members, run) {
  for (const [name, value] of Object.entries(members))
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
  try {
    return await run();
  } finally {
    for (const name of Object.keys(members)) delete Object.prototype[name];
  }
}

test('a polluted Object.prototype changes no error of an uncertain payment', async () => {
  for (const value of [{}, 'evil', 1, []]) {
    const names = [
      'field',
      'return_msg',
      'err_code',
      'err_code_des',
      'recall',
      'status',
      'secrets',
      'contentType',
      'cause',
    ];
    const members = Object.fromEntries(names.map((name) => [name, value]));
    const fetch = async () => {
      throw Object.assign(new TypeError('fetch failed'), {
        cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }),
      });
    };
    const pay = new WechatPay({ ...shop, fetch, retries: 0 });
    const call = () => pay.micropay({ ...ORDER, auth_code: PAY_CODE }).then(assert.fail, (error) => error);
    const error = await polluted(members, call);
    assert.deepEqual([error.name, error.code, error.outcome], ['WxPayError', 'ERR_NETWORK', 'unknown']);
    assert.match(error.message, /\(ECONNRESET\).*query before anything else$/);
  }
});

test('a polluted Object.prototype adds no member to a session or to a phone number', async () => {
  const members = { unionid: 'evil', errcode: 1, phoneNumber: '1', purePhoneNumber: '1', countryCode: '1', secrets: 5 };
  const fetch = async (url) =>
    Response.json(
      {
        '/sns/jscode2session': { openid: 'o', session_key: 'k' },
        '/cgi-bin/stable_token': { access_token: TOKEN, expires_in: 7200 },
        '/wxa/business/getuserphonenumber': { phone_info: {} },
      }[new URL(url).pathname],
    );
  const pay = new WechatPay({ ...shop, secret: SECRET, fetch });
  assert.deepEqual({ ...(await polluted(members, () => pay.code2Session(CODE))) }, { openid: 'o', session_key: 'k' });
  const error = await polluted(members, () => pay.getPhoneNumber(CODE).then(assert.fail, (thrown) => thrown));
  assert.equal(error.code, 'ERR_HTTP');
});

test('an error that is masked or uncertain keeps its other members', async () => {
  const answers = [
    new Response('down', { status: 502 }),
    new Response(`<xml><return_code>FAIL</return_code><return_msg>no ${shop.key}</return_msg></xml>`),
  ];
  const fetch = async () => answers.shift();
  const pay = new WechatPay({ ...shop, fetch, retries: 1 });
  const error = await pay.orderQuery({ out_trade_no: '1' }).then(assert.fail, (thrown) => thrown);
  assert.deepEqual([error.code, error.outcome, error.return_msg], ['ERR_REFUSED', 'unknown', 'no [masked]']);
  assert.match(error.message, /no \[masked\].*an earlier attempt .* query before anything else$/);
  assert.match(error.stack, /^WxPayError: WeChat refused[^\n]*\n +at .*masks\.test\.mjs/);
});
