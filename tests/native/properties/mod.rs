//! The properties that must be true for any bytes, one function for each fuzz target; a panic is a finding.

mod bills;
mod encrypted;
mod notices;
#[cfg(feature = "certificate")]
mod pkcs12;
mod xml;

pub use bills::bills;
pub use encrypted::{req_info, user_data};
pub use notices::notify;
#[cfg(feature = "certificate")]
pub use pkcs12::p12;
pub use xml::{params, read_by_roxmltree, same_for_all, xml};
