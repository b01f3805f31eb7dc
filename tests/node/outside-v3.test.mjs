// Three public clients of APIv3, which run an order against the gateway over TLS and open its notices.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import { serialOf } from './gateway-v3-support.mjs';
import { startPython } from './outside-python-support.mjs';
import { start, stopClients } from './outside-support.mjs';
import { API_V3_KEY, ids, notice, ORDER, PUBLIC_ID, wechatKeys } from './v3-support.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const { dependencies } = JSON.parse(read('outside/package.json'));
const versioned = (name) => `${name} ${dependencies[name]}`;
const [AXIOS, NODE] = ['wechatpay-axios-plugin', 'wechatpay-node-v3'].map(versioned);
const PYTHON = read('outside/requirements.txt')
  .match(/^wechatpayv3==.*$/m)[0]
  .replace('==', ' ');
const ALL = [AXIOS, NODE, PYTHON];

const BY_NUMBER = '/v3/pay/transactions/out-trade-no/{out_trade_no}';
// The clients sign with the time of this machine.
const clock = createManualClock(Date.now());
const events = [];
const gateway = createGateway({
  merchants: [{ appid: ids.appid, mch_id: ids.mchid, apiV3Key: API_V3_KEY }],
  clock,
  onEvent: (event) => events.push(event),
});
/** The clients by their names. */
const clients = {};

before(async () => {
  const { baseUrls, privateKey, certificate, wechatpayKeys } = await gateway.client(ids.mchid, { api: 'v3' });
  // Each client also trusts a key of this test, which signs what the gateway does not send.
  const keys = { ...wechatpayKeys, [PUBLIC_ID]: wechatKeys.publicKey };
  const config = {
    ...{ ...ids, host: baseUrls[0], privateKey, certificate, serial: serialOf(certificate), apiV3Key: API_V3_KEY },
    ...{ keys, keyId: Object.keys(wechatpayKeys)[0], byHandId: PUBLIC_ID },
  };
  const started = await Promise.all([
    start(gateway, 'outside/wechatpay-axios-plugin-v3.mjs', config),
    start(gateway, 'outside/wechatpay-node-v3.mjs', config),
    startPython(gateway, 'outside/wechatpayv3_client.py', config),
  ]);
  ALL.forEach((name, at) => {
    clients[name] = started[at];
  });
});

after(async () => {
  await gateway.close();
  await stopClients();
});

/** A number of this client. */
const numberOf = (client, suffix) => `${client.split(' ')[0].slice(9)}-${suffix}`;

/** Places an order and returns the payment on the phone. */
const place = (client, out_trade_no) =>
  clients[client].ask('place', {
    ...{ description: '腾讯-游戏', out_trade_no, notify_url: `${clients[client].noticeUrl}/verified` },
    ...{ amount: { total: 88, currency: 'CNY' }, payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' } },
  });

const query = (client, out_trade_no) => clients[client].ask('query', out_trade_no);

/** The last notice that the gateway sent. */
async function lastNotice() {
  await gateway.idle();
  return gateway.notices().at(-1);
}

/** Posts a notice to the client. Returns what the client found, or the words of its refusal. */
async function post(client, path, { headers, body }) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
  const answer = await fetch(`${clients[client].noticeUrl}${path}`, init);
  const text = await answer.text();
  return answer.status === 200 ? JSON.parse(text) : { refused: text };
}

const secondsAgo = (seconds) => Math.floor(Date.now() / 1000) - seconds;

/** A notice that this test signs now, as WeChat does; `headers` and the rest as in `notice`. */
const byHand = ({ headers, resource = ORDER, ...how } = {}) =>
  notice(resource, { ...how, headers: { seconds: secondsAgo(0), ...headers } });

test(`${NODE} opens no notice of the public key until that is in a map which all its merchants share`, async () => {
  const refused = await post(NODE, '/by-hand', byHand());
  assert.match(refused.refused, /平台证书/);
  await clients[NODE].ask('trust');
  assert.deepEqual(await post(NODE, '/by-hand', byHand()), ORDER);
});

