// The notice handler: acknowledged and refused notices, and exactly one call of the shop's listener.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { memoryStore, WxPayError } from 'paysign';
import { otherShop, signByHand } from './gateway-support.mjs';
import {
  ACCEPT,
  assertRefusedWords,
  countingShop,
  FEN,
  failedNotice,
  forgedNotice,
  gate,
  hand,
  key,
  NOTICE,
  paidNotice,
  pay,
  refundNotice,
  requestOf,
  until,
} from './notices-support.mjs';

test('a genuine notice is acknowledged as WeChat expects, after its listener has ended', async () => {
  const { opened, open } = gate();
  const seen = [];
  const { handler, calls } = countingShop({ onPaid: (notice) => opened.then(() => seen.push(notice)) });
  const answer = handler(requestOf(paidNotice()));
  assert.equal(await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 20, 'waiting'))]), 'waiting');
  open();
  const response = await answer;
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /^text\/xml/);
  assert.equal(await response.text(), ACCEPT);
  const [{ kind, paid, total_fee, transaction_id, fields }] = seen;
  assert.deepEqual([kind, paid, total_fee, transaction_id], ['payment', true, FEN, NOTICE.transaction_id]);
  assert.equal(fields.attach, NOTICE.attach);
  assert.deepEqual(calls.refused, []);
});

test('a repeated notice is acknowledged without a second call', async () => {
  const { handler, calls } = countingShop();
  for (let time = 0; time < 5; time++)
    assert.deepEqual(await hand(handler, paidNotice()), { status: 200, text: ACCEPT }, `time ${time}`);
  assert.equal((await hand(handler, paidNotice('a2'))).text, ACCEPT);
  assert.deepEqual(calls.paid, ['a1', 'a2']);
});

test('of a hundred notices at once one is delivered, and the others are busy or done', async () => {
  const { opened, open } = gate();
  const { handler, calls, codes } = countingShop({ onPaid: () => opened });
  const answers = Array.from({ length: 100 }, () => hand(handler, paidNotice()));
  await until(() => calls.refused.length === 99);
  open();
  const texts = (await Promise.all(answers)).map(({ text }) => text);
  assert.deepEqual([texts.filter((text) => text === ACCEPT).length, calls.paid], [1, ['a1']]);
  for (const text of texts.filter((text) => text !== ACCEPT)) assertRefusedWords(text);
  assert.deepEqual([...new Set(codes())], ['ERR_BUSY']);
  assert.equal((await hand(handler, paidNotice())).text, ACCEPT);
  assert.equal(calls.paid.length, 1);
});

test('what is no notice is refused in the same words whatever was wrong, and the operator learns the reason', async () => {
  const get = new Request('http://shop.example/', { method: 'GET' });
  const long = `${paidNotice()}${' '.repeat(65536)}`;
  const rows = [
    ['no method of notices', get, 405, 'ERR_HTTP', /GET/],
    ['a method with a body', new Request('http://a/', { method: 'PUT', body: paidNotice() }), 405, 'ERR_HTTP', /PUT/],
    ['compressed', requestOf(paidNotice(), { headers: { 'content-encoding': 'gzip' } }), 415, 'ERR_HTTP', /gzip/],
    ['too long', requestOf(long), 413, 'ERR_XML', /65536/],
    ['too long by its head', requestOf('x', { headers: { 'content-length': '65537' } }), 413, 'ERR_XML', /65536/],
    ['forged', forgedNotice(), 200, 'ERR_SIGNATURE'],
    ['for another app', paidNotice('a1', { appid: otherShop.appid }), 200, 'ERR_MISMATCH', /appid/],
    ['for another merchant', paidNotice('a1', { mch_id: otherShop.mch_id }), 200, 'ERR_MISMATCH', /mch_id/],
    ['not an amount', paidNotice('a1', { total_fee: '1.00' }), 200, 'ERR_MISMATCH', /total_fee/],
    ['no XML', '{"a":1}', 200, 'ERR_XML'],
    ['nothing', '', 200, 'ERR_XML'],
    ['no UTF-8', Buffer.from(paidNotice(), 'utf16le'), 200, 'ERR_XML'],
    ['a refund of another key', refundNotice({}, { ...pay, key: otherShop.key }), 200, 'ERR_DECRYPT'],
  ];
  for (const [what, request, status, code, message = /./] of rows) {
    const { handler, calls } = countingShop();
    const answer = await hand(handler, request);
    assert.equal(answer.status, status, what);
    assertRefusedWords(answer.text);
    const [{ error, request: rejected }] = calls.refused;
    assert.ok(error instanceof WxPayError, what);
    assert.deepEqual([calls.refused.length, error.code], [1, code], what);
    assert.match(error.message, message, what);
    assert.equal(rejected.notice, undefined, what);
    assert.deepEqual([calls.paid, calls.refunded, calls.failed], [[], [], []], what);
  }
});

