// This project's client of APIv3, as it is published.
export const name = 'paysign';
export const load = "import('paysign/v3')";
/** Orders at ORDER_URL; MERCHANT has the keys and the order. */
export const firstOrder = `const { options, order } = JSON.parse(process.env.MERCHANT);
  const { WechatPay } = require('paysign/v3');
  const pay = new WechatPay({ ...options, baseUrls: [process.env.ORDER_URL] });
  pay.jsapiOrder(order).then(({ prepay_id }) => process.exit(prepay_id ? 0 : 1));`;

export async function create({ options }, fetch) {
  const { WechatPay } = await import('paysign/v3');
  const pay = new WechatPay({ ...options, fetch });
  return {
    order: async (params) => (await pay.jsapiOrder(params)).prepay_id,
    requestPayment: (prepay_id) => pay.requestPayment(prepay_id),
    openNotice: (message) => pay.openNotify(message),
  };
}
