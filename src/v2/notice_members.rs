//! The fields of notices: form, meaning, and when each is present. The TypeScript types are generated from these lists.

use crate::field::Kind;
use crate::v2::words::{CURRENCIES, ORDER_TYPES, REFUND_STATUSES, YES_OR_NO};

/// One field of a notice.
#[derive(Debug)]
pub struct NoticeMember {
    /// WeChat's name.
    pub name: &'static str,
    /// When it is present.
    pub need: Need,
    /// Its form. A field that nothing depends on may be any text: `Kind::Text`.
    pub kind: Kind,
    /// Its meaning. It is empty for a field that is checked but is only in `fields`.
    pub about: &'static str,
}

/// When a field of a notice is present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// In every notice of its kind.
    Always,
    /// In every notice of a payment that succeeded.
    Paid,
    /// It may be absent. If it is present, it must have its form.
    Optional,
}

const fn member(name: &'static str, need: Need, kind: Kind, about: &'static str) -> NoticeMember {
    NoticeMember { name, need, kind, about }
}

/// The fields of a payment notice (支付结果通知, chapter 9_7). They are sorted by name, so one pass finds all.
pub static PAYMENT_MEMBERS: [NoticeMember; 22] = [
    member("appid", Need::Always, Kind::Identifier, ""),
    member("attach", Need::Optional, Kind::Text, "The `attach` of the order."),
    member("bank_type", Need::Paid, Kind::Plain, ""),
    member("cash_fee", Need::Paid, Kind::Count, "The amount that the payer paid, in fen."),
    member("cash_fee_type", Need::Optional, Kind::State(CURRENCIES), ""),
    member("coupon_count", Need::Optional, Kind::Count, ""),
    member("coupon_fee", Need::Optional, Kind::Count, ""),
    member("fee_type", Need::Optional, Kind::Identifier, "The currency; absent means `CNY`."),
    member("is_subscribe", Need::Optional, Kind::State(YES_OR_NO), ""),
    member("mch_id", Need::Always, Kind::Identifier, ""),
    member("nonce_str", Need::Always, Kind::Identifier, ""),
    member("openid", Need::Paid, Kind::Identifier, "The payer."),
    member("out_trade_no", Need::Always, Kind::OrderNumber, "The shop's number of the order."),
    member("settlement_total_fee", Need::Optional, Kind::Count, ""),
    member("sign_type", Need::Optional, Kind::Word(&["MD5", "HMAC-SHA256"]), ""),
    member("sub_appid", Need::Optional, Kind::Identifier, ""),
    member("sub_mch_id", Need::Optional, Kind::Identifier, ""),
    member("sub_openid", Need::Optional, Kind::Identifier, ""),
    member("time_end", Need::Paid, Kind::Time, "When it was paid, `yyyyMMddHHmmss` in Beijing time."),
    member(
        "total_fee",
        Need::Paid,
        Kind::Amount,
        "The order's amount, in fen. Compare it with your own record, or let `expect` do so.",
    ),
    member("trade_type", Need::Paid, Kind::OpenWord(ORDER_TYPES), "How it was paid."),
    member(
        "transaction_id",
        Need::Paid,
        Kind::Identifier,
        "WeChat's number of the payment; the same for every repetition.",
    ),
];

/// The decrypted fields of a refund notice (退款结果通知, chapter 9_16).
pub static REFUND_MEMBERS: [NoticeMember; 11] = [
    member("transaction_id", Need::Always, Kind::Identifier, "WeChat's number of the payment."),
    member("out_trade_no", Need::Always, Kind::OrderNumber, "The shop's number of the order."),
    member("refund_id", Need::Always, Kind::Identifier, "WeChat's number of the refund."),
    member("out_refund_no", Need::Always, Kind::RefundNumber, "The shop's number of the refund."),
    member("total_fee", Need::Always, Kind::Amount, "The order's amount, in fen."),
    member("refund_fee", Need::Always, Kind::Amount, "The requested amount of the refund, in fen."),
    member("settlement_total_fee", Need::Optional, Kind::Count, ""),
    member(
        "settlement_refund_fee",
        Need::Optional,
        Kind::Count,
        "The refunded amount without coupons that are not cash, in fen.",
    ),
    // An open list: call the refund query for a word that is new.
    member(
        "refund_status",
        Need::Always,
        Kind::OpenWord(REFUND_STATUSES),
        "`SUCCESS`, `CHANGE` (the payer's card is void: refund by other means) or `REFUNDCLOSE` (closed).",
    ),
    member(
        "success_time",
        Need::Optional,
        Kind::Text,
        "When it was done, `yyyy-MM-dd HH:mm:ss` in Beijing time; only at `SUCCESS`.",
    ),
    member(
        "refund_recv_accout",
        Need::Optional,
        Kind::Text,
        "The account that gets the money, as a sentence. WeChat misspells this name.",
    ),
];
