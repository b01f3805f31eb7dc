//! Query refunds 查询退款.

use super::declaration::api;

api! {
    /// Queries refunds. Of several numbers WeChat uses `refund_id`, then `out_refund_no`, `transaction_id`, `out_trade_no`.
    ///
    /// One answer has at most ten refunds. Query again with `offset` 10, 20 and so on, or by the number of the refund.
    RefundQuery => RefundQueryAnswer;
    title: "查询退款",
    page: "https://pay.weixin.qq.com/wiki/doc/api/wxa/wxa_api.php?chapter=9_5",
    path: "/pay/refundquery",
    fact: rules = &[Rule::AnyOf(&["refund_id", "out_refund_no", "transaction_id", "out_trade_no"])],
    fact: echoes = &[
        Echo::Listed("refund_id"),
        Echo::Listed("out_refund_no"),
        Echo::Always("out_trade_no"),
        Echo::Always("transaction_id"),
    ],
    request {
        /// WeChat's number of the refund; preferred.
        refund_id: Option<String> = Kind::Identifier;
        /// The shop's number of the refund.
        out_refund_no: Option<String> = Kind::RefundNumber;
        /// WeChat's number of the payment.
        transaction_id: Option<String> = Kind::Identifier;
        /// The shop's number of the order.
        out_trade_no: Option<String> = Kind::OrderNumber;
        /// The number of refunds to skip.
        offset: Option<u64> = Kind::Count;
    }
    answer {
        /// The number of refunds of the order, if they do not fit into one answer.
        total_refund_count: Option<u64> = Kind::Count;
        /// WeChat's number of the payment.
        transaction_id: String = Kind::Identifier;
        /// The shop's number of the order.
        out_trade_no: String = Kind::OrderNumber;
        /// The order's amount, in fen.
        total_fee: u64 = Kind::Count;
        /// The order's amount without coupons that are not cash, in fen.
        settlement_total_fee: Option<u64> = Kind::Count;
        /// The currency; absent means `CNY`.
        fee_type: Option<String> = Kind::State(CURRENCIES);
        /// The amount that the payer paid, in fen.
        cash_fee: u64 = Kind::Count;
        /// The number of refunds in this answer.
        refund_count: u64 = Kind::Count;
    }
    families {
        /// The refunds of this answer.
        refunds: RefundRecord;
    }
}
