//! Why requests, notices and payments of APIv3 are refused. Nothing but public keys is used, and no host.

mod answered;
mod bodies;
mod causes;
mod evidence;
mod facts;
mod header;
mod keys;
mod lines;
mod notice;
mod paths;
mod payment;
mod request;
mod words;

pub use self::facts::{Answer, RequestFacts};
pub use self::notice::{NoticeFacts, explain_notice};
pub use self::payment::{PaymentFacts, explain_payment};
pub use self::request::explain_request;
