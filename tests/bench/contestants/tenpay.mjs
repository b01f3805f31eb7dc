// tenpay, through the methods that its own calls and its middleware use.
import { createRequire } from 'node:module';

export const name = 'tenpay';
export const load = "require('tenpay')";
export const firstOrder = `const { key, order: { appid, mch_id, ...order } } = require('./messages.json');
  const Tenpay = require('tenpay');
  const pay = new Tenpay({ appid, mchid: mch_id, partnerKey: key });
  pay.urls.unifiedorder = process.env.ORDER_URL + '/pay/unifiedorder';
  pay.unifiedOrder(order).then(({ prepay_id }) => process.exit(prepay_id ? 0 : 1));`;

export function create({ key, order }) {
  const require = createRequire(import.meta.url);
  const Tenpay = require('tenpay');
  const { buildXML } = require('tenpay/lib/util');
  const api = new Tenpay({ appid: order.appid, mchid: order.mch_id, partnerKey: key });
  return {
    sign: (params, _, signType) => api._getSign(params, signType),
    requestPayment: ({ prepay_id, signType }) => api.getPayParamsByPrepay({ prepay_id }, signType),
    signedXml: (params, _, signType) => buildXML({ ...params, sign: api._getSign(params, signType) }),
    openPayment: (xml) => api._parse(xml, 'middleware_pay'),
    openRefund: async (xml) => (await api._parse(xml, 'middleware_refund')).req_info,
    // Rows as arrays, without names: less work than the others do.
    parseBillArrays: (bytes) => api._parseBill(bytes.toString('utf8'), true),
  };
}
