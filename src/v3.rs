//! APIv3: JSON messages that are signed with RSA and encrypted with AES-256-GCM.
//!
//! There is no I/O and no clock here. The caller sends and passes the time. It also brings RSA and AES, by implementing [`Signer`],
//! [`Verifier`] and [`Decrypter`]. The feature `aws-lc` implements them.
//!
//! A request goes to [`BASE_URL`](crate::BASE_URL) and its path.

pub mod api;
#[cfg(all(feature = "aws-lc", not(target_arch = "wasm32")))]
pub mod aws_lc;
pub mod crypto;
pub mod head;
pub mod json;
pub mod merchant;
pub mod notice;
pub mod opening;
pub mod refusal;
pub mod serial;
pub mod signing;
pub mod text;

pub use api::*;
#[cfg(all(feature = "aws-lc", not(target_arch = "wasm32")))]
pub use aws_lc::{ApiV3Keys, MerchantKey, PlatformCertificate, WechatpayKeys, check_bill_hash, open_certificates};
pub use crypto::{Decrypter, Signer, SignerError, Verdict, Verifier};
pub use head::{Head, SIGNATURE_TYPE, not_genuine, unknown_serial};
pub use json::{Json, Limits, Number, read_json};
pub use merchant::Merchant;
pub use notice::{Envelope, Expect, Notice, NoticeKind, read_envelope, read_resource};
pub use opening::{Opened, Reply, Sent, open_answer, open_notice};
pub use refusal::{Refusal, err_codes, refused};
pub use serial::serial;
pub use signing::{RequestPayment, authorization, request_payment};
pub use text::{Authorization, answer_text, payment_text, request_text};
