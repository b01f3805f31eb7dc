// The work of APIv3 by hand on node:crypto: each key is read once, and RSA signs in the thread pool.
import crypto from 'node:crypto';
import { promisify } from 'node:util';

const FRESH_SECONDS = 300;
const TAG_BYTES = 16;
const inPool = promisify(crypto.sign);

/** A client of one merchant, and of one key of WeChat. */
export function client({ appid, mchid, serial, privateKey, apiV3Key, wechatpayKeys }, fetch = globalThis.fetch) {
  const key = crypto.createPrivateKey(privateKey);
  const keys = new Map(Object.entries(wechatpayKeys).map(([name, pem]) => [name, crypto.createPublicKey(pem)]));
  const [preferred] = keys.keys();
  const signature = async (text) => (await inPool('RSA-SHA256', Buffer.from(text), key)).toString('base64');

  /** The body as text, if WeChat has signed it just now. */
  function verified(header, bytes) {
    const timestamp = header('wechatpay-timestamp');
    if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= FRESH_SECONDS)) throw new Error('the message is old');
    const known = keys.get(header('wechatpay-serial'));
    if (known === undefined) throw new Error('the key is not known');
    const body = bytes.toString();
    const verify = crypto.createVerify('RSA-SHA256').update(`${timestamp}\n${header('wechatpay-nonce')}\n${body}\n`);
    if (!verify.verify(known, header('wechatpay-signature'), 'base64')) throw new Error('the signature is wrong');
    return body;
  }

  async function post(path, params) {
    const body = JSON.stringify({ appid, mchid, ...params });
    const [timestamp, nonce] = [Math.floor(Date.now() / 1000), crypto.randomBytes(16).toString('hex')];
    const signed = await signature(`POST\n${path}\n${timestamp}\n${nonce}\n${body}\n`);
    const authorization = `WECHATPAY2-SHA256-RSA2048 mchid="${mchid}",nonce_str="${nonce}",signature="${signed}",timestamp="${timestamp}",serial_no="${serial}"`;
    const reply = await fetch(`https://api.mch.weixin.qq.com${path}`, {
      method: 'POST',
      headers: {
        authorization,
        accept: 'application/json',
        'content-type': 'application/json',
        'wechatpay-serial': preferred,
      },
      body,
    });
    const answer = verified((name) => reply.headers.get(name), Buffer.from(await reply.arrayBuffer()));
    if (reply.status !== 200) throw new Error(answer);
    return JSON.parse(answer);
  }

  return {
    order: async (params) => (await post('/v3/pay/transactions/jsapi', params)).prepay_id,
    async requestPayment(prepay_id) {
      const timeStamp = String(Math.floor(Date.now() / 1000));
      const nonceStr = crypto.randomBytes(16).toString('hex');
      const pack = `prepay_id=${prepay_id}`;
      const paySign = await signature(`${appid}\n${timeStamp}\n${nonceStr}\n${pack}\n`);
      return { timeStamp, nonceStr, package: pack, signType: 'RSA', paySign };
    },
    openNotice({ headers, body }) {
      const event = JSON.parse(verified((name) => headers[name], body));
      const { algorithm, ciphertext, nonce, associated_data = '' } = event.resource;
      if (algorithm !== 'AEAD_AES_256_GCM') throw new Error('the cipher is not known');
      const bytes = Buffer.from(ciphertext, 'base64');
      const decipher = crypto.createDecipheriv('aes-256-gcm', apiV3Key, nonce);
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES)).setAAD(Buffer.from(associated_data));
      const plain = decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      const resource = JSON.parse(plain);
      if (resource.appid !== appid || resource.mchid !== mchid) throw new Error('another merchant or app');
      return {
        event,
        resource,
        paid: event.event_type === 'TRANSACTION.SUCCESS' && resource.trade_state === 'SUCCESS',
      };
    },
  };
}
