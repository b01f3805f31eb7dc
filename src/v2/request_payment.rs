//! The second signature: the argument of `wx.requestPayment`, and its two relatives in the browser.

use std::fmt;

use crate::buffer::Buffer;
use crate::error::Error;
use crate::field::{Kind, check_nonce, integer};
use crate::v2::key::Key;
use crate::v2::merchant::Merchant;
use crate::v2::sign::{SignType, Signature};

/// The values that are signed for the payer's phone. The server knows all of them; nothing comes from the client.
#[derive(Clone, Copy, Debug)]
#[allow(non_snake_case, reason = "WeChat's words are spelled as WeChat spells them")]
pub struct Prepay<'a> {
    /// The `appid` that ordered.
    pub appId: &'a str,
    /// The `prepay_id` of the unified order; it is valid for two hours.
    pub prepay_id: &'a str,
    /// The sign type of the order. This signature must use the same sign type.
    pub signType: SignType,
    /// Now, in seconds since 1970 (not milliseconds).
    pub timeStamp: u64,
    /// A fresh nonce, at most 32 letters, digits, `_` and `-`.
    pub nonceStr: &'a str,
}

impl<'a> Prepay<'a> {
    /// An order of this merchant: the paying app and the sign type are the merchant's. `timeStamp` is in seconds since 1970.
    ///
    /// ```
    /// use paysign::{Key, Merchant, Prepay, SignType, request_payment};
    /// let key = Key::new("qazwsxedcrfvtgbyhnujmikolp111111")?;
    /// let merchant = Merchant::new("wxd678efh567hg6787", "10000100", key, SignType::Md5)?;
    /// let prepay = Prepay::of(
    ///     &merchant,
    ///     "wx2017033010242291fcfe0db70013231072",
    ///     1490840662,
    ///     "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
    /// );
    /// let payment = request_payment(&prepay, merchant.key())?;
    /// assert_eq!(payment.paySign, "22D9B4E54AB1950F51E0649E8810ACD6");
    /// # Ok::<(), paysign::Error>(())
    /// ```
    #[must_use]
    #[allow(non_snake_case, reason = "WeChat's words are spelled as WeChat spells them")]
    pub fn of(merchant: &'a Merchant, prepay_id: &'a str, timeStamp: u64, nonceStr: &'a str) -> Self {
        Self { appId: merchant.paying_app(), prepay_id, signType: merchant.sign_type(), timeStamp, nonceStr }
    }
}

/// The argument of `wx.requestPayment` (小程序调起支付API, chapter 7_7 of the mini-program manual). It has no `appId`.
#[derive(Clone, PartialEq, Eq)]
#[allow(non_snake_case, reason = "WeChat's words are spelled as WeChat spells them")]
pub struct RequestPayment {
    /// Seconds since 1970, as text: some clients fail on a number.
    pub timeStamp: String,
    /// The nonce.
    pub nonceStr: String,
    /// `prepay_id=` and the id.
    pub package: String,
    /// `MD5` or `HMAC-SHA256`, as the order.
    pub signType: String,
    /// The signature over these and the `appId`.
    pub paySign: String,
}

/// The argument of `getBrandWCPayRequest` of the `WeixinJSBridge` (公众号支付, chapter 7_7): the same members, and `appId`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(non_snake_case, reason = "WeChat's words are spelled as WeChat spells them")]
pub struct BridgePayment {
    /// The `appid` that ordered.
    pub appId: String,
    /// Everything else.
    pub payment: RequestPayment,
}

/// The argument of `wx.chooseWXPay` of the JSSDK: `timestamp` is spelled in lower case here, though `timeStamp` is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JssdkPayment {
    /// Seconds since 1970, as text.
    pub timestamp: String,
    /// Everything else; its `timeStamp` has another name here.
    pub payment: RequestPayment,
}

/// Signs an order for `wx.requestPayment`.
///
/// ```
/// use paysign::{Key, Prepay, SignType, request_payment};
/// let payment = request_payment(
///     &Prepay {
///         appId: "wxd678efh567hg6787",
///         prepay_id: "wx2017033010242291fcfe0db70013231072",
///         signType: SignType::Md5,
///         timeStamp: 1490840662,
///         nonceStr: "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
///     },
///     &Key::new("qazwsxedcrfvtgbyhnujmikolp111111")?,
/// )?;
/// assert_eq!(payment.paySign, "22D9B4E54AB1950F51E0649E8810ACD6");
/// # Ok::<(), paysign::Error>(())
/// ```
///
/// # Errors
/// `ERR_PARAM` with the field that is missing or malformed.
pub fn request_payment(prepay: &Prepay<'_>, key: &Key<'_>) -> Result<RequestPayment, Error> {
    let sign = pay_sign(prepay, key, &mut Buffer::new())?;
    Ok(RequestPayment {
        timeStamp: prepay.timeStamp.to_string(),
        nonceStr: prepay.nonceStr.to_owned(),
        package: format!("prepay_id={}", prepay.prepay_id),
        signType: prepay.signType.as_str().to_owned(),
        paySign: sign.as_str().to_owned(),
    })
}

