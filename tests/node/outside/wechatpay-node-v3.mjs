// The client `wechatpay-node-v3`, unchanged but for the host: its calls, and notices opened with its functions.
import Pay from 'wechatpay-node-v3';
import { answerCalls } from './calls.mjs';
import { listenFor } from './notices.mjs';

let client;
let config;

/** The client throws nothing: every result has a status, and every error its text. The shop has to look at both. */
async function asked(answer) {
  const { status, data, error } = await answer;
  if (status === undefined || status >= 300) throw new Error(`${status} ${error}`);
  return data;
}

async function openNotice(headers, body, path) {
  if (path !== '/decrypted') {
    const header = (name) => headers[`wechatpay-${name}`];
    const signed = { timestamp: header('timestamp'), nonce: header('nonce'), body };
    const isRight = await client.verifySign({ ...signed, serial: header('serial'), signature: header('signature') });
    if (!isRight) throw new Error('signature');
  }
  const { ciphertext, associated_data, nonce } = JSON.parse(body).resource;
  return client.decipher_gcm(ciphertext, associated_data, nonce, config.apiV3Key);
}

answerCalls({
  open(given) {
    config = given;
    const { host, appid, mchid, certificate, privateKey, apiV3Key } = config;
    client = new Pay({ appid, mchid, publicKey: Buffer.from(certificate), privateKey, key: apiV3Key });
    const { get, post } = client.httpService;
    const there = (url) => url.replace('https://api.mch.weixin.qq.com', host);
    client.createHttp({
      get: (url, ...rest) => get(there(url), ...rest),
      post: (url, ...rest) => post(there(url), ...rest),
    });
  },
  /** No option takes WeChat Pay's public key, but all clients of a process share this map. */
  trust: () => void Object.assign(Pay.certificates, config.keys),
  place: (order) => asked(client.transactions_jsapi(order)),
  query: (out_trade_no) => asked(client.query({ out_trade_no })),
  close: (out_trade_no) => asked(client.close(out_trade_no)),
  refund: (refund) => asked(client.refunds(refund)),
  refundQuery: (out_refund_no) => asked(client.find_refunds(out_refund_no)),
  /** What the client itself returns. */
  raw: (method, ...args) => client[method](...args),
  listen: () => listenFor(openNotice),
});
