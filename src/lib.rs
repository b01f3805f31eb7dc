//! The WeChat Pay (微信支付) protocol for mini programs, APIv2, as functions of data.
//!
//! There is no I/O here: no network, no clock, no environment. [`prepare`] gives a request as data, [`complete`] judges the
//! answer, [`open_notify`] a notice; the caller sends, and gives the time and a [`nonce`].
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
//! use paysign::{Key, Merchant, OrderQuery, OrderQueryAnswer, Outcome, SignType, nonce};
//!
//! let key = Key::new("192006250b4c09247ec02edce69f6a2d")?;
//! let merchant = Merchant::new("wxd930ea5d5a258f4f", "10000100", key, SignType::HmacSha256)?;
//! let query = OrderQuery { out_trade_no: Some("20150806125346".to_owned()), ..OrderQuery::default() };
//! let request = query.prepare(&merchant, &nonce()?)?;
//! assert_eq!(request.path, "/pay/orderquery");
//!
//! // POST request.body to request.path; here something else than WeChat answered.
//! let error = OrderQueryAnswer::complete(&request, &merchant, b"<html>502 Bad Gateway</html>").unwrap_err();
//! assert_eq!(error.outcome(), Outcome::Unknown);
//! # Ok::<(), paysign::Error>(())
//! ```
//!
//! | room | what it holds |
//! |---|---|
//! | `params`, `sign`, `key`, `nonce` | the fields of a message, and signatures over them |
//! | `xml` | fields ↔ `<xml>`: flat, bounded, strict |
//! | `field`, `api`, `err_code` | what WeChat's pages say: forms of fields, one file for each API, meanings of codes |
//! | `merchant`, `request_payment`, `notify` | who takes the money, the second signature, what comes back |
//! | `bill` | bills and fund-flow bills, whole or as they come, and comments |
//! | `bytes`, `joined` | short texts, compared, found and put together fast |
//! | `pkcs12` | the merchant's certificate out of an old PKCS#12 file, with the feature `certificate` |
//! | `json`, `packed`, `wasm` | the border to JavaScript |
#![forbid(unsafe_code)]

mod api;
mod bill;
mod bytes;
mod cipher;
mod err_code;
mod error;
mod field;
mod joined;
#[cfg(any(test, all(target_arch = "wasm32", any(feature = "wasm", feature = "calls"))))]
mod json;
mod key;
mod merchant;
mod nonce;
mod notify;
#[cfg(any(test, all(target_arch = "wasm32", feature = "wasm")))]
mod packed;
mod params;
#[cfg(feature = "certificate")]
mod pkcs12;
mod recut;
mod refund_notice;
mod request_payment;
mod sign;
mod user_data;
#[cfg(all(target_arch = "wasm32", any(feature = "wasm", feature = "calls")))]
mod wasm;
#[cfg(all(target_arch = "wasm32", feature = "certificate"))]
#[path = "wasm/certificate.rs"]
mod wasm_certificate;
mod xml;

pub use api::*;
pub use bill::{
    BILL_COLUMNS, BILL_ROW_BYTES, Bill, BillEnd, BillReader, BillRow, Comment, Comments, Difference, fen, parse_bill,
    parse_comments,
};
pub use err_code::{ERR_CODES, ErrCode, err_code};
pub use error::{Error, ErrorKind, Outcome};
pub use field::{Kind, Member};
pub use key::Key;
pub use merchant::Merchant;
pub use nonce::{NONCE_LENGTH, nonce, nonce_from};
pub use notify::{Expect, Notice, NoticeKind, open_notify, reply_notify};
pub use params::Params;
#[cfg(feature = "certificate")]
pub use pkcs12::{PKCS12_BYTES, PKCS12_ITERATIONS, PemPair, open_pkcs12};
pub use request_payment::{
    BridgePayment, JssdkPayment, Prepay, RequestPayment, bridge_payment, jssdk_payment, request_payment, time_stamp,
};
pub use sign::{SignType, sign, signed_text, verify};
pub use user_data::decrypt_user_data;
pub use xml::{Limits, build_xml, parse_xml};
