// Bills of APIv3 that went wrong on the way, against the gateway: no damaged bill comes to its end. And a large bill.
import assert from 'node:assert/strict';
import { createCipheriv, createHash, createPublicKey, publicEncrypt } from 'node:crypto';
import { after, test } from 'node:test';
import { WechatPay } from 'paysign/v3';
import { assertRefused, dayOf, errorOf, OPENID, openWorld, overnight, rowsOf, WAYS } from './v3-gateway-support.mjs';
import { merchantKeys, options, signedHeaders } from './v3-support.mjs';

const FILE = '/v3/billdownload/file';
const world = await openWorld(WAYS[5]);
after(() => world.close());
const { gateway, clock, sides } = world;
const [direct, provider] = sides;
const numbers = [];
for (const at of [direct, direct, provider]) numbers.push((await at.paid()).transaction_id);
const bill_date = await overnight(world);

const trade = (changes) => direct.client.tradeBill({ bill_date, ...changes });
const SUB_BILL = { account_type: 'BASIC', algorithm: 'AEAD_AES_256_GCM' };
const sub = async (client = provider.client, changes = {}) =>
  await client.subMerchantFundFlowBill({ bill_date, ...SUB_BILL, ...changes });

/** The bill throws before its end, and so it has neither a summary nor differences. Returns the error. */
async function broken(bill, code) {
  const error = await errorOf(rowsOf(bill));
  assert.equal(error.code, code, error.message);
  for (const name of ['summary', 'differences', 'uncompared']) assert.throws(() => bill[name], { code: 'ERR_PARAM' });
  return error;
}

/** A provider's client whose file is changed on the way. */
const changing = (change) =>
  world.open(provider.mch_id, provider.choice, {
    ca: undefined,
    fetch: async (url, init) => {
      const answer = await gateway.fetch(new Request(url, init));
      if (!url.includes(FILE)) return answer;
      return new Response(change(Buffer.from(await answer.arrayBuffer())), answer);
    },
  });

test('each kind of bill has its rows, plain and packed, and a day without one is named', async () => {
  for (const tar_type of [undefined, 'GZIP']) {
    const bill = await trade({ tar_type, bill_type: 'SUCCESS' });
    const rows = await rowsOf(bill);
    assert.deepEqual(rows.map((row) => row.微信订单号).sort(), numbers.slice(0, 2).sort());
    assert.deepEqual([bill.summary.总交易单数, bill.differences], ['2', []]);
    assert.throws(() => bill[Symbol.asyncIterator](), { code: 'ERR_PARAM' });
    const flow = await rowsOf(await direct.client.fundFlowBill({ bill_date, account_type: 'BASIC', tar_type }));
    assert.equal(flow.filter((row) => row.收支类型 === '收入').length, 2);
    const encrypted = await rowsOf(await sub(provider.client, { tar_type }));
    assert.ok(JSON.stringify(encrypted).includes(numbers[2]));
  }
  const none = direct.client.fundFlowBill({ bill_date, account_type: 'FEES' });
  await assertRefused(none, 'NO_STATEMENT_EXIST', 400);
  await assertRefused(trade({ bill_date: dayOf(clock) }), 'STATEMENT_CREATING', 400);
});

test('a bill with another hash, a part of one, or a page in its place never ends', async () => {
  for (const path of ['/v3/bill/tradebill', '/v3/bill/tradebill']) {
    gateway.failNext({ path, kind: 'members', members: { hash_value: '0'.repeat(40) } });
    const { message } = await broken(await trade({ tar_type: 'GZIP' }), 'ERR_BILL');
    assert.match(message, /hash/);
  }
  for (const tar_type of [undefined, 'GZIP']) {
    gateway.failNext({ path: FILE, kind: 'cut' });
    await broken(await trade({ tar_type }), 'ERR_BILL');
  }
  gateway.failNext({ path: FILE, kind: 'page', status: 200, body: '<html>sign in</html>' });
  await broken(await trade(), 'ERR_BILL');
  gateway.failNext({ path: FILE, kind: 'page', status: 502 });
  assert.equal((await errorOf(trade().then(rowsOf))).code, 'ERR_HTTP');
});

