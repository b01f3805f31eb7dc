//! The properties that must be true for any bytes, one function for each fuzz target; a panic is a finding.

mod answers_v3;
mod bills;
mod encrypted;
mod json_by_hand;
mod json_v3;
mod notices;
mod notices_v3;
#[cfg(feature = "certificate")]
mod pkcs12;
mod signer_v3;
mod xml;

pub use answers_v3::answer_v3;
pub use bills::bills;
pub use encrypted::{req_info, user_data};
pub use json_v3::json_v3;
pub use notices::notify;
pub use notices_v3::notice_v3;
#[cfg(feature = "certificate")]
pub use pkcs12::p12;
pub use xml::{params, read_by_roxmltree, same_for_all, xml};
