//! Objects that occur in several requests or answers.

mod ordered;
mod paid;
mod refunded;

pub use ordered::*;
pub use paid::*;
pub use refunded::*;
