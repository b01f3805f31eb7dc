//! The WeChat Pay (微信支付) protocol for mini programs, APIv2 and [APIv3](v3), as functions of data.
//!
//! There is no I/O here: no network, no clock, no environment. [`prepare`] returns a request as data. [`complete`] judges the
//! answer, and [`open_notify`] a notice. The caller sends, and passes the time and a [`nonce`].
//!
//! The example of WeChat's page on signing (签名算法, chapter 4_3):
//!
//! ```
//! use paysign::{Key, Params, SignType, sign, signed_text};
//!
//! let params = Params::from_pairs([
//!     ("appid", "wxd930ea5d5a258f4f"),
//!     ("mch_id", "10000100"),
//!     ("device_info", "1000"),
//!     ("body", "test"),
//!     ("nonce_str", "ibuaiVcKdpRxkhJA"),
//! ])?;
//! assert_eq!(
//!     signed_text(&params),
//!     "appid=wxd930ea5d5a258f4f&body=test&device_info=1000&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA"
//! );
//!
//! let key = Key::new("192006250b4c09247ec02edce69f6a2d")?;
//! assert_eq!(sign(&params, &key, SignType::Md5), "9A0A8659F005D6984697E2CA0A9CF3B7");
//! assert_eq!(
//!     sign(&params, &key, SignType::HmacSha256),
//!     "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6"
//! );
//! # Ok::<(), paysign::Error>(())
//! ```
//!
//! A whole call, but for the sending:
//!
//! ```
//! use paysign::{BASE_URL, Key, Merchant, OrderQuery, OrderQueryAnswer, Outcome, SignType, nonce};
//!
//! let key = Key::new("192006250b4c09247ec02edce69f6a2d")?;
//! let merchant = Merchant::new("wxd930ea5d5a258f4f", "10000100", key, SignType::HmacSha256)?;
//! let query = OrderQuery { out_trade_no: Some("20150806125346".to_owned()), ..OrderQuery::default() };
//! let request = query.prepare(&merchant, &nonce()?)?;
//! assert_eq!(format!("{BASE_URL}{}", request.path), "https://api.mch.weixin.qq.com/pay/orderquery");
//!
//! // POST request.body there; here something else than WeChat answered.
//! let error = OrderQueryAnswer::complete(&request, &merchant, b"<html>502 Bad Gateway</html>").unwrap_err();
//! assert_eq!(error.outcome(), Outcome::Unknown);
//! # Ok::<(), paysign::Error>(())
//! ```
//!
//! A call of APIv3, up to the text that the merchant's private key signs:
//!
//! ```
//! use paysign::nonce;
//! use paysign::v3::{Call, Merchant, OrderQuery};
//!
//! let merchant = Merchant::new("wx8888888888888888", "1900009191")?;
//! let query = OrderQuery { out_trade_no: Some("20150806125346".to_owned()), ..OrderQuery::default() };
//! let request = query.prepare(&merchant)?;
//! assert_eq!((request.method, request.body.as_str()), ("GET", ""));
//! let text = request.text(1_785_028_800, &nonce()?);
//! assert!(text.starts_with("GET\n/v3/pay/transactions/out-trade-no/20150806125346?mchid=1900009191\n1785028800\n"));
//! # Ok::<(), paysign::Error>(())
//! ```
//!
//! [`v3::authorization`] signs it, [`v3::open_answer`] verifies and judges the answer, and [`v3::open_notice`] opens a notice. Each takes
//! the traits of [`v3::crypto`]. The feature `aws-lc` implements them on aws-lc-rs, with an example in `v3::aws_lc`.
//!
//! The feature `bindings`, on by default, is for `wasm-pack build`: it exports the protocol to JavaScript, on wasm alone. A crate that
//! depends on this one sets `default-features = false`, or its own module would have these exports too.
//!
//! | room | content |
//! |---|---|
//! | `v3` | APIv3: JSON, signed texts, the APIs, answers, notices, and keys on aws-lc-rs with the feature `aws-lc` |
//! | `v2` | messages of APIv2: parameters, signatures, XML, the APIs, the second signature, notices |
//! | `doctor` | why a signature is wrong, with the feature `doctor` |
//! | `bill` | bills and fund-flow bills, whole or in chunks |
//! | `pkcs12` | the merchant's certificate from an old PKCS#12 file, with the feature `certificate` |
//! | `error`, `field`, `hosts`, `nonce`, `cipher`, `der`, `x509`, `user_data`, `buffer`, `bytes` | shared ground |
//! | `border` | wire formats between Rust and JavaScript |
//! | `wasm` | the exported functions |
//!
//! Imports go one way: `wasm → border → doctor → v2, v3 → bill, pkcs12 → shared ground`.
#![forbid(unsafe_code)]

