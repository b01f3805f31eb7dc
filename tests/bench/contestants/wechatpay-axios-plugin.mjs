// wechatpay-axios-plugin, through the parts that its interceptors are made of.
import { createRequire } from 'node:module';

export const name = 'wechatpay-axios-plugin';
export const load = "require('wechatpay-axios-plugin')";
/** Its part for APIv2, which needs no certificate. */
export const firstOrder = `const { key, order } = require('./messages.json');
  const { Decorator } = require('wechatpay-axios-plugin');
  const pay = Decorator.xmlBased({ mchid: order.mch_id, secret: key, baseURL: process.env.ORDER_URL });
  pay.post('/pay/unifiedorder', order).then(({ data }) => process.exit(data.prepay_id ? 0 : 1));`;

export function create() {
  const {
    Aes: { AesEcb },
    Formatter,
    Hash,
    Transformer,
  } = createRequire(import.meta.url)('wechatpay-axios-plugin');
  const read = (xml) => Transformer.toObject.call({}, xml);
  const sign = (params, key, signType) => Hash.sign(signType, params, key);
  return {
    sign,
    requestPayment({ appId, prepay_id, key, signType }) {
      const payment = {
        timeStamp: `${Formatter.timestamp()}`,
        nonceStr: Formatter.nonce(),
        package: `prepay_id=${prepay_id}`,
        signType,
      };
      return { ...payment, paySign: sign({ appId, ...payment }, key, signType) };
    },
    signedXml: (params, key, signType) => Transformer.toXml.call({}, { ...params, sign: sign(params, key, signType) }),
    openPayment(xml, key, signType) {
      const fields = read(xml);
      if (!Hash.equals(sign(fields, key, signType), fields.sign)) throw new Error('the signature is wrong');
      return fields;
    },
    openRefund: (xml, key) => read(AesEcb.decrypt(read(xml).req_info, Hash.md5(key))),
    parseBill: (bytes) => Formatter.castCsvBill(bytes),
  };
}
