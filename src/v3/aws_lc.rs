//! The cryptography of APIv3 on aws-lc-rs, from the files of the merchant platform. The feature `aws-lc` has it.
//!
//! Keys are overwritten when they are dropped, and no `Debug` shows one. The memory of a text that the caller read is the caller's.
//!
//! ```no_run
//! use std::fs::read_to_string;
//! use std::time::{SystemTime, UNIX_EPOCH};
//!
//! use paysign::nonce;
//! use paysign::v3::{Call, Head, Merchant, MerchantKey, OrderQuery, Reply, Sent, WechatpayKeys, authorization, open_answer};
//!
//! let merchant = Merchant::new("wx8888888888888888", "1900009191")?;
//! let certificate = read_to_string("apiclient_cert.pem")?;
//! let signer = MerchantKey::of_certificate(&read_to_string("apiclient_key.pem")?, &certificate, &merchant)?;
//! let wechat = WechatpayKeys::default().with_public_key("PUB_KEY_ID_0119", &read_to_string("pub_key.pem")?)?;
//!
//! let query = OrderQuery { out_trade_no: Some("20150806125346".to_owned()), ..OrderQuery::default() };
//! let request = query.prepare(&merchant)?;
//! let (now, nonce) = (SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(), nonce()?);
//! let header = authorization(&signer, &merchant, &request, now, &nonce)?;
//!
//! // Send request.body to request.path with the headers Authorization and Wechatpay-Serial (wechat.preferred()).
//! let head = Head { timestamp: "", nonce: "", serial: "", signature: "", signature_type: "" };
//! let reply = Reply { status: 200, request_id: "", head, body: b"" };
//! let sent = Sent { api: OrderQuery::API, merchant: &merchant, request: &request, text: &request.text(now, &nonce) };
//! let order = OrderQuery::read(&open_answer(&sent, &reply, &wechat, now)?)?;
//! println!("{}", order.trade_state);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod merchant_key;
mod notice_keys;
mod pem;
mod wechatpay_keys;

pub use merchant_key::MerchantKey;
pub use notice_keys::ApiV3Keys;
pub use wechatpay_keys::WechatpayKeys;
