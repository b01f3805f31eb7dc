//! The words that WeChat documents for members of answers and notices. Each list is open, since WeChat adds words.

use crate::v2::trade_type::{APP, FACEPAY, JSAPI, MICROPAY, MWEB, NATIVE};

/// The states of an order (交易状态).
pub(crate) const TRADE_STATES: &[&str] =
    &["SUCCESS", "REFUND", "NOTPAY", "CLOSED", "REVOKED", "USERPAYING", "ACCEPT", "PAYERROR"];

/// The kinds of payment that can be ordered. `micropay` has no order.
pub(crate) const ORDER_TYPES: &[&str] = &[JSAPI, NATIVE, APP, MWEB];

/// How a payment by code was made.
pub(crate) const CODE_TYPES: &[&str] = &[MICROPAY, FACEPAY];

/// How an order was paid, by code too.
pub(crate) const TRADE_TYPES: &[&str] = &[JSAPI, NATIVE, APP, MWEB, MICROPAY, FACEPAY];

/// The states of a refund (退款状态).
pub(crate) const REFUND_STATUSES: &[&str] = &["SUCCESS", "CHANGE", "REFUNDCLOSE", "PROCESSING"];

/// The receivers of a refund.
pub(crate) const REFUND_CHANNELS: &[&str] = &["ORIGINAL", "BALANCE", "OTHER_BALANCE", "OTHER_BANKCARD"];

/// The accounts that a refund is paid from.
pub(crate) const REFUND_ACCOUNTS: &[&str] = &["REFUND_SOURCE_UNSETTLED_FUNDS", "REFUND_SOURCE_RECHARGE_FUNDS"];

/// The kinds of coupons.
pub(crate) const COUPON_TYPES: &[&str] = &["CASH", "NO_CASH"];

/// The currencies of merchants in China.
pub(crate) const CURRENCIES: &[&str] = &["CNY"];

/// Yes and no.
pub(crate) const YES_OR_NO: &[&str] = &["Y", "N"];

/// The two results of a call.
pub(crate) const RESULTS: &[&str] = &["SUCCESS", "FAIL"];
