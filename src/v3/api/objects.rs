//! Objects that occur in several requests or answers.

mod by_code;
mod combined;
mod files;
mod ordered;
mod paid;
mod refunded;

pub use by_code::*;
pub use combined::*;
pub use files::*;
pub use ordered::*;
pub use paid::*;
pub use refunded::*;
