//! The words that WeChat documents for members of answers. Each list is open, since WeChat adds words.

/// The states of an order (交易状态).
pub(crate) const TRADE_STATES: &[&str] =
    &["SUCCESS", "REFUND", "NOTPAY", "CLOSED", "REVOKED", "USERPAYING", "PAYERROR", "ACCEPT"];

/// How an order is paid.
pub(crate) const TRADE_TYPES: &[&str] = &["JSAPI", "NATIVE", "APP", "MICROPAY", "MWEB", "FACEPAY"];

/// The states of a refund (退款状态).
pub(crate) const REFUND_STATUSES: &[&str] = &["SUCCESS", "CLOSED", "PROCESSING", "ABNORMAL"];

/// The receivers of a refund.
pub(crate) const REFUND_CHANNELS: &[&str] = &["ORIGINAL", "BALANCE", "OTHER_BALANCE", "OTHER_BANKCARD"];

/// The accounts that a refund is paid from.
pub(crate) const FUNDS_ACCOUNTS: &[&str] = &["UNSETTLED", "AVAILABLE", "UNAVAILABLE", "OPERATION", "BASIC"];

/// What a promotion is for: the whole order, or single goods.
pub(crate) const PROMOTION_SCOPES: &[&str] = &["GLOBAL", "SINGLE"];

/// The kinds of coupons that paid a part of an order.
pub(crate) const COUPON_TYPES: &[&str] = &["CASH", "NOCASH"];

/// The kinds of promotions that get back a part of a refund.
pub(crate) const REFUND_PROMOTION_TYPES: &[&str] = &["COUPON", "DISCOUNT"];
