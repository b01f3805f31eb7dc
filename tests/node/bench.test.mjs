// The checks of the bench: each operation is verified, and one under its bar is reported. No time is asserted here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contestants, contestantsV3 } from '../bench/contestants.mjs';
import { messages, orderOf } from '../bench/messages.mjs';
import * as messagesV3 from '../bench/messages-v3.mjs';
import { operations } from '../bench/operations.mjs';
import { operationsV3 } from '../bench/operations-v3.mjs';
import { plot } from '../bench/plot.mjs';
import * as raw from '../bench/raw.mjs';
import { bars, fallen, KEPT } from '../bench/verdict.mjs';

const measured = operations({ rows: 100 });
const isBuiltIn = (name) => ['paysign', 'by-hand'].includes(name);
const [ours, byHand] = await contestants(isBuiltIn);
const allV3 = await contestantsV3(isBuiltIn);

test('the bench has its operations and its bars', () => {
  const ids = [...measured, ...operationsV3].map(({ id }) => id);
  assert.ok(ids.length >= 11, `${ids}`);
  for (const id of ids) assert.equal(bars.filter((bar) => bar.id === id).length, 1, id);
});

test('every operation of the bench has the right result, ours as well as by hand', async () => {
  for (const { methods } of [ours, byHand]) {
    for (const { id, run, check } of measured) {
      await check(methods);
      assert.ok(run(methods)(), `${id}`);
    }
  }
});

test('every operation of APIv3 has the right result, ours as well as by hand', async () => {
  assert.equal(allV3.length, 2);
  for (const { methods, fetch } of allV3) {
    for (const { id, run, check } of operationsV3) {
      await check(methods, fetch);
      assert.ok(await run(methods)(), id);
    }
  }
});

test('a contestant of APIv3 that verifies nothing, or signs something else, is not measured', async () => {
  const { fetch, methods } = allV3[0];
  const careless = {
    order: (params) => methods.order(params).catch(() => messagesV3.prepay_id),
    requestPayment: async (prepay_id) => ({ ...(await methods.requestPayment(prepay_id)), timeStamp: '1785028800' }),
    openNotice: () => ({ resource: messagesV3.paid }),
  };
  for (const { id, check } of operationsV3) await assert.rejects(check(careless, fetch), undefined, id);
});

test('the module alone signs and reads, called as the bench calls it', () => {
  const { key, payments } = messages;
  const order = orderOf('HMAC-SHA256');
  const packed = raw.packed(order, key);
  const values = raw.writeParams(packed, packed.text);
  const said = raw.good(raw.wasm.sign(values, packed.list.length, 3));
  assert.equal(raw.readPlain(said >> 1), byHand.methods.sign(order, key, 'HMAC-SHA256'));
  const options = Buffer.from([key, 'MD5', '', '', '', '', '', '', ''].join('\0'));
  const open = (text) =>
    raw.wasm.openNotify(raw.writeBytes(options), raw.writeBytes(Buffer.from(text), options.length));
  assert.match(raw.readPlain(raw.good(open(payments.MD5)) >> 1), /1004400740201409030005092168/);
  raw.refused(open(payments.MD5.slice(0, -1)));
});

test('a contestant that takes what is forged, or signs something else, is not measured', async () => {
  const careless = {
    ...byHand.methods,
    openPayment: (xml) => byHand.methods.readXml(xml),
    sign: (params, key) => byHand.methods.sign({ ...params, nonce_str: '' }, key, 'MD5'),
    signedXml: () => byHand.methods.signedXml(orderOf('MD5'), 'k'.repeat(32), 'MD5'),
    requestPayment: (options) => byHand.methods.requestPayment({ ...options, prepay_id: 'another' }),
    openRefund: (xml) => byHand.methods.readXml(xml),
    parseBill: () => ({ rows: [], summary: {} }),
  };
  for (const { id, check } of measured) await assert.rejects(check(careless), undefined, id);
  assert.equal(byHand.methods.readXml(messages.payments.MD5).total_fee, '100');
});

test('an operation falls when it is under its share of the bar, and when it has no figure', () => {
  const kept = Object.fromEntries(bars.map(({ id, bar }) => [id, bar * KEPT + 0.001]));
  assert.deepEqual(fallen(kept), []);
  for (const { id, bar } of bars) {
    assert.equal(fallen({ ...kept, [id]: bar * KEPT - 0.001 }).length, 1, id);
    assert.equal(fallen({ ...kept, [id]: undefined }).length, 1, id);
  }
});

test('a bar under its goal has a reason', () => {
  // The goals of new processes are in milliseconds, and their bars are ratios.
  for (const { id, goal, bar, why } of bars.filter(({ id }) => !['h', 'j', 'm', 'n'].includes(id)))
    assert.ok(bar === goal || (bar < goal && why), id);
});

test('a picture has every point of every line inside its frame, and escapes its words', () => {
  const lines = [
    {
      name: 'a & <b>',
      points: [
        [1, 10],
        [10, 100],
        [1000, 1e6],
      ],
    },
    { name: 'c', points: [[1, 5]] },
  ];
  const svg = plot({
    title: 't',
    x: 'x',
    y: 'y',
    lines,
    ticks: [1, 1000],
    formatX: String,
    formatY: String,
    guide: 'g',
  });
  const circles = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
  assert.equal(circles.length, 4);
  const [, width, height] = svg.match(/viewBox="0 0 (\d+) (\d+)"/).map(Number);
  for (const [x, y] of circles) assert.ok(x > 0 && x < width && y > 0 && y < height, `${x} ${y}`);
  assert.match(svg, /a &amp; &lt;b>/);
});
