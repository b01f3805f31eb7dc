//! `paysign`: the WeChat Pay (微信支付) protocol for mini programs, APIv2.
#![forbid(unsafe_code)]

mod api;
mod err_code;
mod error;
mod field;
mod key;
mod merchant;
mod nonce;
mod notify;
#[cfg(any(test, all(target_arch = "wasm32", feature = "wasm")))]
mod packed;
mod params;
mod request_payment;
mod sign;
#[cfg(all(target_arch = "wasm32", feature = "wasm"))]
mod wasm;
mod xml;

pub use api::*;
pub use err_code::{ERR_CODES, ErrCode, err_code};
pub use error::{Error, ErrorKind, Outcome};
pub use field::{Kind, Member};
pub use key::Key;
pub use merchant::Merchant;
pub use nonce::{NONCE_LENGTH, nonce, nonce_from};
pub use notify::{Expect, PaymentNotice, open_notify, reply_notify};
pub use params::Params;
pub use request_payment::{
    BridgePayment, JssdkPayment, Prepay, RequestPayment, bridge_payment, jssdk_payment, request_payment, time_stamp,
};
pub use sign::{SignType, sign, signed_text, verify};
pub use xml::{Limits, build_xml, parse_xml};
