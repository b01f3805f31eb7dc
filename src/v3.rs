//! APIv3: JSON messages that are signed with RSA and encrypted with AES-256-GCM.
//!
//! There is no I/O, no clock and no RSA here. The caller sends, passes the time, and signs and verifies the texts that are made here.

pub mod api;
pub mod head;
pub mod json;
pub mod merchant;
pub mod notice;
pub mod refusal;
pub mod serial;
pub mod text;

pub use api::*;
pub use head::{Head, SIGNATURE_TYPE, not_genuine, unknown_serial};
pub use json::{Json, Number, read_json};
pub use merchant::Merchant;
pub use notice::{Envelope, Expect, Notice, NoticeKind, read_envelope, read_resource};
pub use refusal::{Refusal, refused};
pub use serial::serial;
pub use text::{Authorization, answer_text, payment_text, request_text};