mod bill;
#[cfg(any(
    test,
    all(
        target_arch = "wasm32",
        any(
            feature = "wasm",
            feature = "bills",
            feature = "calls",
            feature = "calls-v3",
            feature = "explain",
            all(feature = "bindings", not(feature = "certificate"))
        )
    )
))]
mod border;
mod buffer;
mod bytes;
mod cipher;
#[cfg(any(feature = "certificate", feature = "v3"))]
mod der;
#[cfg(feature = "doctor")]
pub mod doctor;
mod error;
mod field;
mod hosts;
mod nonce;
#[cfg(feature = "certificate")]
mod pkcs12;
#[doc(hidden)]
pub mod shared_numbers;
mod user_data;
mod v2;
#[cfg(feature = "v3")]
pub mod v3;
#[cfg(all(
    target_arch = "wasm32",
    any(
        feature = "bindings",
        feature = "wasm",
        feature = "bills",
        feature = "calls",
        feature = "calls-v3",
        feature = "certificate",
        feature = "explain"
    )
))]
mod wasm;
#[cfg(feature = "v3")]
mod x509;

pub use bill::{BILL_COLUMNS, BILL_ROW_BYTES, Bill, BillEnd, BillReader, BillRow, Difference, fen};
pub use error::{ERROR_KINDS, Error, ErrorKind, Outcome};
pub use field::{Kind, Member};
pub use hosts::{BACKUP_BASE_URL, BASE_URL, LOGIN_URL};
pub use nonce::{NONCE_LENGTH, nonce, nonce_from};
#[cfg(feature = "certificate")]
pub use pkcs12::{PKCS12_BYTES, PKCS12_ITERATIONS, PemPair, open_pkcs12};
pub use user_data::decrypt_user_data;
pub use v2::api::*;
pub use v2::bill::parse_bill;
pub use v2::comments::{Comment, Comments, parse_comments};
pub use v2::err_code::{ERR_CODES, ErrCode, err_code};
pub use v2::key::Key;
pub use v2::merchant::Merchant;
pub use v2::notice_members::{Need, NoticeMember, PAYMENT_MEMBERS, REFUND_MEMBERS};
pub use v2::notify::{Expect, Notice, NoticeKind, open_notify, reply_notify};
pub use v2::params::Params;
pub use v2::request_payment::{
    BridgePayment, JssdkPayment, Prepay, RequestPayment, bridge_payment, jssdk_payment, request_payment, time_stamp,
};
pub use v2::sign::{SignType, sign, signed_text, verify};
pub use v2::trade_type;
pub use v2::xml::{Limits, build_xml, parse_xml};
#[cfg(all(
    target_arch = "wasm32",
    feature = "bindings",
    not(any(
        feature = "wasm",
        feature = "bills",
        feature = "calls",
        feature = "calls-v3",
        feature = "certificate",
        feature = "explain"
    ))
))]
pub use wasm::bindings;
#[cfg(feature = "v3")]
pub use x509::{Certificate, read_certificate};
