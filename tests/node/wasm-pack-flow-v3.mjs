// A user's program of APIv3 on the output of wasm-pack: orders, sensitive members, the calls of a provider, and errors.
// WebCrypto signs, verifies and encrypts.

import { thrown } from './wasm-pack-flow.mjs';

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const base64Of = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const derOf = (pem) => bytesOf(pem.replace(/-----[^-]+-----|\s/g, ''));

/** Places an order at an address, signs it again, and asks for its state. `side` has keys, serial and ids of the merchant. */
export async function placeOrderV3(paysign, origin, { appid, mchid, serial, privateKey, publicKey }) {
  const merchant = { appid, mchid };
  const signer = await crypto.subtle.importKey('pkcs8', derOf(privateKey), RSA, false, ['sign']);
  const verifier = await crypto.subtle.importKey('spki', derOf(publicKey), RSA, false, ['verify']);
  const sign = async (text) => base64Of(await crypto.subtle.sign(RSA, signer, new TextEncoder().encode(text)));
  const isGenuine = (headers, body) => {
    const header = (name) => headers.get(`wechatpay-${name}`) ?? '';
    const text = paysign.answerTextV3(header('timestamp'), header('nonce'), body);
    return crypto.subtle.verify(RSA, verifier, bytesOf(header('signature')), text);
  };
  const send = async (api, params) => {
    const request = paysign.prepareV3(api, merchant, params);
    const timestamp = Math.floor(Date.now() / 1000);
    const nonce = paysign.nonce();
    const signature = await sign(paysign.requestTextV3(request, timestamp, nonce));
    const authorization = paysign.authorizationV3({ mchid, serial, timestamp, nonce, signature });
    const { method, path, body } = request;
    const headers = { authorization, accept: 'application/json', 'content-type': 'application/json' };
    const response = await fetch(origin + path, { method, headers, ...(body !== '' && { body }) });
    const answer = new Uint8Array(await response.arrayBuffer());
    const genuine = await isGenuine(response.headers, answer);
    return { status: response.status, genuine, answer: paysign.completeV3(api, merchant, request, answer) };
  };
  const order = {
    description: '示例商店-茶',
    out_trade_no: '20150806125347',
    notify_url: 'http://127.0.0.1:9/',
    amount: { total: 8800 },
    payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
  };
  const { answer } = await send('jsapiOrder', order);
  const parts = {
    appId: appid,
    timeStamp: String(Math.floor(Date.now() / 1000)),
    nonceStr: paysign.nonce(),
    package: `prepay_id=${answer.prepay_id}`,
  };
  const paySign = await sign(paysign.paymentTextV3(parts));
  const query = await send('orderQuery', { out_trade_no: order.out_trade_no });
  const other = { ...order, out_trade_no: '20150806125348' };
  await send('jsapiOrder', other);
  const closed = await send('closeOrder', { out_trade_no: other.out_trade_no });
  return { payment: { ...parts, signType: 'RSA', paySign }, query, closed };
}

/** The code, the field and the outcome of each refusal, and a name that comes from outside. */
export async function runEdgesV3(paysign) {
  const merchant = { appid: 'wx8888888888888888', mchid: '1900009191' };
  const request = paysign.prepareV3('orderQuery', merchant, { out_trade_no: 'a1' });
  const judge = (answer) => paysign.completeV3('orderQuery', merchant, request, JSON.stringify(answer));
  const good = { ...merchant, out_trade_no: 'a1', trade_state: 'NOTPAY' };
  const parts = { mchid: '1', serial: '0B47', timestamp: 1785028800, nonce: 'n', signature: 'AA==' };
  const circle = {};
  circle.circle = circle;
  const calls = {
    api: () => paysign.prepareV3('unifiedOrder', merchant, {}),
    mchid: () => paysign.prepareV3('orderQuery', { appid: merchant.appid, mchid: 'x' }, {}),
    misspelt: () => paysign.prepareV3('orderQuery', merchant, { outTradeNo: 'a1' }),
    map: () => paysign.prepareV3('orderQuery', merchant, new Map()),
    list: () => paysign.prepareV3('orderQuery', merchant, []),
    bigint: () => paysign.prepareV3('orderQuery', merchant, { out_trade_no: 1n }),
    circle: () => paysign.prepareV3('orderQuery', merchant, circle),
    half: () => paysign.prepareV3('orderQuery', merchant, { out_trade_no: '\ud800' }),
    other: () => judge({ ...good, out_trade_no: 'a2' }),
    lacking: () => judge({ ...good, trade_state: 'SUCCESS' }),
    cut: () => paysign.completeV3('orderQuery', merchant, request, '{'),
    empty: () => paysign.completeV3('orderQuery', merchant, request, ''),
    number: () => paysign.completeV3('orderQuery', merchant, request, 5),
    large: () => paysign.completeV3('orderQuery', merchant, request, ' '.repeat(2 ** 20 + 1)),
    milliseconds: () => paysign.requestTextV3(request, 1785028800000, 'n'),
    fraction: () => paysign.requestTextV3(request, 1785028800.5, 'n'),
    nonce: () => paysign.requestTextV3(request, 1785028800, 'a\n'),
    quote: () => paysign.authorizationV3({ ...parts, serial: '0B47",x="' }),
    lines: () => paysign.authorizationV3({ ...parts, signature: 'AA==\r\nx' }),
    package: () => paysign.paymentTextV3({ appId: 'wx1', timeStamp: '1', nonceStr: 'n' }),
  };
  const refused = await refusals(calls);
  const outside = paysign.completeV3(
    'orderQuery',
    merchant,
    request,
    JSON.stringify(good).replace('{', '{"__proto__":{"paid":true},'),
  );
  return {
    refused,
    header: paysign.authorizationV3(parts),
    payment: paysign.paymentTextV3({ appId: 'wx1', timeStamp: '1', nonceStr: 'n', package: 'prepay_id=wx2' }),
    closed: paysign.completeV3('closeOrder', merchant, { asked: [] }, '<html>') === undefined,
    own: Object.hasOwn(outside, '__proto__') && outside.paid === undefined,
  };
}

