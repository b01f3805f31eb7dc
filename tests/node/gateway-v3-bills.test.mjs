// The bills of APIv3 at the gateway: applied for, downloaded under a token, unpacked, decrypted and compared with their hash.

import assert from 'node:assert/strict';
import { constants, createDecipheriv, createHash, privateDecrypt } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import * as v2 from './gateway-support.mjs';
import { MINUTE_MS, otherShop } from './gateway-support.mjs';
import {
  assertDone,
  assertRefused,
  authorization,
  bothShop,
  call,
  placeAndPay,
  REFUNDS,
  refundBody,
  withGateway,
} from './gateway-v3-support.mjs';

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const DAY = '2024-08-05';
/** 10:00 in Beijing on the next day, and the day itself. */
const NEXT_MORNING_MS = Date.UTC(2024, 7, 6, 2, 0, 0);
const TRADE = '/v3/bill/tradebill';
const FLOW = '/v3/bill/fundflowbill';
const SUB = '/v3/bill/sub-merchant-fundflowbill';
const FILE = '/v3/billdownload/file';

const otherV3 = { ...otherShop, apiV3Key: 'x'.repeat(32) };
const provider = { ...bothShop, sub_merchants: [{ sub_mch_id: '1900000201' }, { sub_mch_id: '1900000202' }] };
const aliceSub = { sub_mch_id: '1900000201', sub_openid: undefined };

const withDay = (name, work, options = {}) =>
  withGateway(
    name,
    async (side) => {
      await placeAndPay(side, { attach: '甲, 乙' });
      await placeAndPay(side, { out_trade_no: 'second-order', amount: { total: 1000, currency: 'CNY' } });
      await side.clock.advance(MINUTE_MS);
      assertDone(side, await call(side, 'POST', REFUNDS, refundBody({ reason: '退一半' })));
      await v2.placeAndPay(side.gateway, { out_trade_no: 'from-v2' });
      await v2.placeAndPay(side.gateway, { out_trade_no: 'foreign' }, { merchant: otherShop });
      await side.gateway.idle();
      await side.clock.advance(NEXT_MORNING_MS - side.clock.now());
      await work(side);
    },
    { merchants: [bothShop, otherV3], fetch: async () => new Response(null, { status: 204 }), ...options },
  );

const apply = (side, target, how) => call(side, 'GET', target, undefined, how);

/** Downloads a file by its URL, signed over path and query as they are in it. */
async function download(side, url, { merchant = side.merchant, changes } = {}) {
  const { pathname, search } = new URL(url);
  const target = pathname + search;
  const headers = {
    authorization: authorization(merchant, 'GET', target, '', changes),
    accept: '*/*',
    'user-agent': 'shop',
  };
  const response = await side.gateway.fetch(new Request(url, { headers }));
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString('utf8');
  const json = response.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, bytes, text, json };
}

const sha1 = (bytes) => createHash('sha1').update(bytes).digest('hex');

/** The bill of a call, whose hash is right. */
async function fetchBill(side, target) {
  const { hash_type, hash_value, download_url, ...more } = assertDone(side, await apply(side, target));
  assert.deepEqual([hash_type, more], ['SHA1', {}]);
  const file = await download(side, download_url);
  assert.equal(file.status, 200, file.text);
  const isPacked = download_url.endsWith('&tartype=gzip');
  assert.equal(isPacked, target.includes('tar_type=GZIP'));
  assert.equal(file.headers.get('content-type'), isPacked ? 'application/x-gzip' : 'text/plain');
  const content = isPacked ? gunzipSync(file.bytes) : file.bytes;
  assert.equal(sha1(content), hash_value);
  for (const [name] of file.headers) assert.ok(!name.startsWith('wechatpay-'), name);
  assert.match(file.headers.get('request-id'), /^[0-9A-F]{44}-0$/);
  return content.toString('utf8');
}

withDay('a trade bill of APIv3 is byte for byte that of APIv2, packed and unpacked', async (side) => {
  for (const bill_type of [undefined, 'ALL', 'SUCCESS', 'REFUND']) {
    const members = { bill_date: '20240805', ...(bill_type && { bill_type }) };
    const { text } = await v2.call(side.gateway, '/pay/downloadbill', members);
    assert.match(text, /^交易时间,公众账号ID/);
    const query = `?bill_date=${DAY}${bill_type ? `&bill_type=${bill_type}` : ''}`;
    assert.equal(await fetchBill(side, TRADE + query), text, bill_type);
    assert.equal(await fetchBill(side, `${TRADE}${query}&tar_type=GZIP`), text, bill_type);
  }
  const all = await fetchBill(side, `${TRADE}?bill_date=${DAY}`);
  const rows = all.split('\r\n').slice(1, -3);
  assert.deepEqual(
    rows.map((row) => row.split(',`')[6]),
    ['20150806125346', 'second-order', 'from-v2', '20150806125346'],
  );
});

