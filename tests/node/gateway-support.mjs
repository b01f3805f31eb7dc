// The set-up of the gateway's tests: a merchant who signs and reads with code of his own.

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A file of tests/vectors. */
export const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));

/** A genuine notice of a payment: its fields, the stored order, the key and both signatures. */
export const genuine = vectors('genuine_notice');

/** The merchant of the genuine notice, and another one with another key: the public example of WeChat's manual. */
export const shop = {
  appid: genuine.fields.appid,
  mch_id: genuine.fields.mch_id,
  key: genuine.key,
  secret: 'shop-app-secret',
};
export const otherShop = {
  appid: 'wxd930ea5d5a258f4f',
  mch_id: '10000100',
  key: '192006250b4c09247ec02edce69f6a2d',
  secret: 'other-app-secret',
};

/** 2024-08-05 17:33:41 in Beijing. */
export const START_MS = Date.UTC(2024, 7, 5, 9, 33, 41);
export const MINUTE_MS = 60_000;

/** The signature of an object's members, written as the manual describes it. */
export function signByHand(fields, key, signType = 'MD5') {
  const names = Object.keys(fields)
    .filter((name) => name !== 'sign' && fields[name] !== undefined && fields[name] !== '')
    .sort();
  const text = `${names.map((name) => `${name}=${fields[name]}`).join('&')}&key=${key}`;
  const hash = signType === 'MD5' ? createHash('md5') : createHmac('sha256', key);
  return hash.update(text).digest('hex').toUpperCase();
}

/** The XML of an object's members, with entities where the gateway itself would write CDATA. */
export function xmlByHand(fields) {
  const escaped = (value) =>
    String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');
  const children = Object.keys(fields)
    .filter((name) => fields[name] !== undefined)
    .map((name) => `<${name}>${escaped(fields[name])}</${name}>`);
  return `<xml>${children.join('')}</xml>`;
}

/** Reads flat XML in the gateway's dialect: any number of CDATA sections, and a CR between two of them. */
export function readByHand(xml) {
  const fields = {};
  // Every XML reader makes one LF of CR LF and CR, also inside CDATA.
  for (const [, name, content] of xml
    .replaceAll(/\r\n?/g, '\n')
    .matchAll(/<(\w+)>((?:<!\[CDATA\[[\s\S]*?\]\]>|[^<])*)<\/\1>/g)) {
    fields[name] = content.replaceAll(/<!\[CDATA\[([\s\S]*?)\]\]>|&#13;/g, (_reference, cdata) => cdata ?? '\r');
  }
  return fields;
}

/** Signs and sends a call; returns status, content type, text and members of the answer. Undefined members are left out. */
export async function call(gateway, path, members, { merchant = shop, signType } = {}) {
  const { appid, mch_id, key } = merchant;
  const fields = { appid, mch_id, nonce_str: 'ibuaiVcKdpRxkhJA', ...(signType && { sign_type: signType }), ...members };
  return callRaw(gateway, path, xmlByHand({ sign: signByHand(fields, key, signType), ...fields }));
}

/** Sends a body unchanged. */
export async function callRaw(gateway, path, body, method = 'POST') {
  const response = await gateway.fetch(new Request(`http://gateway${path}`, { method, body }));
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), text, fields: readByHand(text) };
}

/** The members of a good order; `changes` replace or, as undefined, remove some. */
export function order(changes = {}) {
  return {
    body: '腾讯-游戏',
    out_trade_no: '20150806125346',
    total_fee: '88',
    spbill_create_ip: '127.0.0.1',
    notify_url: 'http://127.0.0.1:9/notify',
    trade_type: 'JSAPI',
    openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
    ...changes,
  };
}

/** Places an order and returns its prepay_id. */
export async function placeOrder(gateway, changes, options) {
  const { fields } = await call(gateway, '/pay/unifiedorder', order(changes), options);
  if (fields.result_code !== 'SUCCESS') throw new Error(`order not placed: ${JSON.stringify(fields)}`);
  return fields.prepay_id;
}

/** The values that a shop's server returns to the mini program, with the appId that the phone knows. */
export function paymentFor(prepay_id, { merchant = shop, signType = 'MD5', ...changes } = {}) {
  const signed = {
    appId: merchant.appid,
    timeStamp: '1490840662',
    nonceStr: '5K8264ILTKCH16CQ2502SI8ZNMTM67VS',
    package: `prepay_id=${prepay_id}`,
    signType,
    ...changes,
  };
  return { ...signed, paySign: signByHand(signed, merchant.key, signed.signType) };
}

/** The reply that accepts a notice. */
export const ACCEPT =
  '<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>';

/** Places an order, pays it, and returns its transaction_id. */
export async function placeAndPay(gateway, changes, options) {
  const payment = paymentFor(await placeOrder(gateway, changes, options), options);
  const { errMsg } = await gateway.pay(payment);
  if (errMsg !== 'requestPayment:ok') throw new Error(errMsg);
  const out_trade_no = order(changes).out_trade_no;
  return gateway.orders().find((one) => one.out_trade_no === out_trade_no).transaction_id;
}

/** The answer says return_code FAIL, and nothing else is in it. */
export function assertFailed({ status, type, fields }, return_msg) {
  assert.equal(status, 200);
  assert.equal(type, 'text/plain');
  assert.deepEqual(fields, { return_code: 'FAIL', return_msg });
}

/** The answer is signed and says result_code FAIL with this err_code. */
export function assertRefused({ status, fields }, err_code, { merchant = shop, signType } = {}) {
  assert.equal(status, 200);
  assert.equal(fields.return_code, 'SUCCESS');
  assert.equal(fields.result_code, 'FAIL', JSON.stringify(fields));
  assert.equal(fields.err_code, err_code, fields.err_code_des);
  assert.notEqual(fields.err_code_des, '');
  assert.equal(fields.sign, signByHand(fields, merchant.key, signType));
}

/** The answer is signed and says result_code SUCCESS; returns its members. */
export function assertDone({ status, fields }, { merchant = shop, signType } = {}) {
  assert.equal(status, 200);
  assert.equal(fields.result_code, 'SUCCESS', JSON.stringify(fields));
  assert.equal(fields.appid, merchant.appid);
  assert.equal(fields.mch_id, merchant.mch_id);
  assert.equal(fields.sign, signByHand(fields, merchant.key, signType));
  return fields;
}
