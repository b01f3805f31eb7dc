//! What a merchant signs: the `Authorization` header of a request, and the argument of `wx.requestPayment`.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::api::Request;
use super::crypto::Signer;
use super::merchant::Merchant;
use super::serial::serial;
use super::text::{Authorization, payment_text, request_text};
use crate::error::{Error, ErrorKind, excerpt};
use crate::field::{Kind, check_nonce};

impl Request {
    /// The text that is signed for this request. Keep it for the answer: a 401 may show another one.
    #[must_use]
    pub fn text(&self, timestamp: u64, nonce: &str) -> String {
        request_text(self.method, &self.path, timestamp, nonce, &self.body)
    }
}

/// Signs a request, and returns the value of its `Authorization` header.
///
/// `timestamp` is now, in seconds since 1970. The nonce is a fresh one of 1 to 32 letters, digits, `_` and `-`.
///
/// # Errors
/// `ERR_PARAM` with the field, `ERR_CONFIG` for the serial of the signer, `ERR_INTERNAL` if it cannot sign.
pub fn authorization(
    signer: &dyn Signer,
    merchant: &Merchant,
    request: &Request,
    timestamp: u64,
    nonce: &str,
) -> Result<String, Error> {
    request.check_sealed()?;
    check_seconds("timestamp", timestamp)?;
    check_nonce("nonce", nonce)?;
    let own = signer.serial();
    // A quote or a line break would change the header.
    if serial(own).is_none() || !own.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Error::of_field(
            ErrorKind::Config,
            "serial",
            "must be the serial of the merchant's certificate, in hexadecimal digits",
        ));
    }
    let signature = signed(signer, &request.text(timestamp, nonce))?;
    let mchid = merchant.mchid();
    Ok(Authorization { mchid, serial: own, timestamp, nonce, signature: &signature }.header())
}

/// The argument of `wx.requestPayment` (小程序调起支付). It has no `appId`.
#[derive(Clone, PartialEq, Eq)]
#[allow(non_snake_case, reason = "WeChat's words are spelled as WeChat spells them")]
pub struct RequestPayment {
    /// Seconds since 1970, as text: some clients fail on a number.
    pub timeStamp: String,
    /// The nonce.
    pub nonceStr: String,
    /// `prepay_id=` and the id.
    pub package: String,
    /// `RSA`.
    pub signType: &'static str,
    /// The signature over the first three and the `appId`.
    pub paySign: String,
}

/// Shows everything but the signature.
impl fmt::Debug for RequestPayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestPayment")
            .field("timeStamp", &self.timeStamp)
            .field("nonceStr", &self.nonceStr)
            .field("package", &self.package)
            .field("signType", &self.signType)
            .field("paySign", &"[signature]")
            .finish()
    }
}

/// Signs an order for `wx.requestPayment`. `timestamp` is now, in seconds since 1970, and the nonce is a fresh one.
///
/// # Errors
/// `ERR_PARAM` with the field, `ERR_INTERNAL` if the signer cannot sign.
pub fn request_payment(
    signer: &dyn Signer,
    merchant: &Merchant,
    prepay_id: &str,
    timestamp: u64,
    nonce: &str,
) -> Result<RequestPayment, Error> {
    if prepay_id.starts_with("prepay_id=") {
        return Err(Error::param("prepay_id", "must be the id alone; `prepay_id=` is added here"));
    }
    if let Some(fault) = Kind::Identifier.fault(prepay_id) {
        return Err(Error::param("prepay_id", fault));
    }
    check_seconds("timeStamp", timestamp)?;
    check_nonce("nonceStr", nonce)?;
    let (seconds, package) = (timestamp.to_string(), format!("prepay_id={prepay_id}"));
    let signature = signed(signer, &payment_text(merchant.appid(), &seconds, nonce, &package))?;
    Ok(RequestPayment { timeStamp: seconds, nonceStr: nonce.to_owned(), package, signType: "RSA", paySign: signature })
}

/// The signature of a text in base64.
fn signed(signer: &dyn Signer, text: &str) -> Result<String, Error> {
    let signature = signer.sign(text.as_bytes()).map_err(|error| {
        Error::new(ErrorKind::Internal, format!("the signer failed: {}", excerpt(&error.to_string())))
    })?;
    Ok(STANDARD.encode(signature))
}

/// Seconds have ten digits until the year 2286; milliseconds have more.
fn check_seconds(field: &str, timestamp: u64) -> Result<(), Error> {
    if (1_000_000_000..10_000_000_000).contains(&timestamp) {
        Ok(())
    } else {
        Err(Error::param(field, "must be seconds since 1970, ten digits; milliseconds have thirteen"))
    }
}
