// tenpay, through the methods that its own calls and its middleware use.
import { createRequire } from 'node:module';

export const name = 'tenpay';
export const load = "require('tenpay')";

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
