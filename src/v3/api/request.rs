//! A request as data, and the encryption of its sensitive texts.

use std::fmt;

use super::sealing::SECRET_MARK;
use crate::error::{Error, ErrorKind};

/// A request as data. Encrypt its sensitive texts with [`seal`](Self::seal), sign [`request_text`](crate::v3::request_text) of it,
/// and send the same bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The HTTP method.
    pub method: &'static str,
    /// Path and query, percent-encoded.
    pub path: String,
    /// The JSON; empty for a request without a body. Until it is sealed, it has a mark in the place of each sensitive text.
    pub body: String,
    /// The sensitive texts that are not encrypted yet, in their order in the body.
    pub secrets: Vec<String>,
    /// Whether it may be sent again if an earlier attempt may have arrived.
    pub repeatable: bool,
    /// The members that the answer must repeat, and their values. It may lack one whose place ends with `?`.
    pub asked: Vec<(String, String)>,
}

/// Shows where the request goes. The body names the payer and stays out of logs.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

impl Request {
    /// Encrypts the sensitive texts, and writes them into the body. Name the key in `Wechatpay-Serial`.
    ///
    /// `encrypt` returns base64 of RSAES-OAEP with SHA-1.
    ///
    /// # Errors
    /// Those of `encrypt`.
    pub fn seal(mut self, mut encrypt: impl FnMut(&str) -> Result<String, Error>) -> Result<Self, Error> {
        let mut pieces = self.body.split(SECRET_MARK);
        let mut body = pieces.next().unwrap_or_default().to_owned();
        for (piece, secret) in pieces.zip(&self.secrets) {
            body.push_str(&encrypt(secret)?);
            body.push_str(piece);
        }
        self.body = body;
        self.secrets.clear();
        Ok(self)
    }

    /// Refuses a request whose sensitive texts are not encrypted yet.
    pub(crate) fn check_sealed(&self) -> Result<(), Error> {
        if self.secrets.is_empty() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Param,
            "the request has sensitive members; call seal first, with a key of WeChat Pay",
        ))
    }
}