test('a refused request is reported with its method, its headers and, where it is genuine, its notice', async () => {
  const { handler, calls } = countingShop({ findOrder: () => undefined });
  await handler(requestOf(paidNotice(), { headers: { 'x-forwarded-for': '192.0.2.1' } }));
  const [{ request }] = calls.refused;
  assert.deepEqual(
    [request.method, request.header('x-forwarded-for'), request.header('x')],
    ['POST', '192.0.2.1', undefined],
  );
  assert.equal(request.notice.out_trade_no, 'a1');
});

test('when the listener throws or rejects, the notice is refused, and the next one calls it again', async () => {
  const reason = new Error('the database is away');
  for (const fail of [() => Promise.reject(reason), () => assert.fail(reason)]) {
    let broken = true;
    const { handler, calls, codes } = countingShop({ onPaid: () => (broken ? fail() : undefined) });
    assertRefusedWords((await hand(handler, paidNotice())).text);
    assertRefusedWords((await hand(handler, paidNotice())).text);
    broken = false;
    assert.equal((await hand(handler, paidNotice())).text, ACCEPT, String(fail));
    assert.deepEqual([calls.paid.length, codes()], [3, ['ERR_LISTENER', 'ERR_LISTENER']], String(fail));
    assert.equal(calls.refused[0].error.cause, reason, String(fail));
    assert.equal(calls.refused[0].request.notice.out_trade_no, 'a1', String(fail));
  }
});

test('a listener that ends well after its time counts: the next notice is acknowledged without a second call', async () => {
  const { opened, open } = gate();
  const signals = [];
  const inner = memoryStore();
  const done = [];
  const store = { ...inner, done: (id) => inner.done(id).then(() => void done.push(id)) };
  const { handler, calls, codes } = countingShop({
    store,
    timeoutMs: 30,
    onPaid: (_notice, context) => opened.then(void signals.push(context.signal)),
  });
  assertRefusedWords((await hand(handler, paidNotice())).text);
  assert.deepEqual([codes(), signals[0].aborted, signals[0].reason.code], [['ERR_TIMEOUT'], true, 'ERR_TIMEOUT']);
  assertRefusedWords((await hand(handler, paidNotice())).text);
  assert.deepEqual(codes(), ['ERR_TIMEOUT', 'ERR_BUSY']);
  open();
  await until(() => done.length === 1);
  assert.equal((await hand(handler, paidNotice())).text, ACCEPT);
  assert.deepEqual(calls.paid, ['a1']);
});

test('a listener that throws after its time is reported too, and the next notice calls it again', async () => {
  const { opened, fail } = gate();
  const { handler, calls, codes } = countingShop({
    timeoutMs: 30,
    onPaid: () => (calls.paid.length === 1 ? opened : undefined),
  });
  assertRefusedWords((await hand(handler, paidNotice())).text);
  fail(new Error('rolled back'));
  await until(() => calls.refused.length === 2);
  assert.deepEqual(codes(), ['ERR_TIMEOUT', 'ERR_LISTENER']);
  assert.equal((await hand(handler, paidNotice())).text, ACCEPT);
  assert.equal(calls.paid.length, 2);
});

