// The shop's calls of APIv3: a merchant's client, its words for an order and a refund, and its codes.

import { WechatPay } from 'paysign/v3';

/** Makes a client of the merchant. `keys` are the options with his and WeChat Pay's keys, `network` those of the connection. */
export const clientV3 = ({ appid, mch_id, apiV3Key }, keys, network) =>
  new WechatPay({ appid, mchid: mch_id, apiV3Key, ...keys, ...network });

/** The part of a client's calls that each generation has in its own words. */
export const apiV3 = (client) => ({
  client,
  /** The name of the call that places orders. */
  placing: 'jsapiOrder',
  codes: {
    missingOrder: 'ORDER_NOT_EXIST',
    missingRefund: 'RESOURCE_NOT_EXISTS',
    closedOrder: 'ORDER_CLOSED',
    // An order is closed at any age.
    tooNew: undefined,
  },
  /** Places an order; returns its `prepay_id`. */
  async place({ out_trade_no, openid, total_fee, expires_ms, notify_url }) {
    const { prepay_id } = await client.jsapiOrder({
      ...{ out_trade_no, payer: { openid }, amount: { total: total_fee }, description: '茶 & 点心' },
      ...{ notify_url, attach: out_trade_no, ...(expires_ms !== null && { time_expire: new Date(expires_ms) }) },
    });
    return prepay_id;
  },
  refund: ({ out_trade_no, out_refund_no, total_fee, refund_fee, notify_url }) =>
    client.refund({
      ...{ out_trade_no, out_refund_no, notify_url },
      amount: { total: total_fee, refund: refund_fee, currency: 'CNY' },
    }),
  /** Queries a refund; returns its status. */
  async refundStatus(out_refund_no) {
    const { status } = await client.refundQuery({ out_refund_no });
    return status;
  },
});