/** The code, the field and the outcome of each call's error. */
async function refusals(calls) {
  const refused = {};
  for (const [name, call] of Object.entries(calls)) {
    const { code, field, outcome, isError } = await thrown(call);
    refused[name] = [code, field ?? '', outcome, isError].join(' ');
  }
  return refused;
}

const ORDER = {
  ...{ description: '茶', out_trade_no: 'a-1234', notify_url: 'https://shop.example/n', amount: { total: 1 } },
  payer: { openid: 'o1', identity: { type: 'IDCARD', number: '110101199003077571', name: '张三' } },
};
const OWN = { appid: 'wx8888888888888888', mchid: '1900009191' };

/** A request with sensitive members before and after its sealing, and each refusal. `publicKey` is PEM. */
export async function runSealingV3(paysign, publicKey) {
  const OAEP = { name: 'RSA-OAEP', hash: 'SHA-1' };
  const key = await crypto.subtle.importKey('spki', derOf(publicKey), OAEP, false, ['encrypt']);
  const request = paysign.prepareV3('jsapiOrder', OWN, ORDER);
  const encrypted = [];
  for (const secret of request.secrets)
    encrypted.push(base64Of(await crypto.subtle.encrypt(OAEP, key, new TextEncoder().encode(secret))));
  const sealed = paysign.sealV3(request, encrypted);
  const [first, second] = encrypted;
  const long = { ...ORDER.payer, identity: { ...ORDER.payer.identity, name: 'x'.repeat(215) } };
  const query = paysign.prepareV3('orderQuery', OWN, { out_trade_no: 'a1' });
  const refused = await refusals({
    few: () => paysign.sealV3(request, [first]),
    many: () => paysign.sealV3(request, [first, second, second]),
    plain: () => paysign.sealV3(request, request.secrets),
    empty: () => paysign.sealV3(request, [first, '']),
    number: () => paysign.sealV3(request, [first, 5]),
    text: () => paysign.sealV3(request, 'AA'),
    none: () => paysign.sealV3(request),
    again: () => paysign.sealV3(sealed, encrypted),
    request: () => paysign.sealV3('', []),
    unsealed: () => paysign.requestTextV3(request, 1785028800, 'n'),
    long: () => paysign.prepareV3('jsapiOrder', OWN, { ...ORDER, payer: long }),
  });
  const text = paysign.requestTextV3(sealed, 1785028800, 'n');
  const same = text.endsWith(`\n${sealed.body}\n`) && paysign.sealV3(query, []).path === query.path;
  return { request, sealed, refused, same };
}

/** The calls of a service provider, whose sub-merchant is in the configuration or in the call, and each refusal. */
export async function runProviderV3(paysign) {
  const sub = { sub_mchid: '1900013511', sub_appid: 'wx9999999999999999' };
  const provider = { ...OWN, ...sub };
  const order = { ...ORDER, payer: { sub_openid: 'o1' } };
  const query = paysign.prepareV3('orderQuery', provider, { out_trade_no: 'a1' });
  const good = { sp_appid: OWN.appid, sp_mchid: OWN.mchid, ...sub, out_trade_no: 'a1', trade_state: 'NOTPAY' };
  const judge = (change) => paysign.completeV3('orderQuery', provider, query, JSON.stringify({ ...good, ...change }));
  const refused = await refusals({
    own: () => paysign.prepareV3('jsapiOrder', { ...OWN, sub_mchid: OWN.mchid }, order),
    alone: () => paysign.prepareV3('jsapiOrder', { ...OWN, sub_appid: sub.sub_appid }, order),
    spelling: () => paysign.prepareV3('jsapiOrder', { ...provider, sub_appid: 'a b' }, order),
    other: () => paysign.prepareV3('jsapiOrder', provider, { ...order, sub_mchid: '1900013512' }),
    direct: () => paysign.prepareV3('jsapiOrder', provider, { ...order, payer: { openid: 'o1' } }),
    provider: () => judge({ sp_mchid: '1900009192' }),
    sub: () => judge({ sub_mchid: '1900013512' }),
    lacking: () => judge({ sub_mchid: undefined }),
  });
  return {
    order: paysign.prepareV3('jsapiOrder', provider, order),
    query,
    named: paysign.prepareV3('orderQuery', OWN, { out_trade_no: 'a1', sub_mchid: sub.sub_mchid }),
    refused,
    answer: judge({}),
  };
}
