// wechatpay-axios-plugin: its client of APIv3, and for notices the steps that its documentation lists.
import { createRequire } from 'node:module';

export const name = 'wechatpay-axios-plugin';
export const load = "require('wechatpay-axios-plugin')";
export const firstOrder = `const { options: { appid, mchid, serial, privateKey, wechatpayKeys: certs }, order } = JSON.parse(process.env.MERCHANT);
  const { Wechatpay } = require('wechatpay-axios-plugin');
  const pay = new Wechatpay({ mchid, serial, privateKey, certs, baseURL: process.env.ORDER_URL });
  pay.v3.pay.transactions.jsapi.post({ appid, mchid, ...order }).then(({ data }) => process.exit(data.prepay_id ? 0 : 1));`;

export function create({ options, platformKey }, fetch) {
  const { Aes, Formatter, Rsa, Wechatpay } = createRequire(import.meta.url)('wechatpay-axios-plugin');
  const { appid, mchid, serial, privateKey, wechatpayKeys, apiV3Key } = options;
  const pay = new Wechatpay({ mchid, serial, privateKey, certs: { ...wechatpayKeys }, adapter: adapterOf(fetch) });
  const own = Rsa.from(privateKey, Rsa.KEY_TYPE_PRIVATE);
  const theirs = Rsa.from(platformKey, Rsa.KEY_TYPE_PUBLIC);
  return {
    order: async (params) => (await pay.v3.pay.transactions.jsapi.post({ appid, mchid, ...params })).data.prepay_id,
    requestPayment(prepay_id) {
      const payment = {
        timeStamp: `${Formatter.timestamp()}`,
        nonceStr: Formatter.nonce(),
        package: `prepay_id=${prepay_id}`,
        signType: 'RSA',
      };
      const { timeStamp, nonceStr, package: pack } = payment;
      return { ...payment, paySign: Rsa.sign(Formatter.joinedByLineFeed(appid, timeStamp, nonceStr, pack), own) };
    },
    openNotice({ headers, body: bytes }) {
      const body = bytes.toString();
      const timestamp = headers['wechatpay-timestamp'];
      if (Math.abs(Formatter.timestamp() - Number(timestamp)) > 300) throw new Error('the message is old');
      const text = Formatter.joinedByLineFeed(timestamp, headers['wechatpay-nonce'], body);
      if (!Rsa.verify(text, headers['wechatpay-signature'], theirs)) throw new Error('the signature is wrong');
      const { ciphertext, nonce, associated_data } = JSON.parse(body).resource;
      return { resource: JSON.parse(Aes.AesGcm.decrypt(ciphertext, apiV3Key, nonce, associated_data)) };
    },
  };
}

/** The transport of axios, as it is replaced. */
const adapterOf = (fetch) => async (config) => {
  const { url, method, headers, data } = config;
  const reply = await fetch(url, { method: method.toUpperCase(), headers: headers.toJSON(), body: data });
  const text = Buffer.from(await reply.arrayBuffer()).toString();
  return { status: reply.status, statusText: '', headers: reply.headers.all, data: text, config, request: {} };
};
