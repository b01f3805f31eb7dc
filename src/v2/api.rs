//! The APIs: one file each under `api/`, one line each here.

mod declaration;
mod exchange;
mod items;
mod meaning;
pub(crate) mod refusal;

use declaration::apis;

pub use declaration::{Base, Declaration, Documentation, Echo, Family, Field, Item, Reads, Rule};
pub use exchange::{Request, complete, prepare};
#[cfg(any(
    test,
    all(
        target_arch = "wasm32",
        any(feature = "calls", all(feature = "bindings", not(any(feature = "wasm", feature = "certificate"))))
    )
))]
pub(crate) use items::numbers;
pub use items::{Coupon, CouponRefund, Indexed, RefundRecord};

apis! {
    unified_order::UnifiedOrder,
    order_query::OrderQuery,
    close_order::CloseOrder,
    refund::Refund,
    refund_query::RefundQuery,
    refund_query_v2::RefundQueryV2,
    micropay::Micropay,
    reverse::Reverse,
    download_bill::DownloadBill,
    download_fund_flow::DownloadFundFlow,
    batch_query_comment::BatchQueryComment,
    report::Report,
    sandbox_sign_key::SandboxSignKey,
}

/// The declaration of the API of this name, for example `unifiedOrder`.
#[must_use]
pub fn api(name: &str) -> Option<&'static Declaration> {
    ALL.iter().copied().find(|api| api.name == name)
}
