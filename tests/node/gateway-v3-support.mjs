// The set-up of the gateway's tests of APIv3: a merchant who signs, verifies and decrypts with code of his own.

import assert from 'node:assert/strict';
import { createDecipheriv, createPublicKey, sign, verify, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import { otherShop, START_MS, shop } from './gateway-support.mjs';

/** The APIv3 key of the shop. */
export const API_V3_KEY = 'shopV3key0123456789abcdefghijklm';

/** The shop with both keys. */
export const bothShop = { ...shop, apiV3Key: API_V3_KEY };

/** A gateway with a manual clock, and the merchant's side of it. `close` ends both. */
export async function open({ merchants = [bothShop, otherShop], clock = createManualClock(START_MS), ...more } = {}) {
  const gateway = createGateway({ merchants, clock, seed: 'v3', ...more });
  const { appid, mch_id } = merchants[0];
  const options = await gateway.client(mch_id, { api: 'v3' });
  return { gateway, clock, merchant: { ...options, appid, mchid: mch_id, nowMs: () => clock.now() } };
}

/** The serial of a certificate, 40 upper-case hexadecimal digits. */
export const serialOf = (certificate) => new X509Certificate(certificate).serialNumber;

/** RSASSA-PKCS1-v1_5 with SHA-256, in base64. */
export const rsa = (text, key) => sign('sha256', Buffer.from(text), key).toString('base64');

/** The `Authorization` of a request; `changes` replace members after the signing, `signed` what is signed. */
export function authorization(merchant, method, target, body, { changes = {}, signed = {}, scheme, order } = {}) {
  const what = { method, target, body, timestamp: String(Math.floor(merchant.nowMs() / 1000)), ...signed };
  const nonce_str = 'ibuaiVcKdpRxkhJAibuaiVcKdpRxkhJA';
  const text = `${what.method}\n${what.target}\n${what.timestamp}\n${nonce_str}\n${what.body}\n`;
  const members = {
    mchid: merchant.mchid,
    nonce_str,
    signature: rsa(text, merchant.privateKey),
    timestamp: what.timestamp,
    serial_no: serialOf(merchant.certificate),
    ...changes,
  };
  const names = order ?? Object.keys(members);
  const list = names.map((name) => `${name}="${members[name]}"`).join(',');
  return `${scheme ?? 'WECHATPAY2-SHA256-RSA2048'} ${list}`;
}

/** Sends a signed call; returns status, headers, text and, where there is one, the JSON of the answer. */
export async function call({ gateway, merchant }, method, target, json, { headers = {}, ...how } = {}) {
  const body = json === undefined ? '' : typeof json === 'string' ? json : JSON.stringify(json);
  const sent = {
    authorization: authorization(merchant, method, target, body, how),
    accept: 'application/json',
    'user-agent': 'shop',
    ...(body !== '' && { 'content-type': 'application/json' }),
    ...headers,
  };
  const init = { method, headers: Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined)) };
  const request = new Request(`http://gateway${target}`, method === 'GET' ? init : { ...init, body });
  const response = await gateway.fetch(request);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

/** Says whether headers are WeChat Pay's signature of the text. */
export function isSigned({ wechatpayKeys }, headers, text) {
  const header = (name) => headers.get(`wechatpay-${name}`);
  const key = wechatpayKeys[header('serial')];
  if (key === undefined || header('signature-type') !== 'WECHATPAY2-SHA256-RSA2048') return false;
  const signed = Buffer.from(`${header('timestamp')}\n${header('nonce')}\n${text}\n`);
  return verify('sha256', signed, createPublicKey(key), Buffer.from(header('signature'), 'base64'));
}

/** The answer has this status, a signature and an inner code of 0; returns its JSON. */
export function assertDone({ merchant }, answer, status = 200) {
  assert.equal(answer.status, status, answer.text);
  assert.ok(isSigned(merchant, answer.headers, answer.text), 'signature');
  assert.match(answer.headers.get('request-id'), /^[0-9A-F]{44}-0$/);
  return answer.json;
}

