//! The exports of `wasm-pack build`: the protocol on plain JavaScript objects.
//!
//! The npm package does not have them: its own interface is faster, and its client sends the requests too.
//!
//! Where another crate depends on this one, its module for JavaScript would have these exports among its own. Such a crate sets
//! `default-features = false`.

mod calls;
mod messages;
mod payments;
mod v3;
mod values;

pub use calls::{complete_object, prepare_object};
pub use messages::{
    build_xml_text, nonce_text, open_notify_object, parse_xml_object, reply_notify_text, sign_object,
    signed_text_object, signed_xml_text, verify_object,
};
pub use payments::{bridge_payment_object, jssdk_payment_object, request_payment_object};
pub use v3::{
    answer_text_v3, authorization_v3, complete_v3_object, payment_text_v3, prepare_v3_object, request_text_v3,
};