withDay('a fund-flow bill has the movements of the basic account', async (side) => {
  const members = { bill_date: '20240805', account_type: 'Basic' };
  const { text } = await v2.call(side.gateway, '/pay/downloadfundflow', members, { signType: 'HMAC-SHA256' });
  assert.match(text, /^记账时间,/);
  assert.equal(await fetchBill(side, `${FLOW}?bill_date=${DAY}`), text);
  assert.equal(await fetchBill(side, `${FLOW}?bill_date=${DAY}&account_type=BASIC&tar_type=GZIP`), text);
  for (const account of ['OPERATION', 'FEES']) {
    const answer = await apply(side, `${FLOW}?bill_date=${DAY}&account_type=${account}`);
    assertRefused(answer, 400, 'NO_STATEMENT_EXIST');
  }
});

withDay('a bill is there from ten o’clock of the next day, for three months', async (side) => {
  const { clock } = side;
  const ask = (path, day) => apply(side, `${path}?bill_date=${day}`);
  for (const path of [TRADE, FLOW]) {
    assertDone(side, await ask(path, DAY));
    assertRefused(await ask(path, '2024-08-06'), 400, 'STATEMENT_CREATING');
    for (const day of ['2024-08-07', '2024-05-05', '2024-02-30']) {
      const { detail } = assertRefused(await ask(path, day), 400, 'PARAM_ERROR', 268435461);
      assert.deepEqual([detail.field, detail.location, detail.value], ['bill_date', 'query', day]);
    }
    assertRefused(await ask(path, '2024-08-04'), 400, 'NO_STATEMENT_EXIST');
  }
  await clock.advance(DAY_MS - 1);
  assertRefused(await ask(TRADE, '2024-08-06'), 400, 'STATEMENT_CREATING');
  await clock.advance(1);
  assertRefused(await ask(TRADE, '2024-08-06'), 400, 'NO_STATEMENT_EXIST');
});

withDay('each member of the query has its rule', async (side) => {
  const cases = [
    [TRADE, '', 'bill_date'],
    [TRADE, '?bill_date=20240805', 'bill_date'],
    [TRADE, `?bill_date=${DAY}&bill_type=RECHARGE_REFUND`, 'bill_type'],
    [TRADE, `?bill_date=${DAY}&tar_type=gzip`, 'tar_type'],
    [TRADE, `?bill_date=${DAY}&account_type=BASIC`, 'account_type', 270924358],
    [FLOW, `?bill_date=${DAY}&account_type=Basic`, 'account_type'],
    [FLOW, `?bill_date=${DAY}&account_type=DEPOSIT`, 'account_type'],
    [FLOW, `?bill_date=${DAY}&bill_type=ALL`, 'bill_type', 270924358],
    [SUB, `?bill_date=${DAY}&account_type=BASIC&algorithm=AEAD_AES_256_GCM`, 'sub_mchid'],
    [SUB, `?bill_date=${DAY}&account_type=BASIC&sub_mchid=1900000201`, 'algorithm'],
    [SUB, `?bill_date=${DAY}&sub_mchid=1900000201&algorithm=AEAD_AES_256_GCM`, 'account_type'],
    [FILE, '', 'token'],
  ];
  for (const [path, query, field, inner = 268435461] of cases) {
    const { detail } = assertRefused(await apply(side, path + query), 400, 'PARAM_ERROR', inner);
    assert.deepEqual([detail.field, detail.location], [field, 'query'], path + query);
  }
});

