// A user's program on the output of wasm-pack: vectors, an order by prepare, fetch and complete, and errors.

import { cases } from '../vectors/suite.mjs';

/** Runs every shared vector, which come as JSON; returns how many ran, and what failed. */
export function runVectors(paysign, vectors) {
  // The suite asks a notice for two typed members of the npm package.
  const openNotify = (body, options) => {
    const notice = paysign.openNotify(body, options);
    const { out_trade_no, total_fee } = notice.fields;
    return { ...notice, out_trade_no, total_fee: total_fee ? Number(total_fee) : undefined };
  };
  const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const list = cases({ ...paysign, openNotify }, JSON.parse(vectors), { equal, bytes });
  const failed = list.flatMap(([name, run]) => {
    try {
      run();
      return [];
    } catch (error) {
      return [`${name}: ${error.message}`];
    }
  });
  return { ran: list.length, failed };
}

/** Places an order at an address, signs it again, and asks for its state. */
export async function placeOrder(paysign, origin, merchant) {
  const send = async (api, params) => {
    const request = paysign.prepare(api, merchant, params);
    const response = await fetch(origin + request.path, { method: 'POST', body: request.body });
    return paysign.complete(api, merchant, request, new Uint8Array(await response.arrayBuffer()));
  };
  const out_trade_no = '20150806125346';
  const order = {
    body: '示例商店-茶',
    out_trade_no,
    total_fee: 8800,
    spbill_create_ip: '::1',
    notify_url: 'http://127.0.0.1:9/',
    trade_type: 'JSAPI',
    openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
  };
  const { prepay_id } = await send('unifiedOrder', order);
  const { appid: appId, key, signType } = merchant;
  const payment = paysign.requestPayment({ appId, prepay_id, key, signType });
  const { fields, ...query } = await send('orderQuery', { out_trade_no });
  return { payment, query, fields, changed: await thrown(() => send('unifiedOrder', { ...order, total_fee: 1 })) };
}

/** The error of a call, as a plain object, and whether it is an Error. */
export async function thrown(call) {
  try {
    await call();
  } catch (error) {
    return { ...error, message: error.message, isError: error instanceof Error };
  }
  throw new Error('nothing was thrown');
}

/** Names that come from outside, and values of every kind. */
export async function runEdges(paysign) {
  const key = '192006250b4c09247ec02edce69f6a2d';
  const own = JSON.parse('{"__proto__":"a","constructor":"b"}');
  const xml = paysign.buildXml(own);
  const fields = paysign.parseXml(xml);
  const signedText = paysign.signedText({ a: 1, b: 2n, c: true, d: null, e: undefined, f: '', g: '茶', h: -0 });
  const refused = {};
  const unfit = {
    fraction: { total_fee: 0.5 },
    large: { total_fee: 2 ** 53 },
    infinite: { total_fee: Number.POSITIVE_INFINITY },
    list: { detail: [] },
    object: { detail: {} },
    nul: { attach: 'a\0' },
    half: { attach: 'a\ud800' },
    getter: {
      get attach() {
        throw new TypeError('no');
      },
    },
    name: { 'a b': '1' },
  };
  for (const [name, params] of Object.entries(unfit))
    refused[name] = (await thrown(() => paysign.sign(params, key))).field;
  for (const [name, params] of Object.entries({ map: new Map(), date: new Date(), array: [], none: null, text: 'a' }))
    refused[name] = (await thrown(() => paysign.sign(params, key))).field;
  const errors = [
    await thrown(() => paysign.sign({ a: 1 }, undefined)),
    await thrown(() => paysign.sign({ a: 1 }, key, 'SHA1')),
    await thrown(() => paysign.parseXml('<xml><a>1</b></xml>')),
    await thrown(() => paysign.parseXml({})),
    await thrown(() => paysign.prepare('order', {}, {})),
    await thrown(() => paysign.openNotify('', { key, expect: {} })),
    await thrown(() => paysign.openNotify('', { key: [] })),
  ].map(({ code, field, outcome, isError }) => [code, field, outcome, isError]);
  Object.prototype.signType = 'HMAC-SHA256';
  const given = { appId: 'wx1', prepay_id: 'wx2', key };
  const inherited = paysign.requestPayment(given).signType;
  delete Object.prototype.signType;
  const { timeStamp } = paysign.requestPayment(given);
  return {
    xml,
    fields: Object.entries(fields),
    prototype: Object.getPrototypeOf(fields),
    signedText,
    refused,
    errors,
    inherited,
    seconds: Math.abs(Number(timeStamp) - Date.now() / 1000) < 10,
    nonces: new Set(Array.from({ length: 100 }, () => paysign.nonce())).size,
    reply: [paysign.replyNotify(), paysign.replyNotify('busy')],
  };
}

function equal(actual, expected, what = '') {
  const sorted = (value) =>
    JSON.stringify(value, (_, v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.entries(v).sort() : v));
  if (sorted(actual) !== sorted(expected)) throw new Error(`${what} ${sorted(actual)} is not ${sorted(expected)}`);
}
