//! A request of APIv3 and its answer, as the caller knows them.

use crate::doctor::diagnosis::Language;

/// What WeChat answered.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// Names and values of the headers.
    pub headers: &'a [(String, String)],
    /// The raw body.
    pub body: &'a [u8],
}

/// A request, and what the caller knows of it.
#[derive(Clone, Copy, Default)]
pub struct RequestFacts<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// The address as it was sent, whole or from the path on.
    pub url: &'a str,
    /// The body as it was sent; empty for none.
    pub body: &'a [u8],
    /// The value of the `Authorization` header.
    pub authorization: &'a str,
    /// `apiclient_cert.pem`.
    pub certificate: Option<&'a str>,
    /// `apiclient_key.pem`. Only its public half is read.
    pub private_key: Option<&'a str>,
    /// What WeChat answered. A 401 shows the text that WeChat verified.
    pub answer: Option<Answer<'a>>,
    /// Now, in milliseconds since 1970.
    pub now_ms: Option<i64>,
    /// The language of the causes.
    pub language: Language,
}