for (const client of ALL) {
  test(`${client} orders, pays, queries, refunds and closes, and opens both notices`, async () => {
    const { ask, noticeUrl } = clients[client];
    const out_trade_no = numberOf(client, 'whole');
    assert.deepEqual(await gateway.pay(await place(client, out_trade_no)), { errMsg: 'requestPayment:ok' });
    const paid = await lastNotice();
    assert.deepEqual([paid.out_trade_no, paid.accepted], [out_trade_no, true]);
    const found = await query(client, out_trade_no);
    assert.deepEqual([found.trade_state, found.amount.total], ['SUCCESS', 88]);
    const refund = { out_trade_no, out_refund_no: `${out_trade_no}-R`, notify_url: `${noticeUrl}/verified` };
    const { status } = await ask('refund', { ...refund, amount: { total: 88, refund: 8, currency: 'CNY' } });
    assert.equal(status, 'PROCESSING');
    await clock.advance(1000);
    const refunded = await lastNotice();
    assert.deepEqual([refunded.out_refund_no, refunded.accepted], [refund.out_refund_no, true]);
    assert.match(refunded.attempts[0].answer, /"refund_status": ?"SUCCESS"/, 'decrypted');
    assert.equal((await ask('refundQuery', refund.out_refund_no)).status, 'SUCCESS');
    const unpaid = numberOf(client, 'unpaid');
    await place(client, unpaid);
    await ask('close', unpaid);
    assert.equal((await query(client, unpaid)).trade_state, 'CLOSED');
    await assert.rejects(ask('close', out_trade_no), /400 .*ORDER_PAID/);
  });

  test(`${client} refuses a probe and forged notices, and says of neither which it is`, async () => {
    const out_trade_no = numberOf(client, 'whole');
    const words = async (record) => {
      const { accepted, attempts } = await record;
      assert.equal(accepted, false);
      return attempts[0].answer;
    };
    const probe = await words(gateway.probe({ out_trade_no }));
    for (const forgery of ['another key', 'changed amount'])
      assert.equal(await words(gateway.forgeNotice({ out_trade_no }, forgery)), probe, forgery);
    await words(gateway.forgeNotice({ out_trade_no }, 'no signature'));
  });
}

// What they get wrong themselves. The gateway does as WeChat does, and so these are true.

for (const client of ALL) {
  test(`${client} accepts an answer about another order of another merchant`, async () => {
    gateway.failNext({ kind: 'members', path: BY_NUMBER, members: { out_trade_no: 'another', mchid: '1' } });
    const { out_trade_no, mchid } = await query(client, numberOf(client, 'whole'));
    assert.deepEqual([out_trade_no, mchid], ['another', '1']);
  });

  test(`${client} opens a notice of last year, of tomorrow, and one whose time is in milliseconds`, async () => {
    const year = 365 * 24 * 3600;
    for (const seconds of [secondsAgo(301), secondsAgo(year), secondsAgo(-24 * 3600), Date.now()])
      assert.deepEqual(await post(client, '/by-hand', byHand({ headers: { seconds } })), ORDER);
  });

  test(`${client} opens a notice that pays another merchant`, async () => {
    const resource = { ...ORDER, mchid: '1', appid: 'wx1' };
    assert.deepEqual(await post(client, '/by-hand', byHand({ resource })), resource);
  });

  test(`${client} reads the last of two amounts with one name`, async () => {
    const plain = JSON.stringify(ORDER).replace(/}$/, ',"amount":{"total":1}}');
    assert.deepEqual((await post(client, '/by-hand', byHand({ plain }))).amount, { total: 1 });
  });

  test(`${client} verifies a signature that has other characters than base64 in it`, async () => {
    const { headers, body } = byHand();
    const spoilt = { ...headers, 'Wechatpay-Signature': headers['Wechatpay-Signature'].replace(/^.{9}/, '$&!!') };
    assert.deepEqual(await post(client, '/by-hand', { headers: spoilt, body }), ORDER);
  });
}

for (const client of [AXIOS, PYTHON]) {
  test(`${client} refuses an answer whose signature is wrong or missing, but not with the hint that it is done`, async () => {
    for (const signature of ['wrong', 'none']) {
      const out_trade_no = numberOf(client, signature);
      await place(client, out_trade_no);
      gateway.failNext({ kind: 'members', path: `${BY_NUMBER}/close`, signature });
      const { message } = await clients[client].ask('close', out_trade_no).then(
        () => assert.fail(signature),
        (error) => error,
      );
      assert.match(message, /EV3_RES_HEADER|failed to verify the signature|does not support this algorithm: $/);
      assert.doesNotMatch(message, /query|unknown|may have/i);
      assert.equal((await query(client, out_trade_no)).trade_state, 'CLOSED');
    }
  });
}

for (const client of [NODE, PYTHON]) {
  test(`${client} signs another path than it sends where a number has |, and its query is refused`, async () => {
    const out_trade_no = numberOf(client, 'a|b');
    await place(client, out_trade_no);
    await assert.rejects(query(client, out_trade_no), /401 .*SIGN_ERROR.*a%7Cb/);
  });

  test(`${client} calls WeChat Pay for each notice that names an unknown key, whoever sent it`, async () => {
    const path = '/v3/certificates';
    gateway.failNext({ kind: 'page', path, times: 2 });
    events.length = 0;
    const headers = { ...byHand().headers, 'Wechatpay-Serial': 'ABCDEF', 'Wechatpay-Signature': 'none' };
    for (const body of ['{}', 'no JSON']) assert.ok((await post(client, '/by-hand', { headers, body })).refused);
    const calls = events.filter((event) => event.type === 'fault' && event.path === path);
    assert.equal(calls.length, 2);
  });
}

