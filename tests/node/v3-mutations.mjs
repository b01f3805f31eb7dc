// Mutated genuine messages through the built package: none is accepted as something that WeChat did not sign.
import assert from 'node:assert/strict';
import { createDecipheriv } from 'node:crypto';
import { inspect } from 'node:util';
import { WechatPay, WxPayError } from 'paysign/v3';
import { random } from './random-support.mjs';
import {
  DOUBLED,
  genuineNotices,
  headerOf,
  OF_BODY,
  OF_HEADERS,
  OF_RESOURCE,
  originOf,
  signedAgain,
  signedMessage,
} from './v3-mutants-support.mjs';
import { API_V3_KEY, ids, ORDER, options, REFUND } from './v3-support.mjs';

/** One genuine message comes for each 20 mutants, and one mutant of 25 is signed again. */
const [GENUINE_EVERY, SIGNED_EVERY] = [20, 25];

const UNSIGNED = Object.entries({ ...OF_BODY, ...OF_RESOURCE, ...DOUBLED, ...OF_HEADERS });
const SIGNED = Object.entries({ ...OF_BODY, ...OF_RESOURCE, ...DOUBLED });

/** A message with one to three things changed in it, and the words for them. */
function mutate(genuine, pool, changes, below) {
  let message = { ...genuine };
  const what = [];
  for (let times = [1, 1, 1, 2, 3][below(5)]; times > 0; times -= 1) {
    const [name, change] = changes[below(changes.length)];
    message = change(message, below, pool[below(pool.length)]);
    what.push(name);
  }
  return { ...message, what };
}

/** Counts the results. `told` is put before the words of a failure. */
function counter(told) {
  const counts = { mutants: 0, genuine: 0, signedAgain: 0, accepted: 0, refused: {}, changes: {} };
  return {
    counts,
    refused(error, codes, what) {
      assert.ok(error instanceof WxPayError && codes.includes(error.code), `${told()}: ${what}: ${inspect(error)}`);
      assert.ok(!error.message.includes(API_V3_KEY), `${told()}: the key is told`);
      counts.refused[error.code] = (counts.refused[error.code] ?? 0) + 1;
    },
  };
}

/** The shapes in which a server has headers. A record has no name twice. */
const SHAPES = [
  (pairs) => pairs,
  (pairs) => pairs.flat(),
  (pairs) => {
    const record = {};
    for (const [name, value] of pairs) {
      const own = name.toLowerCase();
      record[own] = record[own] === undefined ? value : [record[own], value].flat();
    }
    return record;
  },
];

/**
 * Opens mutants of genuine notices.
 * @param {number} count
 * @param {number} seed
 * @param {typeof WechatPay} [Client] the client of another entry
 */
export async function mutateNotices(count, seed, Client = WechatPay) {
  const [below, pool] = [random(seed), genuineNotices()];
  const pay = new Client(options);
  let index = 0;
  const { counts, refused } = counter(() => `seed ${seed}, notice ${index}`);
  const open = ({ headers, body }) => {
    // A text is taken only where it has the same bytes.
    const text = body.toString();
    const isText = below(4) === 0 && Buffer.from(text).equals(body);
    return pay.openNotify({ headers: SHAPES[below(3)](headers), body: isText ? text : body });
  };
  for (; index < count; index += 1) {
    const genuine = pool[below(pool.length)];
    if (index % GENUINE_EVERY === 0) {
      const { resource } = await open(genuine);
      assert.deepEqual(resource, genuine.resource, `seed ${seed}, notice ${index}: a genuine notice is another`);
      counts.genuine += 1;
    }
    const isSigned = index % SIGNED_EVERY === 0;
    const mutant = mutate(genuine, pool, isSigned ? SIGNED : UNSIGNED, below);
    const message = isSigned ? signedAgain(mutant) : mutant;
    const what = `seed ${seed}, notice ${index}: ${mutant.what.join(', ')}`;
    counts.mutants += 1;
    for (const name of mutant.what) counts.changes[name] = (counts.changes[name] ?? 0) + 1;
    const opened = await open(message).catch((error) => {
      const known = originOf(message, pool);
      // A message without a signature is refused for that, before anything of it is read.
      refused(
        error,
        isSigned || known ? ['ERR_SIGNATURE', 'ERR_JSON', 'ERR_DECRYPT', 'ERR_MISMATCH'] : ['ERR_SIGNATURE'],
        what,
      );
      return undefined;
    });
    if (opened === undefined) continue;
    counts.accepted += 1;
    if (isSigned) {
      counts.signedAgain += 1;
      assert.ok(mutant.what.length > 1 || !(mutant.what[0] in DOUBLED), `${what}: a member twice`);
      assert.deepEqual([opened.event, opened.resource], readByHand(message.body), what);
    } else {
      const origin = originOf(message, pool);
      assert.ok(origin, `${what}: a forgery is accepted: ${inspect(message)}`);
      assert.deepEqual(opened.resource, origin.resource, what);
    }
  }
  return counts;
}

