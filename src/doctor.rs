//! The signature doctor: why a signature of APIv2 or APIv3 is wrong.
//!
//! It makes the signature again with each usual mistake, and compares. A cause is certain where a mistake reproduces the
//! signature, or where the data proves it. The work is bounded. A [`Diagnosis`] never has a key.

mod diagnosis;
mod message;
mod sort;
mod v2;
mod words;

pub use self::diagnosis::{Cause, Diagnosis, Field, Language};
pub use self::v2::{Given, SignatureFacts, explain_signature};
