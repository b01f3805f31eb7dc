//! The cryptography of APIv3 on aws-lc-rs, from the files of the merchant platform. The feature `aws-lc` has it.
//!
//! It signs and verifies, encrypts and decrypts sensitive members, and compares the hash of a bill. It also opens the list of platform
//! certificates. Keys are overwritten when they are dropped, and no `Debug` shows one. The memory of a text that the caller read is the caller's.
//!
//! ```
//! use paysign::v3::{
//!     Call, Head, Merchant, MerchantKey, OrderQuery, Reply, Sent, WechatpayKeys, authorization, open_answer,
//! };
//! use paysign::{Error, nonce};
//!
//! /// Whether an order is paid. The files are `apiclient_key.pem`, `apiclient_cert.pem` and `pub_key.pem`.
//! fn is_paid(key: &str, certificate: &str, public_key: &str, now: u64) -> Result<bool, Error> {
//!     let merchant = Merchant::new("wx8888888888888888", "1900009191")?;
//!     let signer = MerchantKey::of_certificate(key, certificate, &merchant, now)?;
//!     let wechat = WechatpayKeys::default().with_public_key("PUB_KEY_ID_0119", public_key)?;
//!
//!     let query = OrderQuery { out_trade_no: Some("20150806125346".to_owned()), ..OrderQuery::default() };
//!     let (request, nonce) = (query.prepare(&merchant)?, nonce()?);
//!     let header = authorization(&signer, &merchant, &request, now, &nonce)?;
//!
//!     // Send request.body to request.path, with Authorization and with Wechatpay-Serial: wechat.preferred().
//! #   let _ = header;
//!     let head = Head { timestamp: "", nonce: "", serial: "", signature: "", signature_type: "" };
//!     let reply = Reply { status: 200, request_id: "", head, body: b"" };
//!     let text = request.text(now, &nonce);
//!     let sent = Sent { api: OrderQuery::API, merchant: &merchant, request: &request, text: &text };
//!     let order = OrderQuery::read(&open_answer(&sent, &reply, &wechat, now)?)?;
//!     Ok(order.trade_state == "SUCCESS")
//! }
//! # assert_eq!(is_paid("", "", "", 1_785_028_800).unwrap_err().field(), Some("privateKey"));
//! ```

mod bill_hash;
mod merchant_key;
mod notice_keys;
mod pem;
mod platform_certificates;
mod wechatpay_keys;

pub use bill_hash::check_bill_hash;
pub use merchant_key::MerchantKey;
pub use notice_keys::ApiV3Keys;
pub use platform_certificates::{PlatformCertificate, open_certificates};
pub use wechatpay_keys::WechatpayKeys;