/** The envelope and the resource of a body, decrypted by node:crypto. */
function readByHand(body) {
  const event = JSON.parse(body.toString());
  const { algorithm, nonce, ciphertext, associated_data } = event.resource;
  assert.equal(algorithm, 'AEAD_AES_256_GCM');
  const bytes = Buffer.from(ciphertext, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', API_V3_KEY, nonce).setAuthTag(bytes.subarray(-16));
  decipher.setAAD(Buffer.from(typeof associated_data === 'string' ? associated_data : ''));
  return [event, JSON.parse(Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString())];
}

const { mchid, out_trade_no } = ORDER;
const REFUNDED = { ...REFUND, status: 'SUCCESS', channel: 'ORIGINAL', create_time: REFUND.success_time };

/** The calls: what each sends, and the answer. */
const CALLS = [
  ['order', (pay) => pay.orderQuery({ out_trade_no }), ORDER],
  ['refund', (pay) => pay.refundQuery({ out_refund_no: 'R1' }), REFUNDED],
  [
    'refunding',
    (pay) => pay.refund({ out_trade_no, out_refund_no: 'R1', amount: { refund: 40, total: 100, currency: 'CNY' } }),
    REFUNDED,
  ],
  [
    'placing',
    (pay) =>
      pay.jsapiOrder({
        description: '茶',
        out_trade_no,
        amount: { total: 100 },
        payer: { openid: ORDER.payer.openid },
      }),
    { prepay_id: 'wx201410272009395522657a690389285100' },
  ],
  [
    'path',
    (pay) => pay.call('GET', `/v3/pay/transactions/out-trade-no/${out_trade_no}?mchid=${mchid}`),
    { ...ids, n: 1 },
  ],
];

/**
 * Answers calls with mutants of genuine answers.
 * @param {number} count
 * @param {number} seed
 */
export async function mutateAnswers(count, seed) {
  const below = random(seed);
  const pools = CALLS.map(([name, , answer]) =>
    [0, 1].flatMap((indent) => signedMessage(JSON.stringify(answer, null, indent), { name })),
  );
  const all = pools.flat();
  let sent;
  const fetch = async () => new Response(sent.body, { status: 200, headers: sent.headers });
  const pay = new WechatPay({ ...options, retries: 0, fetch });
  const right = [];
  let index = 0;
  const { counts, refused } = counter(() => `seed ${seed}, answer ${index}`);
  const ask = (which, message) => {
    sent = message;
    return CALLS[which][1](pay);
  };
  for (; index < count; index += 1) {
    const which = below(CALLS.length);
    const pool = pools[which];
    const genuine = pool[below(pool.length)];
    if (right[which] === undefined || index % GENUINE_EVERY === 0) {
      const result = await ask(which, { ...genuine, headers: sendable(genuine.headers) });
      right[which] ??= result;
      assert.deepEqual(result, right[which], `seed ${seed}, answer ${index}: a genuine answer is another`);
      counts.genuine += 1;
    }
    const changed = mutate(genuine, all, UNSIGNED, below);
    const mutant = { ...changed, headers: sendable(changed.headers) };
    const what = `seed ${seed}, answer ${index}: ${mutant.what.join(', ')}`;
    counts.mutants += 1;
    for (const name of mutant.what) counts.changes[name] = (counts.changes[name] ?? 0) + 1;
    try {
      const result = await ask(which, mutant);
      counts.accepted += 1;
      const origin = originOf(mutant, all);
      assert.ok(origin, `${what}: a forgery is accepted: ${inspect(mutant)}`);
      const isOfPath = CALLS[which][0] === 'path';
      if (origin.name === genuine.name) assert.deepEqual(result, right[which], what);
      else assert.ok(isOfPath || origin.name.startsWith('refund'), `${what}: the answer to another call`);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      const known = originOf(mutant, all);
      refused(error, known ? ['ERR_SIGNATURE', 'ERR_JSON', 'ERR_MISMATCH'] : ['ERR_SIGNATURE'], what);
      assert.equal(error.outcome, 'unknown', what);
    }
  }
  return counts;
}

/** The headers that HTTP can carry. `Headers` joins those of one name. */
function sendable(headers) {
  const kept = new Map();
  for (const [name] of headers) {
    const own = name.toLowerCase();
    kept.set(own, headerOf(headers, own).replace(/[^\x20-\x7e]/g, '?'));
  }
  return [...kept];
}
