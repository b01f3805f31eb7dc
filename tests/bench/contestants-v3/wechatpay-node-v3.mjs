// wechatpay-node-v3, by the steps of its README. Its own calls do not verify an answer.
import { createRequire } from 'node:module';

export const name = 'wechatpay-node-v3';
export const load = "require('wechatpay-node-v3')";
/** Its call signs the payment too, and does not verify the answer. */
export const firstOrder = `const { options: { appid, mchid, serial: serial_no, privateKey }, order } = JSON.parse(process.env.MERCHANT);
  const WxPay = require('wechatpay-node-v3');
  const pay = new WxPay({ appid, mchid, serial_no, privateKey: Buffer.from(privateKey), publicKey: Buffer.from('-') });
  const { post } = pay.httpService;
  pay.createHttp({ post: (url, ...rest) => post(url.replace('https://api.mch.weixin.qq.com', process.env.ORDER_URL), ...rest) });
  pay.transactions_jsapi(order).then(({ data }) => process.exit(data.package ? 0 : 1));`;

const PATH = '/v3/pay/transactions/jsapi';

export function create({ options, platformKey, PUBLIC_ID }, fetch) {
  const WxPay = createRequire(import.meta.url)('wechatpay-node-v3');
  const { appid, mchid, serial: serial_no, privateKey, apiV3Key: key } = options;
  // It reads the file as it is whenever it signs. The certificate is for the serial alone.
  const files = { privateKey: Buffer.from(privateKey), publicKey: Buffer.from('-') };
  const pay = new WxPay({ appid, mchid, serial_no, key, ...files });
  WxPay.certificates = { [PUBLIC_ID]: platformKey };
  const seconds = () => String(Math.floor(Date.now() / 1000));
  const random = () => Math.random().toString(36).substr(2, 15);

  async function verify(headers, body) {
    const [timestamp, nonce] = [headers['wechatpay-timestamp'], headers['wechatpay-nonce']];
    const [serial, signature] = [headers['wechatpay-serial'], headers['wechatpay-signature']];
    const isRight = await pay.verifySign({ timestamp, nonce, body, serial, signature });
    if (!isRight) throw new Error('the signature is wrong');
  }
  return {
    async order(params) {
      const [nonce, timestamp, all] = [random(), seconds(), { appid, mchid, ...params }];
      const authorization = pay.getAuthorization(
        nonce,
        timestamp,
        pay.getSignature('POST', nonce, timestamp, PATH, all),
      );
      const headers = { authorization, accept: 'application/json', 'content-type': 'application/json' };
      const body = JSON.stringify(all);
      const reply = await fetch(`https://api.mch.weixin.qq.com${PATH}`, { method: 'POST', headers, body });
      const answer = Buffer.from(await reply.arrayBuffer()).toString();
      await verify(reply.headers.all, answer);
      return JSON.parse(answer).prepay_id;
    },
    requestPayment(prepay_id) {
      const [timeStamp, nonceStr, pack] = [seconds(), random(), `prepay_id=${prepay_id}`];
      const paySign = pay.sign(`${appid}\n${timeStamp}\n${nonceStr}\n${pack}\n`);
      return { timeStamp, nonceStr, package: pack, signType: 'RSA', paySign };
    },
    async openNotice({ headers, body: bytes }) {
      const body = bytes.toString();
      await verify(headers, body);
      const { ciphertext, nonce, associated_data } = JSON.parse(body).resource;
      return { resource: pay.decipher_gcm(ciphertext, associated_data, nonce) };
    },
  };
}
