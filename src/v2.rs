//! APIv2: messages of XML, signed with the merchant's key.

pub(crate) mod ambiguity;
pub(crate) mod api;
pub(crate) mod bill;
pub(crate) mod comments;
pub(crate) mod err_code;
pub(crate) mod key;
pub(crate) mod merchant;
pub(crate) mod notice_members;
pub(crate) mod notify;
pub(crate) mod params;
pub(crate) mod refund_notice;
pub(crate) mod request_payment;
pub(crate) mod sign;
pub mod trade_type;
mod words;
pub(crate) mod xml;
