//! The kinds of payment (交易类型), as `trade_type` has them. WeChat may add others.
//!
//! ```
//! use paysign::{UnifiedOrder, trade_type};
//! let order = UnifiedOrder { trade_type: trade_type::JSAPI.to_owned(), ..UnifiedOrder::default() };
//! assert_eq!(order.trade_type, "JSAPI");
//! ```

/// In a mini program or an official account.
pub const JSAPI: &str = "JSAPI";

/// By a code that the payer scans.
pub const NATIVE: &str = "NATIVE";

/// In an app.
pub const APP: &str = "APP";

/// In a browser outside of WeChat (H5支付).
pub const MWEB: &str = "MWEB";

/// By a code that the shop scans. It has no order before, and no notice.
pub const MICROPAY: &str = "MICROPAY";

/// By face. It has no order before, and no notice.
pub const FACEPAY: &str = "FACEPAY";