for (const client of [AXIOS, NODE]) {
  test(`${client} decrypts forged notices, since its decryption asks for no signature`, async () => {
    const out_trade_no = numberOf(client, 'whole');
    for (const [forgery, total] of Object.entries({ 'another key': 88, 'changed amount': 89, 'no signature': 88 })) {
      const { body, attempts } = await gateway.forgeNotice({ out_trade_no }, forgery);
      assert.equal((await post(client, '/decrypted', { headers: attempts[0].headers, body })).amount.total, total);
    }
  });

  test(`${client} opens a notice that names the algorithms SM2 and SM4`, async () => {
    const headers = { 'Wechatpay-Signature-Type': 'WECHATPAY2-SM2-WITH-SM3' };
    const chinese = byHand({ headers, change: { algorithm: 'AEAD_SM4_GCM' } });
    assert.deepEqual(await post(client, '/by-hand', chinese), ORDER);
  });
}

test(`${PYTHON} refuses a genuine notice without Wechatpay-Signature-Type, which means RSA`, async () => {
  const { headers, body } = byHand();
  const { 'Wechatpay-Signature-Type': _type, ...untyped } = headers;
  assert.match((await post(PYTHON, '/by-hand', { headers: untyped, body })).refused, /support this algorithm: $/);
});

test(`${NODE} accepts an answer whose signature is wrong or missing`, async () => {
  for (const signature of ['wrong', 'none']) {
    gateway.failNext({ kind: 'members', path: BY_NUMBER, signature, members: { trade_state: 'SUCCESS' } });
    assert.equal((await query(NODE, numberOf(NODE, 'unpaid'))).trade_state, 'SUCCESS');
  }
});

test(`${NODE} decrypts without its tag: whoever has a notice can change its amount without a key`, async () => {
  const { headers, body } = byHand();
  const envelope = JSON.parse(body);
  const bytes = Buffer.from(envelope.resource.ciphertext, 'base64');
  const [before] = JSON.stringify(ORDER).split('100,');
  bytes[Buffer.byteLength(before)] ^= '1'.charCodeAt(0) ^ '9'.charCodeAt(0);
  envelope.resource.ciphertext = bytes.toString('base64');
  const { amount } = await post(NODE, '/decrypted', { headers, body: JSON.stringify(envelope) });
  assert.deepEqual(amount, { ...ORDER.amount, total: 900 });
  const { refused } = await post(AXIOS, '/decrypted', { headers, body: JSON.stringify(envelope) });
  assert.match(refused, /unable to authenticate data/);
});

test(`${NODE} decrypts with a wrong APIv3 key to a text of noise, and throws nothing`, async () => {
  const noise = await post(NODE, '/by-hand', byHand({ key: 'f'.repeat(32) }));
  assert.equal(typeof noise, 'string');
  assert.match((await post(AXIOS, '/by-hand', byHand({ key: 'f'.repeat(32) }))).refused, /unable to authenticate data/);
});

test(`${NODE} cannot open a genuine notice without associated_data`, async () => {
  const without = byHand({ associated_data: '', change: { associated_data: undefined } });
  assert.match((await post(NODE, '/by-hand', without)).refused, /TypeError/);
  for (const client of [AXIOS, PYTHON]) assert.deepEqual(await post(client, '/by-hand', without), ORDER);
});

test(`${NODE} returns a connection that ended as an answer without a status`, async () => {
  gateway.failNext({ kind: 'reset', path: BY_NUMBER });
  const answer = await clients[NODE].ask('raw', 'query', { out_trade_no: numberOf(NODE, 'whole') });
  assert.deepEqual([answer.status, answer.error], [undefined, undefined]);
});

test(`${NODE} fetches the platform certificates, and opens a notice that one of them has signed`, async () => {
  gateway.keyPhase(ids.mchid, 'certificate');
  try {
    const out_trade_no = numberOf(NODE, 'certificate');
    await gateway.pay(await place(NODE, out_trade_no));
    const paid = await lastNotice();
    assert.deepEqual([paid.out_trade_no, paid.accepted], [out_trade_no, true]);
    const fetched = gateway.calls().filter(({ path, status }) => path === '/v3/certificates' && status === 200);
    assert.equal(fetched.length, 1);
  } finally {
    gateway.keyPhase(ids.mchid, 'public key');
  }
});