/** The answer is an error of this status and code, unsigned, with this inner code; returns its JSON. */
export function assertRefused(answer, status, code, inner = 0) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
  assert.ok(answer.json.message.length > 0);
  assert.match(answer.headers.get('request-id'), new RegExp(`^[0-9A-F]{44}-${inner}$`));
  for (const [name] of answer.headers) assert.ok(!name.startsWith('wechatpay-'), name);
  return answer.json;
}

/** The address of the call that places orders. */
export const JSAPI = '/v3/pay/transactions/jsapi';

/** The address of the call that refunds. */
export const REFUNDS = '/v3/refund/domestic/refunds';

/** The body of a good order; `changes` replace or, as undefined, remove some members. */
export function order(changes = {}) {
  return {
    appid: shop.appid,
    mchid: shop.mch_id,
    description: '腾讯-游戏',
    out_trade_no: '20150806125346',
    notify_url: 'http://127.0.0.1:9/notify',
    amount: { total: 88, currency: 'CNY' },
    payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
    ...changes,
  };
}

/** Places an order and returns its prepay_id. */
export async function placeOrder(side, changes) {
  return assertDone(side, await call(side, 'POST', JSAPI, order(changes))).prepay_id;
}

/** The values that a shop's server returns to the mini program, with the appId that the phone knows. */
export function paymentFor(merchant, prepay_id, changes = {}) {
  const payment = {
    appId: merchant.appid,
    timeStamp: '1490840662',
    nonceStr: '5K8264ILTKCH16CQ2502SI8ZNMTM67VS',
    package: `prepay_id=${prepay_id}`,
    signType: 'RSA',
    ...changes,
  };
  const text = `${payment.appId}\n${payment.timeStamp}\n${payment.nonceStr}\n${payment.package}\n`;
  return { paySign: rsa(text, merchant.privateKey), ...payment };
}

/** Places an order, pays it, and returns its transaction_id. */
export async function placeAndPay(side, changes) {
  const payment = paymentFor(side.merchant, await placeOrder(side, changes));
  assert.deepEqual(await side.gateway.pay(payment), { errMsg: 'requestPayment:ok' });
  return side.gateway.orders().find((one) => one.out_trade_no === order(changes).out_trade_no).transaction_id;
}

/** Queries an order by the merchant's number and returns its JSON. */
export async function query(side, out_trade_no = order().out_trade_no) {
  const target = `/v3/pay/transactions/out-trade-no/${encodeURIComponent(out_trade_no)}?mchid=${side.merchant.mchid}`;
  return assertDone(side, await call(side, 'GET', target));
}

/** Opens the envelope of a notice. */
export function decrypt({ resource }, apiV3Key = API_V3_KEY) {
  assert.equal(resource.algorithm, 'AEAD_AES_256_GCM');
  const bytes = Buffer.from(resource.ciphertext, 'base64');
  const cipher = createDecipheriv('aes-256-gcm', Buffer.from(apiV3Key), Buffer.from(resource.nonce));
  cipher.setAuthTag(bytes.subarray(-16));
  cipher.setAAD(Buffer.from(resource.associated_data));
  return JSON.parse(Buffer.concat([cipher.update(bytes.subarray(0, -16)), cipher.final()]).toString('utf8'));
}

/** A shop's server on loopback that keeps what it gets. It answers with the statuses in turn, then always with the last. */
export async function listen(statuses = [204]) {
  const received = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts).toString('utf8');
    received.push({ headers: new Headers(request.headers), body, url: request.url });
    response.writeHead(statuses[Math.min(received.length, statuses.length) - 1]).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
  return { url: `http://127.0.0.1:${server.address().port}/notify`, received, close };
}

/** The target of a query by the merchant's number. */
export const byNumber = (number, mchid = shop.mch_id) => `/v3/pay/transactions/out-trade-no/${number}?mchid=${mchid}`;

/** The body of a refund of a part of the order. */
export const refundBody = (changes = {}) => ({
  out_trade_no: order().out_trade_no,
  out_refund_no: 'R20150806125346',
  amount: { total: 88, refund: 40, currency: 'CNY' },
  ...changes,
});

/** A test with a gateway of its own. */
export const withGateway = (name, work, options) =>
  test(name, async () => {
    const side = await open(options);
    try {
      await work(side);
    } finally {
      await side.gateway.close();
    }
  });
