// The tests of timing of the published package: verifying a forged signature, and the gateway's reading.
// `npm run timing` runs it, and `npm test` does not.
//
// Half of the signatures have a wrong first character, half a wrong last one. They are verified in random order, and the slowest third
// is dropped. Welch's t compares the rest. A busy machine can disturb one measurement, but a leak shows in each: |t| must be under the
// threshold once. A comparison that stops early is measured in the same way and must not be. It proves that the measurement sees a leak.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openNotify, sign, verify } from 'paysign';
import { createGateway } from 'paysign/testing';
import { floods } from './floods-support.mjs';
import { callRaw, shop } from './gateway-support.mjs';
import { random } from './random-support.mjs';

const THRESHOLD = 4.5;
const SAMPLES = 60_000;
const TRIES = 5;

/** A comparison as many write it: the right signature, then character by character until one differs. */
function stopsEarly(params, key, signType) {
  const right = sign(params, key, signType);
  for (let place = 0; place < right.length; place += 1) if (right[place] !== params.sign[place]) return false;
  return params.sign.length === right.length;
}

/** |t| between the two kinds of forged signatures. */
function measure(judge, signType, below) {
  const params = { appid: shop.appid, out_trade_no: '1', total_fee: '100', sign: '' };
  const right = Buffer.from(sign(params, shop.key, signType), 'latin1');
  const samples = [];
  for (let turn = 0; turn < SAMPLES; turn += 1) {
    const isLast = below(2) === 1;
    const place = isLast ? right.length - 1 : 0;
    const character = right[place];
    right[place] = character === 0x30 ? 0x31 : 0x30;
    // A text of its own for each, since the place in memory would make a difference too.
    params.sign = right.latin1Slice();
    right[place] = character;
    const start = process.hrtime.bigint();
    const verified = judge(params, shop.key, signType);
    const took = Number(process.hrtime.bigint() - start);
    assert.equal(verified, false, `turn ${turn}`);
    samples.push({ took, isLast });
  }
  samples.sort((one, other) => one.took - other.took);
  const quick = samples.slice(0, (SAMPLES * 2) / 3);
  return welch(...[true, false].map((kind) => quick.filter(({ isLast }) => isLast === kind).map(({ took }) => took)));
}

/** Welch's t of two groups, without its sign. */
function welch(...groups) {
  const [one, other] = groups.map((group) => {
    const mean = group.reduce((sum, value) => sum + value, 0) / group.length;
    const variance = group.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (group.length - 1);
    return { mean, error: variance / group.length };
  });
  return Math.abs(one.mean - other.mean) / Math.sqrt(one.error + other.error);
}

/** The smallest of several measurements; the first under the threshold is enough. */
function leastOf(judge, signType, below) {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < TRIES && least >= THRESHOLD; tries += 1)
    least = Math.min(least, measure(judge, signType, below));
  return least;
}

for (const signType of ['MD5', 'HMAC-SHA256']) {
  test(`the time of verifying a signature with ${signType} does not show the wrong place; that of an early stop does`, () => {
    const below = random(20240805);
    const [ours, early] = [leastOf(verify, signType, below), measure(stopsEarly, signType, below)];

    assert.ok(ours < THRESHOLD, `|t| is ${ours.toFixed(1)}, not under ${THRESHOLD}`);
    assert.ok(
      early >= THRESHOLD,
      `the measurement does not see a comparison that stops early: |t| is ${early.toFixed(1)}`,
    );
  });
}

test('the gateway answers bodies made to be slow within a second each', async () => {
  for (const [what, body] of floods()) {
    const gateway = createGateway({ merchants: [shop] });
    const startMs = performance.now();
    await callRaw(gateway, '/pay/unifiedorder', body);
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs < 1000, `${what} took ${tookMs} ms`);
  }
});

test('a notice that is too large is refused within 50 ms, since nothing of it is read', () => {
  for (const body of [new Uint8Array(50_000_000), 'x'.repeat(5e7)]) {
    const startMs = performance.now();
    assert.throws(() => openNotify(body, { key: shop.key }), { code: 'ERR_XML' }, typeof body);
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs < 50, `${typeof body} took ${tookMs} ms`);
  }
});