withDay('a token lives five minutes, belongs to its merchant, and can be used again', async (side) => {
  const { clock, gateway } = side;
  const { download_url } = assertDone(side, await apply(side, `${TRADE}?bill_date=${DAY}`));
  const other = await gateway.client(otherShop.mch_id, { api: 'v3' });
  const stranger = { ...other, mchid: otherShop.mch_id, nowMs: () => clock.now() };
  await clock.advance(5 * MINUTE_MS - 1);
  const [first, again] = [await download(side, download_url), await download(side, download_url)];
  assert.deepEqual([first.status, first.text === again.text], [200, true]);
  assertRefused(await download(side, download_url, { merchant: stranger }), 400, 'INVALID_REQUEST');
  assertRefused(await download(side, `${download_url.slice(0, -1)}~`), 400, 'INVALID_REQUEST');
  await clock.advance(1);
  assertRefused(await download(side, download_url), 400, 'INVALID_REQUEST');
});

withDay('the download is signed over path and query as they are in the URL', async (side) => {
  const { download_url } = assertDone(side, await apply(side, `${TRADE}?bill_date=${DAY}&tar_type=GZIP`));
  const target = download_url.slice(new URL(download_url).origin.length);
  for (const signed of [FILE, target.replace('&tartype=gzip', ''), download_url, encodeURI(`${target} `)]) {
    const answer = await download(side, download_url, { changes: { signed: { target: signed } } });
    const { detail } = assertRefused(answer, 401, 'SIGN_ERROR', 268443699);
    assert.equal(detail.sign_information.url, target);
  }
  // The members of the query may come in another order, if it is signed so.
  const escaped = `${new URL(download_url).origin}${FILE}?tartype=gzip&token=${new URL(download_url).searchParams.get('token')}`;
  assert.equal((await download(side, escaped)).status, 200);
});

withDay('the download_url is at the address that the request came to', async (side) => {
  const { gateway, merchant } = side;
  const { url, port } = await gateway.listen();
  const target = `${TRADE}?bill_date=${DAY}`;
  const send = async (base, path) =>
    fetch(base + path, {
      headers: { authorization: authorization(merchant, 'GET', path, ''), accept: '*/*', 'user-agent': 'shop' },
    });
  for (const base of [url, `http://localhost:${port}`]) {
    const { download_url, hash_value } = await (await send(base, target)).json();
    assert.ok(download_url.startsWith(`${base}${FILE}?token=`), download_url);
    const file = await send(base, download_url.slice(base.length));
    assert.equal(sha1(Buffer.from(await file.arrayBuffer())), hash_value);
  }
  const request = new Request(`https://api.mch.weixin.qq.com${target}`, {
    headers: { authorization: authorization(merchant, 'GET', target, ''), accept: '*/*', 'user-agent': 'shop' },
  });
  const { download_url } = await (await gateway.fetch(request)).json();
  assert.ok(download_url.startsWith('https://api.mch.weixin.qq.com/v3/billdownload/file?token='));
});

withDay('a bill can be false: its hash, its content, its end, and its answer', async (side) => {
  const { gateway } = side;
  const target = `${TRADE}?bill_date=${DAY}`;
  gateway.failNext({ path: TRADE, kind: 'members', members: { hash_value: '0'.repeat(40) } });
  assert.equal(assertDone(side, await apply(side, target)).hash_value, '0'.repeat(40));
  const { download_url, hash_value } = assertDone(side, await apply(side, target));
  const whole = await download(side, download_url);
  gateway.failNext({ path: FILE, kind: 'cut' });
  const half = await download(side, download_url);
  assert.equal(half.bytes.length, Math.floor(whole.bytes.length / 2));
  assert.notEqual(sha1(half.bytes), hash_value);
  gateway.failNext({ path: FILE, kind: 'page', status: 200, body: whole.text.replace('`0.88', '`8.80') });
  const changed = await download(side, download_url);
  assert.deepEqual([changed.status, sha1(changed.bytes) === hash_value], [200, false]);
  gateway.failNext({ path: FILE, kind: 'err_code', err_code: 'SYSTEM_ERROR' });
  assertRefused(await download(side, download_url), 500, 'SYSTEM_ERROR');
  gateway.failNext({ path: FILE, kind: 'members', members: { hash_value: '' } });
  assert.equal((await download(side, download_url)).text, whole.text);
});

/** Opens the file of a sub-merchant with the provider's own key. */
function decryptFile(side, { encrypt_key, nonce }, bytes) {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const key = privateDecrypt(
    { key: side.merchant.privateKey, padding, oaepHash: 'sha1' },
    Buffer.from(encrypt_key, 'base64'),
  );
  assert.deepEqual([key.length, nonce.length], [32, 12]);
  const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce));
  cipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([cipher.update(bytes.subarray(0, -16)), cipher.final()]);
}