test('every claim has its own token, whichever handler makes it', async () => {
  const tokens = [];
  const memory = memoryStore();
  const store = { ...memory, claim: (id, token, ttlMs) => memory.claim(id, tokens.push(token) && token, ttlMs) };
  for (const { handler } of [countingShop({ store }), countingShop({ store })]) {
    for (let time = 0; time < 3; time += 1)
      assert.equal((await hand(handler, paidNotice())).text, ACCEPT, `time ${time}`);
  }
  assert.equal(new Set(tokens).size, 6);
  for (const token of tokens) assert.match(token, /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}:\d+$/, token);
});

test('a claim that comes after the time is released, and the listener is not called', async () => {
  const { opened, open } = gate();
  const memory = memoryStore();
  const store = { ...memory, claim: (...claim) => opened.then(() => memory.claim(...claim)) };
  const { handler, calls } = countingShop({ store, timeoutMs: 30 });
  assertRefusedWords((await hand(handler, paidNotice())).text);
  open();
  await until(async () => (await hand(handler, paidNotice())).text === ACCEPT);
  assert.deepEqual(calls.paid, ['a1']);
});

test('a delivered notice is acknowledged although the store cannot remember it, and the operator gets the error', async () => {
  const failing = { done: () => Promise.reject(new Error('read only')) };
  const hanging = { done: () => new Promise(() => {}) };
  for (const [broken, message] of [
    [failing, /could not remember/],
    [hanging, /within 40 ms/],
  ]) {
    const { handler, calls, codes } = countingShop({ store: { ...memoryStore(), ...broken }, timeoutMs: 40 });
    assert.equal((await hand(handler, paidNotice())).text, ACCEPT, String(message));
    assert.deepEqual([calls.paid, codes()], [['a1'], ['ERR_STORE']], String(message));
    assert.match(calls.refused[0].error.message, message, String(message));
    assertRefusedWords((await hand(handler, paidNotice())).text);
    assert.deepEqual([calls.paid, codes()], [['a1'], ['ERR_STORE', 'ERR_BUSY']], 'not until the claim has run out');
  }
});

test('without a store that answers nothing is delivered, and WeChat comes again', async () => {
  const stores = {
    fails: { claim: () => Promise.reject(new Error('connection refused')) },
    throws: { claim: () => assert.fail('connection refused') },
    'says nothing known': { claim: async () => 'OK' },
  };
  for (const [what, broken] of Object.entries(stores)) {
    const { handler, calls, codes } = countingShop({ store: { ...memoryStore(), ...broken } });
    assertRefusedWords((await hand(handler, paidNotice())).text);
    assert.deepEqual([calls.paid, codes()], [[], ['ERR_STORE']], what);
  }
});

test('a failed release is reported besides the reason, and the claim runs out', async () => {
  const store = { ...memoryStore(), release: () => Promise.reject(new Error('away')) };
  let broken = true;
  const onPaid = () => (broken ? assert.fail('no') : undefined);
  const { handler, calls, codes } = countingShop({ store, timeoutMs: 20, claimMs: 50, onPaid });
  assertRefusedWords((await hand(handler, paidNotice())).text);
  assert.deepEqual(codes().sort(), ['ERR_LISTENER', 'ERR_STORE']);
  broken = false;
  await until(async () => (await hand(handler, paidNotice())).text === ACCEPT);
  assert.equal(calls.paid.length, 2);
});

test('a genuine notice of a failed payment is delivered as one, or refused without a listener', async () => {
  const { handler, calls } = countingShop();
  for (let time = 0; time < 2; time++) assert.equal((await hand(handler, failedNotice())).text, ACCEPT, `time ${time}`);
  assert.deepEqual([calls.failed, calls.paid], [['SYSTEMERROR'], []]);
  assert.equal((await hand(handler, paidNotice())).text, ACCEPT, 'the same order, paid later');
  assert.deepEqual(calls.paid, ['a1']);
  const deaf = countingShop({ onFailed: undefined });
  assertRefusedWords((await hand(deaf.handler, failedNotice())).text);
  assert.equal(deaf.calls.refused[0].error.field, 'onFailed');
});

