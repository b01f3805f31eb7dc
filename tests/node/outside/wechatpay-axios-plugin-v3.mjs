// APIv3 of the client `wechatpay-axios-plugin`, unchanged but for the host: its calls, and notices opened with its functions.
import { Aes, Formatter, Rsa, Wechatpay } from 'wechatpay-axios-plugin';
import { answerCalls } from './calls.mjs';
import { listenFor } from './notices.mjs';

let client;
let config;

/** The client throws what the server answered; the test reads its code, status and words. */
const asked = (answer) =>
  answer.then(
    ({ data }) => data,
    ({ code, message, response }) => {
      throw new Error(`${code} ${response?.status} ${JSON.stringify(response?.data)} ${message}`);
    },
  );

/** The client's README decrypts only. Its functions verify too, as the client does with an answer. */
function openNotice(headers, body, path) {
  if (path !== '/decrypted') {
    const header = (name) => headers[`wechatpay-${name}`];
    const signed = Formatter.response(header('timestamp'), header('nonce'), body);
    const key = config.keys[header('serial')];
    if (!Rsa.verify(signed, header('signature'), key)) throw new Error('signature');
  }
  const { ciphertext, nonce, associated_data } = JSON.parse(body).resource;
  return JSON.parse(Aes.AesGcm.decrypt(ciphertext, config.apiV3Key, nonce, associated_data));
}

const transactions = () => client.v3.pay.transactions;

answerCalls({
  open(given) {
    config = given;
    const { host, mchid, serial, privateKey, keys } = config;
    client = new Wechatpay({ baseURL: host, mchid, serial, privateKey, certs: { ...keys } });
  },
  async place(order) {
    const { appid, mchid } = config;
    const { prepay_id } = await asked(transactions().jsapi.post({ appid, mchid, ...order }));
    const payment = {
      ...{ appId: appid, timeStamp: `${Formatter.timestamp()}`, nonceStr: Formatter.nonce() },
      ...{ package: `prepay_id=${prepay_id}`, signType: 'RSA' },
    };
    const { appId, timeStamp, nonceStr, package: pack } = payment;
    const text = Formatter.joinedByLineFeed(appId, timeStamp, nonceStr, pack);
    return { ...payment, paySign: Rsa.sign(text, Rsa.from(config.privateKey)) };
  },
  query: (out_trade_no) =>
    asked(transactions().outTradeNo.$out_trade_no$.get({ params: { mchid: config.mchid }, out_trade_no })),
  close: (out_trade_no) =>
    asked(transactions().outTradeNo.$out_trade_no$.close.post({ mchid: config.mchid }, { out_trade_no })),
  refund: (refund) => asked(client.v3.refund.domestic.refunds.post(refund)),
  refundQuery: (out_refund_no) => asked(client.v3.refund.domestic.refunds.$out_refund_no$.get({ out_refund_no })),
  listen: () => listenFor(openNotice),
});
