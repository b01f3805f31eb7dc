// The calls of the shop that differ between the API generations. All the rest of the shop is the same for both.

/** APIv2: flat members in XML. */
const v2 = (pay) => ({
  mch_id: pay.mch_id,

  order: ({ title, out_trade_no, total_fee, openid }, notify_url) =>
    pay.pay({ body: title, out_trade_no, total_fee, openid, notify_url, spbill_create_ip: '127.0.0.1' }),

  async query(out_trade_no) {
    const { trade_state, transaction_id, total_fee } = await pay.orderQuery({ out_trade_no });
    return { trade_state, transaction_id, total_fee };
  },

  refund: ({ out_trade_no, total_fee }, { out_refund_no, refund_fee }, notify_url) =>
    pay.refund({ out_trade_no, out_refund_no, total_fee, refund_fee, notify_url }),

  async refundState(out_refund_no) {
    const { refunds } = await pay.refundQuery({ out_refund_no });
    return refunds[0].refund_status;
  },
});

/** APIv3: nested members in JSON. */
const v3 = (pay) => ({
  mch_id: pay.mchid,

  order: ({ title, out_trade_no, total_fee, openid }, notify_url) =>
    pay.pay({ description: title, out_trade_no, amount: { total: total_fee }, payer: { openid }, notify_url }),

  async query(out_trade_no) {
    const { trade_state, transaction_id, amount } = await pay.orderQuery({ out_trade_no });
    return { trade_state, transaction_id, total_fee: amount.total };
  },

  refund({ out_trade_no, total_fee }, { out_refund_no, refund_fee }, notify_url) {
    const amount = { refund: refund_fee, total: total_fee, currency: 'CNY' };
    return pay.refund({ out_trade_no, out_refund_no, amount, notify_url });
  },

  async refundState(out_refund_no) {
    const { status } = await pay.refundQuery({ out_refund_no });
    return status;
  },
});

/** The calls of each generation, made from its client. */
export const CALLS = { v2, v3 };
