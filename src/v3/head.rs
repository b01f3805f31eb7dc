//! The signature headers of an answer or a notice: complete, of a known type, and fresh. The host then verifies the signature.

use super::serial::serial;
use crate::error::{Error, ErrorKind, excerpt};

/// The one type of signature that is accepted.
pub const SIGNATURE_TYPE: &str = "WECHATPAY2-SHA256-RSA2048";

/// The longest time between the clock and the timestamp of a message, in seconds.
const FRESH_SECONDS: u64 = 300;

/// WeChat's deliberately wrong signatures begin in this way (探测流量).
pub const PROBE: &str = "WECHATPAY/SIGNTEST/";

/// The `Wechatpay-*` headers, as they came. An absent one is empty.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// `Wechatpay-Timestamp`.
    pub timestamp: &'a str,
    /// `Wechatpay-Nonce`.
    pub nonce: &'a str,
    /// `Wechatpay-Serial`.
    pub serial: &'a str,
    /// `Wechatpay-Signature`.
    pub signature: &'a str,
    /// `Wechatpay-Signature-Type`. An absent one means RSA.
    pub signature_type: &'a str,
}

impl Head<'_> {
    /// Checks headers, type and time, in this order, and returns the canonical serial of the key that signed.
    ///
    /// `what` names the message in errors, and `now` is in seconds.
    ///
    /// # Errors
    /// `ERR_SIGNATURE` with the header's name as its field.
    pub fn check(&self, what: &str, now: u64) -> Result<String, Error> {
        let named = [
            ("Wechatpay-Timestamp", self.timestamp),
            ("Wechatpay-Nonce", self.nonce),
            ("Wechatpay-Serial", self.serial),
            ("Wechatpay-Signature", self.signature),
        ];
        if let Some((name, _)) = named.iter().find(|(_, value)| value.is_empty()) {
            let fault = format!("is missing: {what} is not signed; check that a proxy does not remove the header");
            return Err(unsigned(name, fault));
        }
        // The nonce is a part of the signed text, in which a line break would move what follows.
        if self.nonce.len() > 128 || !self.nonce.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(unsigned("Wechatpay-Nonce", "must be visible ASCII".to_owned()));
        }
        if !self.signature_type.is_empty() && self.signature_type != SIGNATURE_TYPE {
            let remedy = if self.signature_type.contains("SM2") {
                "switch the merchant to RSA keys in the merchant platform (国密 is not supported)"
            } else {
                "check any proxy between you and WeChat"
            };
            let found = excerpt(self.signature_type);
            return Err(unsigned("Wechatpay-Signature-Type", format!("is {found}, not {SIGNATURE_TYPE}; {remedy}")));
        }
        let Some(seconds) = crate::field::integer(self.timestamp) else {
            return Err(unsigned("Wechatpay-Timestamp", "must be seconds since 1970".to_owned()));
        };
        let age = seconds.abs_diff(now);
        if age > FRESH_SECONDS {
            let side = if seconds < now { "old" } else { "ahead" };
            let fault = format!(
                "{what} is {age} s {side}, more than {FRESH_SECONDS}; set the clock of this machine, or it is a replay"
            );
            return Err(unsigned("Wechatpay-Timestamp", fault));
        }
        serial(self.serial)
            .ok_or_else(|| unsigned("Wechatpay-Serial", "is neither a serial nor a PUB_KEY_ID_".to_owned()))
    }

    /// Whether WeChat only tests that a wrong signature is refused.
    #[must_use]
    pub fn is_probe(&self) -> bool {
        self.signature.contains(PROBE)
    }
}

/// The error for a message that is signed with a key that is not configured.
#[must_use]
pub fn unknown_serial(what: &str, head: &Head<'_>) -> Error {
    let found = excerpt(head.serial);
    let remedy = if head.serial.starts_with("PUB_KEY_ID_") {
        "add the WeChat Pay public key of this id (微信支付公钥) to wechatpayKeys"
    } else {
        "add the platform certificate of this serial to wechatpayKeys, or use downloadCertificates. With it, a list fetched within the last minute did not have it"
    };
    unsigned("Wechatpay-Serial", format!("{what} is signed with the unknown key {found}; {remedy}"))
}

/// The error for a message that is signed with a platform certificate after its end.
#[must_use]
pub fn expired_key(what: &str, head: &Head<'_>) -> Error {
    let found = excerpt(head.serial);
    let fault =
        format!("{what} is signed with the platform certificate {found}, which has expired; fetch the list anew");
    unsigned("Wechatpay-Serial", fault)
}

/// The error for a message whose signature does not verify.
#[must_use]
pub fn not_genuine(what: &str, head: &Head<'_>) -> Error {
    let fault = if head.is_probe() {
        "this is a probe of WeChat Pay (WECHATPAY/SIGNTEST/), which must be refused; nothing is wrong".to_owned()
    } else {
        format!(
            "does not match: {what} is forged, changed on its way, or signed with another key; pass the raw bytes of the body"
        )
    };
    unsigned("Wechatpay-Signature", fault)
}

fn unsigned(name: &str, fault: String) -> Error {
    Error::of_field(ErrorKind::Signature, name, fault)
}
