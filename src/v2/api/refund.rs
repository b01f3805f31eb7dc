//! Refund 申请退款: returns money, in whole or in parts.

use super::declaration::api;

api! {
    /// Requests a refund. A good answer means accepted, not refunded: wait for the notice or query.
    ///
    /// Repeat an uncertain refund with the same `out_refund_no`: another number may refund twice. At most 50 refunds of one order,
    /// a minute apart, within a year of the payment. With `detail`, single items are refunded (单品优惠).
    Refund => RefundAnswer;
    title: "申请退款",
    page: "https://pay.weixin.qq.com/wiki/doc/api/wxa/wxa_api.php?chapter=9_4",
    path: "/secapi/pay/refund",
    fact: moves_money = true,
    fact: path_with = Some(("detail", "/secapi/pay/refundv2")),
    fact: certificate = true,
    fact: rules = &[Rule::AnyOf(&["transaction_id", "out_trade_no"])],
    fact: echoes = &[
        Echo::Always("out_refund_no"),
        Echo::Always("out_trade_no"),
        Echo::Always("transaction_id"),
        Echo::Always("total_fee"),
        Echo::Always("refund_fee"),
    ],
    request {
        /// WeChat's number of the payment; preferred.
        transaction_id: Option<String> = Kind::Identifier;
        /// The shop's number of the order.
        out_trade_no: Option<String> = Kind::OrderNumber;
        /// The shop's number of the refund, at most 64 characters. The same number is the same refund.
        out_refund_no: String = Kind::RefundNumber;
        /// The order's amount, in fen.
        total_fee: u64 = Kind::Amount;
        /// The amount to refund, in fen.
        refund_fee: u64 = Kind::Amount;
        /// The currency of the refund, as of the order.
        refund_fee_type: Option<String> = Kind::Text;
        /// The reason, shown to the payer. At most 80 characters.
        refund_desc: Option<String> = Kind::Text;
        /// The account that pays; only for merchants with the old fund flow.
        refund_account: Option<String> = Kind::Word(REFUND_ACCOUNTS);
        /// Where WeChat posts the refund notice, in place of the address set in the merchant platform.
        notify_url: Option<String> = Kind::Url;
        /// The items, as JSON text, for refunds of single items. At most 6000 characters.
        detail: Option<String> = Kind::Json;
        /// `1.0` together with `detail`.
        version: Option<String> = Kind::Text;
    }
    answer {
        /// WeChat's number of the payment.
        transaction_id: String = Kind::Identifier;
        /// The shop's number of the order.
        out_trade_no: String = Kind::OrderNumber;
        /// The shop's number of the refund.
        out_refund_no: String = Kind::RefundNumber;
        /// WeChat's number of the refund.
        refund_id: String = Kind::Identifier;
        /// The receiver of the money; older pages name it.
        refund_channel: Option<String> = Kind::Known(REFUND_CHANNELS);
        /// The refunded amount, in fen.
        refund_fee: u64 = Kind::Count;
        /// The refunded amount without coupons that are not cash, in fen.
        settlement_refund_fee: Option<u64> = Kind::Count;
        /// The order's amount, in fen.
        total_fee: u64 = Kind::Count;
        /// The order's amount without coupons that are not cash, in fen.
        settlement_total_fee: Option<u64> = Kind::Count;
        /// The currency; absent means `CNY`.
        fee_type: Option<String> = Kind::State(CURRENCIES);
        /// The amount that the payer paid, in fen.
        cash_fee: u64 = Kind::Count;
        /// The currency of `cash_fee`.
        cash_fee_type: Option<String> = Kind::Text;
        /// The amount that the payer gets back, in fen.
        cash_refund_fee: Option<u64> = Kind::Count;
        /// The amount returned to coupons, in fen.
        coupon_refund_fee: Option<u64> = Kind::Count;
        /// The number of coupons that get something back.
        coupon_refund_count: Option<u64> = Kind::Count;
        /// The items, as JSON text.
        promotion_detail: Option<String> = Kind::Json;
    }
    families {
        /// The coupons that were returned.
        coupons: CouponRefund;
    }
}