test('a file that is not the one of the signed answer is refused', async () => {
  const { body } = await direct.client.call('GET', `/v3/bill/fundflowbill?bill_date=${bill_date}`);
  const of = (members) => gateway.failNext({ path: '/v3/bill/tradebill', kind: 'members', members });
  of({ download_url: body.download_url });
  await broken(await trade(), 'ERR_BILL');
  const others = await provider.client.call('GET', `/v3/bill/fundflowbill?bill_date=${bill_date}`);
  of({ download_url: others.body.download_url });
  const error = await errorOf(trade().then(rowsOf));
  assert.notEqual(error.outcome, undefined);
  of({ hash_type: 'SHA256', hash_value: '0'.repeat(64) });
  assert.deepEqual((await errorOf(trade())).field, 'hash_type');
  // The host of the address counts for nothing: the client asks its own.
  const { pathname, search } = new URL(body.download_url);
  const hash = { hash_value: body.hash_value };
  of({ ...hash, download_url: `https://user:secret@evil.example${pathname}${search}` });
  assert.equal((await rowsOf(await trade())).length, 4);
  for (const download_url of [
    `//evil.example${pathname}${search}`,
    `https://api.mch.weixin.qq.com/v3/..${pathname}${search}`,
    `https://api.mch.weixin.qq.com/v3/%2e%2e${pathname}${search}`,
    `${body.download_url}#x`,
    `${body.download_url} x`,
    'https://api.mch.weixin.qq.com',
    '',
  ]) {
    const sent = gateway.calls().length;
    of({ ...hash, download_url });
    assert.equal((await errorOf(trade())).field, 'download_url', download_url);
    assert.equal(gateway.calls().length, sent + 1, download_url);
  }
});

test('an encrypted bill is decrypted as it comes, and a changed one never ends', async () => {
  const flipped = (at) => (bytes) => {
    bytes[at < 0 ? bytes.length + at : at] ^= 1;
    return bytes;
  };
  for (const [name, change] of Object.entries({
    first: flipped(0),
    tag: flipped(-1),
    'last of the text': flipped(-17),
    'cut off': (bytes) => bytes.subarray(0, -1),
    longer: (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]),
    empty: () => Buffer.alloc(0),
    'only a tag': (bytes) => bytes.subarray(-16),
    'half a tag': (bytes) => bytes.subarray(-8),
  })) {
    for (const tar_type of [undefined, 'GZIP']) {
      const error = await errorOf(rowsOf(await sub(await changing(change), { tar_type })));
      assert.ok(['ERR_BILL', 'ERR_DECRYPT'].includes(error.code), `${name}: ${error.message}`);
    }
  }
});

test('places of keys that are no text, and entries that are none, are refused', async () => {
  const { body } = await provider.client.call(
    'GET',
    `/v3/bill/sub-merchant-fundflowbill?sub_mchid=${provider.choice.sub_mchid}&bill_date=${bill_date}&account_type=BASIC&algorithm=AEAD_AES_256_GCM`,
  );
  const [entry] = body.download_bill_list;
  const with32 = (changes) => [{ ...entry, ...changes }];
  for (const [list, field] of [
    [with32({ encrypt_key: 5 }), 'download_bill_list[0].encrypt_key'],
    [with32({ encrypt_key: null }), 'download_bill_list[0].encrypt_key'],
    [with32({ encrypt_key: [entry.encrypt_key] }), 'download_bill_list[0].encrypt_key'],
    [with32({ encrypt_key: 'k'.repeat(32) }), 'download_bill_list/0/encrypt_key'],
    [with32({ nonce: '' }), 'nonce'],
    [with32({ nonce: 5 }), 'download_bill_list[0].nonce'],
    [with32({ hash_type: 'SHA256' }), 'hash_type'],
    [[null], 'download_bill_list[0]'],
    [[5, 'x', []], 'download_bill_list[0]'],
    [entry, 'download_bill_list'],
    [Array(10_000).fill({}), undefined],
  ]) {
    const members = { download_bill_list: list };
    gateway.failNext({ path: '/v3/bill/sub-merchant-fundflowbill', kind: 'members', members });
    assert.equal((await errorOf(sub())).field, field, JSON.stringify(list).slice(0, 80));
  }
  gateway.failNext({
    path: '/v3/bill/sub-merchant-fundflowbill',
    kind: 'members',
    members: { download_bill_list: [], download_bill_count: 0 },
  });
  const none = await errorOf(sub());
  assert.deepEqual([none.code, none.err_code, none.outcome], ['ERR_FAILED', 'NO_STATEMENT_EXIST', 'rejected']);
});

