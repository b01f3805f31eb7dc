// This project's built package. It gets a notice as bytes, as a server receives them.
export const name = 'paysign';
export const load = "import('paysign')";
/** The module is compiled by the first call, not by the import. */
export const loadAndSign = `${load}.then(({ sign }) => sign({ a: '1' }, 'k'.repeat(32)))`;
/** Orders at ORDER_URL; `order` has the ids, the key and the fields. */
export const firstOrder = `const { key, order: { appid, mch_id, ...order } } = require('./messages.json');
  const { WechatPay } = require('paysign');
  const pay = new WechatPay({ appid, mch_id, key, signType: 'MD5', baseUrls: [process.env.ORDER_URL] });
  pay.unifiedOrder(order).then(({ prepay_id }) => process.exit(prepay_id ? 0 : 1));`;

export async function create() {
  const { openNotify, parseBill, requestPayment, sign, signedXml } = await import('paysign');
  return {
    sign,
    requestPayment,
    signedXml,
    openPayment: (_, key, signType, body) => openNotify(body, { key, signType }).fields,
    openRefund: (_, key, body) => openNotify(body, { key }).fields,
    parseBill,
  };
}