const asProvider = { merchants: [provider, otherV3], fetch: async () => new Response(null, { status: 204 }) };

/** A day with orders of two sub-merchants. */
const withSubs = (name, work) =>
  withGateway(
    name,
    async (side) => {
      for (const [number, changes] of Object.entries({ one: aliceSub, two: { sub_mch_id: '1900000202' } })) {
        await v2.placeAndPay(side.gateway, { out_trade_no: `sub-${number}`, ...changes });
      }
      await side.gateway.idle();
      await side.clock.advance(NEXT_MORNING_MS - side.clock.now());
      await work(side);
    },
    asProvider,
  );

withSubs('a provider has the trade bill of all its sub-merchants, or of one', async (side) => {
  const numbers = async (query) =>
    [...(await fetchBill(side, `${TRADE}?bill_date=${DAY}${query}`)).matchAll(/`(sub-\w+)/g)].map(
      ([, number]) => number,
    );
  assert.deepEqual(await numbers(''), ['sub-one', 'sub-two']);
  assert.deepEqual(await numbers('&sub_mchid=1900000202'), ['sub-two']);
  const strange = await apply(side, `${TRADE}?bill_date=${DAY}&sub_mchid=1900000299`);
  assertRefused(strange, 403, 'NO_AUTH', 268443701);
});

withSubs('the fund flow of a sub-merchant is encrypted for the provider’s certificate', async (side) => {
  const query = `?bill_date=${DAY}&sub_mchid=1900000201&account_type=BASIC&algorithm=AEAD_AES_256_GCM`;
  const texts = [];
  for (const packed of ['', '&tar_type=GZIP']) {
    const { download_bill_count, download_bill_list } = assertDone(side, await apply(side, SUB + query + packed));
    assert.deepEqual([download_bill_count, download_bill_list.length], [1, 1]);
    const [{ bill_sequence, download_url, encrypt_key, hash_type, hash_value, nonce, ...more }] = download_bill_list;
    assert.deepEqual([bill_sequence, hash_type, more], [1, 'SHA1', {}]);
    const { bytes } = await download(side, download_url);
    const opened = decryptFile(side, { encrypt_key, nonce }, bytes);
    const content = packed === '' ? opened : gunzipSync(opened);
    assert.equal(sha1(content), hash_value);
    texts.push(content.toString('utf8'));
    assert.throws(() => decryptFile(side, { encrypt_key, nonce }, Buffer.from(bytes).fill(1, 0, 1)));
  }
  assert.equal(texts[0], texts[1]);
  assert.match(texts[0], /^记账时间,.*`sub-one/s);
  assert.doesNotMatch(texts[0], /sub-two/);
  assert.equal(await fetchBill(side, `${FLOW}?bill_date=${DAY}&sub_mchid=1900000201`), texts[0]);
});

withSubs('the bill of a sub-merchant needs one of the provider’s own, an account with money, and AES', async (side) => {
  const ask = (changes) => {
    const query = { bill_date: DAY, sub_mchid: '1900000201', account_type: 'BASIC', algorithm: 'AEAD_AES_256_GCM' };
    return apply(side, `${SUB}?${new URLSearchParams({ ...query, ...changes })}`);
  };
  assertRefused(await ask({ sub_mchid: '1900000299' }), 403, 'NO_AUTH', 268443701);
  assert.deepEqual(assertDone(side, await ask({ account_type: 'DEPOSIT' })), { download_bill_count: 0 });
  assertRefused(await ask({ algorithm: 'SM4_GCM' }), 400, 'INVALID_REQUEST');
  assertRefused(await ask({ bill_date: '2024-08-06' }), 400, 'STATEMENT_CREATING');
  side.gateway.failNext({
    path: SUB,
    kind: 'members',
    members: { '/download_bill_list/0/hash_value': 'f'.repeat(40) },
  });
  assert.equal(assertDone(side, await ask({})).download_bill_list[0].hash_value, 'f'.repeat(40));
});

withDay('a merchant without sub-merchants has no bill of one', async (side) => {
  const query = `bill_date=${DAY}&sub_mchid=1900000299`;
  assertRefused(await apply(side, `${TRADE}?${query}`), 403, 'NO_AUTH', 268443701);
  const sub = `${SUB}?${query}&account_type=BASIC&algorithm=AEAD_AES_256_GCM`;
  assertRefused(await apply(side, sub), 403, 'NO_AUTH', 268443701);
});
