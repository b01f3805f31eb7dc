//! The texts that APIv3 signs, and the header that carries the signature of a request.

/// The text that is signed for a request (签名生成):
///
/// ```text
/// METHOD\n path?query\n timestamp\n nonce\n body\n
/// ```
///
/// `path_and_query` is what is sent, percent-encoding included. `timestamp` is in seconds. A request without a body has an empty one.
#[must_use]
pub fn request_text(method: &str, path_and_query: &str, timestamp: u64, nonce: &str, body: &str) -> String {
    format!("{method}\n{path_and_query}\n{timestamp}\n{nonce}\n{body}\n")
}

/// The text that is signed for an answer or a notice (验证签名):
///
/// ```text
/// timestamp\n nonce\n body\n
/// ```
///
/// Timestamp and nonce are those of the headers, and the body is the raw one.
#[must_use]
pub fn answer_text(timestamp: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    [timestamp.as_bytes(), b"\n", nonce.as_bytes(), b"\n", body, b"\n"].concat()
}

/// The text that is signed for `wx.requestPayment` (小程序调起支付):
///
/// ```text
/// appId\n timeStamp\n nonceStr\n package\n
/// ```
///
/// `package` is `prepay_id=` and the id.
#[must_use]
pub fn payment_text(app_id: &str, timestamp: &str, nonce: &str, package: &str) -> String {
    format!("{app_id}\n{timestamp}\n{nonce}\n{package}\n")
}

/// What the `Authorization` header of a request says.
#[derive(Clone, Copy, Debug)]
pub struct Authorization<'a> {
    /// The merchant number; a service provider's own.
    pub mchid: &'a str,
    /// The serial of the merchant's certificate.
    pub serial: &'a str,
    /// In seconds, as in the signed text.
    pub timestamp: u64,
    /// As in the signed text.
    pub nonce: &'a str,
    /// The signature of [`request_text`] in base64: RSASSA-PKCS1-v1_5 with SHA-256.
    pub signature: &'a str,
}

impl Authorization<'_> {
    /// The value of the header.
    #[must_use]
    pub fn header(&self) -> String {
        let Self { mchid, serial, timestamp, nonce, signature } = self;
        format!(
            "{}{mchid}\",nonce_str=\"{nonce}\",signature=\"{signature}\",timestamp=\"{timestamp}\",serial_no=\"{serial}\"",
            "WECHATPAY2-SHA256-RSA2048 mchid=\""
        )
    }
}
