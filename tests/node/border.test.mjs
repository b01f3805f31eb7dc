// The border between Rust and JavaScript: names, types, and secrecy of the key.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { WechatPay, WxPayError } from 'paysign';
import { shop, signByHand, xmlByHand } from './gateway-support.mjs';

const { appid, mch_id, key } = shop;
const IDS = { return_code: 'SUCCESS', result_code: 'SUCCESS', appid, mch_id, nonce_str: 'n1' };

/** The answer of the client to fields that WeChat signed. */
async function answered(api, params, members) {
  const fields = { ...IDS, ...members };
  // A literal `__proto__` would set the prototype, so fields are entries.
  const signed = Object.fromEntries([...Object.entries(fields), ['sign', signByHand(fields, key, 'HMAC-SHA256')]]);
  const pay = new WechatPay({ appid, mch_id, key, fetch: async () => new Response(xmlByHand(signed)) });
  return pay.call(api, params);
}

const REFUNDS = Object.fromEntries([
  ...Object.entries({ out_trade_no: 'a1', transaction_id: '4200', total_fee: '9007199254740991', cash_fee: '1' }),
  ...Object.entries({ refund_count: '1', out_refund_no_0: 'r1', refund_id_0: '50', refund_fee_0: '1' }),
  ...Object.entries({ refund_status_0: 'SUCCESS', refund_recv_accout_0: '零钱', coupon_refund_id_0_0: 'c1' }),
  ...['__proto__', 'constructor', 'then'].map((name) => [name, `field ${name}`]),
]);

test('a field keeps its name and its text, also one that a prototype has', async () => {
  const { fields } = await answered('refundQuery', { out_trade_no: 'a1' }, REFUNDS);
  const names = Object.keys(REFUNDS);
  assert.ok(names.length > 12 && names.includes('__proto__'));
  for (const name of names) {
    assert.ok(Object.hasOwn(fields, name), name);
    assert.equal(Object.getOwnPropertyDescriptor(fields, name)?.value, REFUNDS[name], name);
  }
  assert.equal(fields.toString, undefined, 'the fields inherit nothing');
});

test('an answer is made of plain objects, arrays, numbers and texts, and lacks what WeChat left out', async () => {
  const { fields, ...typed } = await answered('refundQuery', { out_trade_no: 'a1' }, REFUNDS);
  assert.ok(fields);
  assert.equal(typed.total_fee, Number.MAX_SAFE_INTEGER);
  assert.equal(typed.refunds.length, 1);
  const [refund] = typed.refunds;
  assert.deepEqual([refund.refund_id, refund.refund_fee], ['50', 1]);
  assert.equal(refund.coupons[0].coupon_refund_id, 'c1');
  for (const object of [typed, refund, refund.coupons[0]]) {
    assert.equal(Object.getPrototypeOf(object), Object.prototype);
    for (const [name, value] of Object.entries(object))
      assert.ok(['string', 'number'].includes(typeof value) || Array.isArray(value), `${name}: ${typeof value}`);
  }
  assert.ok(!('settlement_refund_fee' in refund) && !('fee_type' in typed));
  assert.deepEqual(JSON.parse(JSON.stringify(typed)), typed);
});

test('an error of the core is a WxPayError, with the members that have a value and no others', async () => {
  const error = await answered('orderQuery', { out_trade_no: 'a 1' }, {}).catch((thrown) => thrown);
  assert.ok(error instanceof WxPayError);
  assert.deepEqual(
    { code: error.code, outcome: error.outcome, field: error.field },
    { code: 'ERR_PARAM', outcome: 'not-sent', field: 'out_trade_no' },
  );
  const { name: _, ...shown } = error.toJSON();
  const set = Object.entries(shown).filter(([, value]) => value !== undefined);
  assert.deepEqual(set.map(([member]) => member).sort(), ['code', 'field', 'message', 'outcome']);
});

test('no exported function takes the key, or an object with it, as a text that its glue would free unwiped', () => {
  const folder = new URL('../../src/wasm/', import.meta.url);
  // After the one call of certificate.rs JavaScript overwrites the whole memory.
  const isOther = (name) => name.endsWith('.rs') && name !== 'certificate.rs';
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isOther);
  let functions = 0;
  // Its argument follows an attribute, which has brackets of its own.
  let isKeySeen = false;
  for (const file of files) {
    const code = readFileSync(new URL(file, folder), 'utf8');
    for (const [, name, args] of code.matchAll(/\npub fn (\w+)\(([\s\S]*?)\)(?: -> | \{)/g)) {
      functions += 1;
      if (/\bsession_key\b/.test(args)) isKeySeen = true;
      assert.doesNotMatch(args, /\b(?:\w*key\w*|secret|passphrase): (?:&str|String)/, `${file}: ${name}`);
    }
  }
  assert.ok(functions > 15, `${functions} functions were read`);
  assert.ok(isKeySeen, 'the arguments are read to their end');
});
