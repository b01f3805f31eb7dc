//! Query refunds of single items 查询退款（单品）.

use super::declaration::api;

api! {
    /// Queries a refund of single items, by the number of the refund. The answer has `promotion_detail` as well.
    RefundQueryV2 => RefundQueryV2Answer;
    title: "查询退款（单品）",
    page: "https://pay.weixin.qq.com/wiki/doc/api/danpin.php?chapter=9_104&index=4",
    path: "/pay/refundqueryv2",
    fact: rules = &[Rule::AnyOf(&["refund_id", "out_refund_no"])],
    fact: echoes = &[Echo::Listed("refund_id"), Echo::Listed("out_refund_no")],
    request {
        /// WeChat's number of the refund; preferred.
        refund_id: Option<String> = Kind::Identifier;
        /// The shop's number of the refund.
        out_refund_no: Option<String> = Kind::RefundNumber;
    }
    answer {
        /// The number of refunds of the order, if WeChat sends it.
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
        /// The returned promotions and items, as JSON text.
        promotion_detail: Option<String> = Kind::Json;
    }
    families {
        /// The refunds of this answer.
        refunds: RefundRecord;
    }
}