/// Signs an order for the JSAPI bridge inside WeChat's browser.
///
/// # Errors
/// As [`request_payment`].
pub fn bridge_payment(prepay: &Prepay<'_>, key: &Key<'_>) -> Result<BridgePayment, Error> {
    Ok(BridgePayment { appId: prepay.appId.to_owned(), payment: request_payment(prepay, key)? })
}

/// Signs an order for the JSSDK inside WeChat's browser.
///
/// # Errors
/// As [`request_payment`].
pub fn jssdk_payment(prepay: &Prepay<'_>, key: &Key<'_>) -> Result<JssdkPayment, Error> {
    let payment = request_payment(prepay, key)?;
    Ok(JssdkPayment { timestamp: payment.timeStamp.clone(), payment })
}

/// Checks every member and signs five of them. All three signatures use the mini program's spelling. `text` is scratch space.
pub(crate) fn pay_sign(prepay: &Prepay<'_>, key: &Key<'_>, text: &mut Buffer) -> Result<Signature, Error> {
    for (name, value) in [("appId", prepay.appId), ("prepay_id", prepay.prepay_id)] {
        if value.is_empty() {
            return Err(Error::param(name, "is missing"));
        }
    }
    if let Some(fault) = Kind::Identifier.fault(prepay.appId) {
        return Err(Error::param("appId", fault));
    }
    if prepay.prepay_id.starts_with("prepay_id=") {
        return Err(Error::param("prepay_id", "must be the id alone; `prepay_id=` is added here"));
    }
    if let Some(fault) = Kind::Identifier.fault(prepay.prepay_id) {
        return Err(Error::param("prepay_id", fault));
    }
    check_nonce("nonceStr", prepay.nonceStr)?;
    let seconds = prepay.timeStamp.to_string();
    if seconds.len() != SECONDS_DIGITS {
        time_stamp(&seconds)?;
    }
    let fields = [
        ("appId", prepay.appId),
        ("nonceStr", prepay.nonceStr),
        // The value is `prepay_id=` and the id. Its start is here, with the name, which saves a copy: 3 % of the call.
        ("package=prepay_id", prepay.prepay_id),
        ("signType", prepay.signType.as_str()),
        ("timeStamp", &seconds),
    ];
    let fields = fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    Ok(Signature::of(fields, key, prepay.signType, text))
}

/// The digits of a time in seconds, from 2001 to 2286.
const SECONDS_DIGITS: usize = 10;

/// Reads a `timeStamp`: seconds since 1970 in ten digits, which covers the years 2001 to 2286.
///
/// # Errors
/// `ERR_PARAM`; thirteen digits are milliseconds, the usual mistake.
pub fn time_stamp(text: &str) -> Result<u64, Error> {
    match integer(text) {
        Some(seconds) if text.len() == SECONDS_DIGITS => Ok(seconds),
        Some(_) if text.len() == 13 => Err(Error::param("timeStamp", "is in milliseconds; it must be in seconds")),
        _ => Err(Error::param("timeStamp", "must be seconds since 1970, ten digits")),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn prepay() -> Prepay<'static> {
        Prepay {
            appId: "wx2421b1c4370ec43b",
            prepay_id: "u802345jgfjsdfgsdg888",
            signType: SignType::Md5,
            timeStamp: 1_414_561_699,
            nonceStr: "e61463f8efa94090b1f366cccfbbb444",
        }
    }

    #[test]
    fn the_three_flavours_carry_one_signature() {
        let key = Key::new("192006250b4c09247ec02edce69f6a2d").unwrap();
        let plain = request_payment(&prepay(), &key).unwrap();
        let bridge = bridge_payment(&prepay(), &key).unwrap();
        let jssdk = jssdk_payment(&prepay(), &key).unwrap();
        assert_eq!(plain.paySign, "A62A01211E36F5D2173A9EE93EBAC56C");
        assert_eq!((&bridge.payment, bridge.appId.as_str()), (&plain, "wx2421b1c4370ec43b"));
        assert_eq!((&jssdk.payment, jssdk.timestamp.as_str()), (&plain, "1414561699"));
        assert!(!format!("{plain:?} {bridge:?} {jssdk:?}").contains("A62A"));
    }

    #[test]
    fn each_malformed_part_is_named() {
        let key = Key::new("192006250b4c09247ec02edce69f6a2d").unwrap();
        let field = |prepay: Prepay<'_>| request_payment(&prepay, &key).unwrap_err().field().unwrap().to_owned();
        assert_eq!(field(Prepay { appId: "", ..prepay() }), "appId");
        assert_eq!(field(Prepay { prepay_id: "", ..prepay() }), "prepay_id");
        assert_eq!(field(Prepay { prepay_id: "prepay_id=wx1", ..prepay() }), "prepay_id");
        assert_eq!(field(Prepay { prepay_id: "wx1&signType=MD5", ..prepay() }), "prepay_id");
        assert_eq!(field(Prepay { nonceStr: "123456789012345678901234567890123", ..prepay() }), "nonceStr");
        for text in ["", "1490840662000", "14908406620", "-149084066", "1490840.66"] {
            assert_eq!(time_stamp(text).unwrap_err().field(), Some("timeStamp"), "{text}");
        }
        assert_eq!(time_stamp("1490840662"), Ok(1_490_840_662));
    }
}