test('an address that is older than five minutes has no bill, and the error is that of its first row', async () => {
  const bill = await sub();
  await clock.advance(300_001);
  const error = await errorOf(rowsOf(bill));
  assert.deepEqual([error.code, error.status, error.outcome], ['ERR_FAILED', 400, 'rejected']);
  assert.match(error.err_code, /^INVALID_REQUEST$/);
  assert.ok(error.request_id);
});

/** A trade bill of many rows, piece by piece. */
function* largeBill(rows) {
  const cells = ['2026-07-25 10:00:00', options.appid, options.mchid, '', '', '4200001', 'order', OPENID, 'JSAPI'];
  const head = '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,订单金额\r\n';
  const line = `${[...cells, '1.00'].map((cell) => `\`${cell}`).join(',')}\r\n`;
  yield Buffer.from(head);
  const block = Buffer.from(line.repeat(1000));
  for (let at = 0; at < rows / 1000; at += 1) yield block;
  yield Buffer.from(`总交易单数,订单总金额\r\n\`${rows},\`${rows}.00\r\n`);
}

test('a bill of 300 000 rows is read in constant memory, encrypted and with its hash', async () => {
  const rows = 300_000;
  const [key, nonce, sha1] = ['k'.repeat(32), 'n'.repeat(12), createHash('sha1')];
  for (const piece of largeBill(rows)) sha1.update(piece);
  const sealed = publicEncrypt(
    { key: createPublicKey(merchantKeys.publicKey), oaepHash: 'sha1' },
    Buffer.from(key),
  ).toString('base64');
  const file = {
    hash_type: 'SHA1',
    hash_value: sha1.digest('hex'),
    download_url: 'https://x/v3/billdownload/file?token=1',
  };
  const list = [{ bill_sequence: 1, ...file, encrypt_key: sealed, nonce }];
  async function* encrypted() {
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    for (const piece of largeBill(rows)) yield cipher.update(piece);
    yield cipher.final();
    yield cipher.getAuthTag();
  }
  const fetch = async (url) => {
    if (url.includes('billdownload')) return new Response(ReadableStream.from(encrypted()));
    const body = JSON.stringify({ download_bill_count: 1, download_bill_list: list });
    return new Response(body, { headers: signedHeaders(body) });
  };
  const pay = new WechatPay({ ...options, sub_mchid: '1900013511', fetch });
  const bill = await pay.subMerchantFundFlowBill({ bill_date: '2026-07-25', ...SUB_BILL });
  const before = process.memoryUsage();
  let [count, most] = [0, 0];
  for await (const row of bill) {
    assert.equal(row.交易类型, 'JSAPI');
    count += 1;
    if (count % 50_000 === 0) {
      const { arrayBuffers, external } = process.memoryUsage();
      most = Math.max(most, arrayBuffers + external - before.arrayBuffers - before.external);
    }
  }
  assert.deepEqual([count, bill.summary.总交易单数, bill.differences], [rows, String(rows), []]);
  assert.ok(most < 64 * 1024 ** 2, `${most} bytes outside the heap`);
});