test('a refund notice is opened and delivered once for each piece of news, or refused without a listener', async () => {
  const { handler, calls } = countingShop();
  const closed = { refund_status: 'REFUNDCLOSE', success_time: undefined };
  for (const changes of [closed, closed, {}, {}, { out_refund_no: 'R2', refund_id: '50000408942018111907145868883' }]) {
    assert.equal((await hand(handler, refundNotice(changes))).text, ACCEPT, JSON.stringify(changes));
  }
  assert.deepEqual(calls.refunded, ['R1 REFUNDCLOSE', 'R1 SUCCESS', 'R2 SUCCESS']);
  const deaf = countingShop({ onRefund: undefined });
  assertRefusedWords((await hand(deaf.handler, refundNotice())).text);
  assert.equal(deaf.calls.refused[0].error.field, 'onRefund');
});

test('the unencrypted part of a refund notice makes no second piece of news', async () => {
  const { handler, calls } = countingShop();
  const body = refundNotice();
  const outside = ['sub_mch_id>1900000201', 'sub_mch_id>1900000202', 'sub_appid>wx1', 'refund_status>CHANGE'];
  const copies = outside.map((field) => body.replace('</xml>', `<${field}</${field.split('>')[0]}></xml>`));
  copies.push(body.replace('<nonce_str>n1', '<nonce_str>n2'));
  for (const copy of [body, ...copies]) assert.equal((await hand(handler, copy)).text, ACCEPT, copy);
  assert.deepEqual(calls.refunded, ['R1 SUCCESS']);
});

test('a notice that differs from the stored order is not delivered, nor one whose order is not there', async () => {
  const order = { out_trade_no: 'a1', total_fee: FEN, fee_type: null, state: 'NOTPAY' };
  const rows = [
    [order, paidNotice(), undefined],
    [{ ...order, total_fee: BigInt(FEN) }, paidNotice(), undefined],
    [{ ...order, total_fee: 1 }, paidNotice(), 'ERR_MISMATCH'],
    [{ ...order, out_trade_no: 'a2' }, paidNotice(), 'ERR_MISMATCH'],
    [{ ...order, fee_type: 'HKD' }, paidNotice(), 'ERR_MISMATCH'],
    [{ out_trade_no: 'a1' }, paidNotice(), 'ERR_PARAM'],
    [null, paidNotice(), 'ERR_MISMATCH'],
    [undefined, paidNotice(), 'ERR_MISMATCH'],
    [new Error('the database is away'), paidNotice(), 'ERR_LISTENER'],
    [{ ...order, total_fee: 1 }, failedNotice(), undefined],
    [{ ...order, fee_type: 'HKD' }, refundNotice(), undefined],
    [{ ...order, total_fee: 1 }, refundNotice(), 'ERR_MISMATCH'],
  ];
  for (const [stored, body, code] of rows) {
    const findOrder = async (out_trade_no, notice) => {
      assert.deepEqual(
        [out_trade_no, notice.total_fee],
        ['a1', FEN],
        `${stored?.total_fee} ${code} ${body.slice(0, 60)}`,
      );
      if (stored instanceof Error) throw stored;
      return stored;
    };
    const { handler, calls, codes } = countingShop({ findOrder });
    const { text } = await hand(handler, body);
    const delivered = calls.paid.length + calls.refunded.length + calls.failed.length;
    assert.deepEqual(
      [text === ACCEPT, delivered, codes()],
      code ? [false, 0, [code]] : [true, 1, []],
      `${stored?.total_fee} ${code} ${body.slice(0, 60)}`,
    );
  }
});

