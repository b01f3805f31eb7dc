// The shop's calls of APIv2: a merchant's client, its words for an order and a refund, and its codes.

import { WechatPay } from 'paysign';

/** Makes a client of the merchant. `network` has the hosts and the time limit. */
export const clientV2 = ({ appid, mch_id, key, signType }, network) =>
  // Without TLS no connection shows a certificate.
  new WechatPay({ appid, mch_id, key, signType, ...network, certFetch: fetch });

/** The part of a client's calls that each generation has in its own words. */
export const apiV2 = (client) => ({
  client,
  /** The name of the call that places orders. */
  placing: 'unifiedOrder',
  codes: {
    missingOrder: 'ORDERNOTEXIST',
    missingRefund: 'REFUNDNOTEXIST',
    closedOrder: 'ORDERCLOSED',
    /** WeChat closes no order that is younger than five minutes. */
    tooNew: 'TRADE_STATE_ERROR',
  },
  /** Places an order; returns its `prepay_id`. */
  async place({ out_trade_no, openid, total_fee, expires_ms, notify_url }) {
    const { prepay_id } = await client.unifiedOrder({
      ...{ out_trade_no, openid, total_fee, body: '茶 & 点心', spbill_create_ip: '127.0.0.1', trade_type: 'JSAPI' },
      ...{ notify_url, attach: out_trade_no, ...(expires_ms !== null && { time_expire: new Date(expires_ms) }) },
    });
    return prepay_id;
  },
  refund: ({ out_trade_no, out_refund_no, total_fee, refund_fee, notify_url }) =>
    client.refund({ out_trade_no, out_refund_no, total_fee, refund_fee, notify_url }),
  /** Queries a refund; returns its status. */
  async refundStatus(out_refund_no) {
    const { refunds } = await client.refundQuery({ out_refund_no });
    return refunds?.[0]?.refund_status;
  },
});
