//! The signature doctor: why a signature of APIv2 or APIv3 is wrong.
//!
//! It makes the signature again with each usual mistake, and compares. A cause is certain where a mistake reproduces the
//! signature, or where the data proves it. The work is bounded. A [`Diagnosis`] never has a key.

mod diagnosis;
mod message;
mod percent;
mod sort;
mod v2;
mod v3;
mod words;

pub use self::diagnosis::{Cause, Diagnosis, Field, Language};
pub use self::v2::{Given, SignatureFacts, explain_signature};
pub use self::v3::{Answer, NoticeFacts, PaymentFacts, RequestFacts, explain_notice, explain_payment, explain_request};