test('a Request with a used, broken, endless or slow body is answered, and its body is cancelled', async () => {
  const eaten = requestOf(paidNotice());
  await eaten.text();
  const locked = requestOf(paidNotice());
  locked.body.getReader();
  const cancelled = [];
  const stream = (pull, init) => requestOf(new ReadableStream({ pull, cancel: () => void cancelled.push(pull) }), init);
  const rows = [
    ['eaten', eaten, 200, 'ERR_XML', /read already/],
    ['locked', locked, 200, 'ERR_XML', /read already/],
    ['breaks off', stream((to) => to.error(new Error('reset'))), 200, 'ERR_XML', /connection closed/],
    ['never ends', stream((to) => to.enqueue(Buffer.alloc(9000, 'x'))), 413, 'ERR_XML', /65536/],
    [
      'slow',
      stream((to) => new Promise((next) => setTimeout(next, 15)).then(() => to.enqueue(Buffer.from('<')))),
      408,
      'ERR_TIMEOUT',
      /50 ms/,
    ],
    ['stands still', stream(() => new Promise(() => {})), 408, 'ERR_TIMEOUT', /50 ms/],
    ['compressed and never ends', stream(() => {}, { headers: { 'content-encoding': 'br' } }), 415, 'ERR_HTTP', /br/],
  ];
  for (const [what, request, status, code, message] of rows) {
    const { handler, calls } = countingShop({ timeoutMs: 50 });
    const answer = await hand(handler, request);
    assert.deepEqual([answer.status, calls.refused.length, calls.refused[0].error.code], [status, 1, code], what);
    assert.match(calls.refused[0].error.message, message, what);
    assertRefusedWords(answer.text);
  }
  await until(() => cancelled.length === 4);
});

test('any value in place of a Request is answered, and the operator learns how to mount the handler', async () => {
  for (const request of [undefined, null, {}, 'POST', { method: 'POST', headers: {}, body: {} }]) {
    const { handler, calls } = countingShop();
    const response = await handler(request);
    assertRefusedWords(await response.text());
    assert.match(calls.refused[0].error.message, /nodeHandler/, inspect(request));
  }
});

test('onRejected changes no answer, whatever it does', async () => {
  for (const onRejected of [
    () => assert.fail('no'),
    () => Promise.reject(new Error('no')),
    () => new Promise(() => {}),
  ]) {
    const { handler } = countingShop({ onRejected });
    assertRefusedWords((await hand(handler, forgedNotice())).text);
  }
});

test('without onRejected a refusal is one line on console.error, with the reason and without secrets', async (t) => {
  const lines = [];
  t.mock.method(console, 'error', (line) => lines.push(line));
  const onPaid = () => assert.fail('no such\ntable\u2028');
  const { handler } = countingShop({ onRejected: undefined, onPaid });
  const forged = forgedNotice();
  for (const body of [forged, '<xml><a\n>', paidNotice()]) await hand(handler, body);
  await hand(handler, new Request('http://a/', { method: 'DELETE' }));
  assert.equal(lines.length, 4);
  for (const line of lines) {
    assert.match(line, /^paysign: notice refused: ERR_[A-Z]+: [^\p{Cc}\u2028]+$/u, line);
    const fields = Object.fromEntries([...forged.matchAll(/<(\w+)>([^<]*)</g)].map(([, name, value]) => [name, value]));
    for (const secret of [key, signByHand(fields, key, 'HMAC-SHA256')]) assert.ok(!line.includes(secret), line);
  }
  assert.match(lines[2], /ERR_LISTENER.*no such table/);
});

test('listeners that cannot work are named before anything comes', () => {
  const onPaid = () => {};
  const rows = [
    [undefined, 'listeners'],
    [null, 'listeners'],
    [{}, 'onPaid'],
    [{ onPaid: 'x' }, 'onPaid'],
    [{ onPaid, onRefund: true }, 'onRefund'],
    [{ onPaid, onFailed: null }, 'onFailed'],
    [{ onPaid, onRejected: 1 }, 'onRejected'],
    [{ onPaid, findOrder: new Map() }, 'findOrder'],
    [{ onPaid, store: new Map() }, 'store'],
    [{ onPaid, store: null }, 'store'],
    [{ onPaid, timeoutMs: 0 }, 'timeoutMs'],
    [{ onPaid, timeoutMs: Number.POSITIVE_INFINITY }, 'timeoutMs'],
    [{ onPaid, timeoutMs: '5000' }, 'timeoutMs'],
    [{ onPaid, claimMs: 4999 }, 'claimMs'],
    [{ onPaid, timeoutMs: 60_000, claimMs: 30_000 }, 'claimMs'],
  ];
  for (const [listeners, field] of rows) {
    assert.throws(() => pay.notifyHandler(listeners), { name: 'WxPayError', code: 'ERR_CONFIG', field }, field);
  }
  for (const timeoutMs of [1, 60_000]) pay.notifyHandler({ onPaid, timeoutMs });
});
