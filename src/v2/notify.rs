//! The opening of notices (支付结果通知): signature, merchant, kind, and comparison with the shop's own order.

use crate::buffer::Buffer;
use crate::error::{Error, ErrorKind};
use crate::field::{Kind, integer};
use crate::v2::ambiguity::{check_unambiguous, is_common};
use crate::v2::key::{Key, NO_KEY};
use crate::v2::merchant::{Merchant, contradicts};
use crate::v2::notice_members::{Need, NoticeMember, PAYMENT_MEMBERS};
use crate::v2::params::Params;
use crate::v2::refund_notice::open_refund;
use crate::v2::sign::{SignType, not_genuine, verify};
use crate::v2::words;
use crate::v2::xml::{Element, Limits, parse_xml, write_element};

/// The expected values of a notice. Only the key and the sign types are required; set every other value that you know.
///
/// The default has neither of them, and no notice is accepted with it.
///
/// ```
/// use paysign::{Expect, Key, SignType, open_notify};
/// let key = Key::new("192006250b4c09247ec02edce69f6a2d")?;
/// let sign_types = [SignType::HmacSha256];
/// let expect = Expect { key: &key, sign_types: &sign_types, mch_id: Some("10000100"), ..Expect::default() };
/// let forged = b"<xml><mch_id>10000100</mch_id><sign>C380BEC2BFD727A4B6845133519F3AD6</sign></xml>";
/// assert_eq!(open_notify(forged, &expect).unwrap_err().kind().code(), "ERR_SIGNATURE");
/// assert_eq!(open_notify(forged, &Expect::default()).unwrap_err().kind().code(), "ERR_CONFIG");
/// # Ok::<(), paysign::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Expect<'a> {
    /// The merchant's key.
    pub key: &'a Key<'a>,
    /// The accepted sign types. A `sign_type` in the notice is ignored, because it cannot be trusted.
    pub sign_types: &'a [SignType],
    /// The `sub_appid` and `sub_mch_id` of the sub-merchant, each if it has one (service providers).
    pub sub_merchant: (Option<&'a str>, Option<&'a str>),
    /// The id of the mini program.
    pub appid: Option<&'a str>,
    /// The id of the merchant.
    pub mch_id: Option<&'a str>,
    /// The number of the expected order.
    pub out_trade_no: Option<&'a str>,
    /// The amount that the shop stored with its order, in fen.
    pub total_fee: Option<u64>,
    /// The currency that the shop stored. `None` means `CNY` if `total_fee` is set.
    pub fee_type: Option<&'a str>,
}

impl<'a> Expect<'a> {
    /// Expects a notice that is signed with this key and one of these sign types. Nothing else is compared.
    #[must_use]
    pub const fn signed(key: &'a Key<'a>, sign_types: &'a [SignType]) -> Self {
        Self {
            key,
            sign_types,
            sub_merchant: (None, None),
            appid: None,
            mch_id: None,
            out_trade_no: None,
            total_fee: None,
            fee_type: None,
        }
    }

    /// Expects any order of this merchant, signed with its key and its way of signing. Set the stored order beside it.
    ///
    /// ```
    /// use paysign::{Expect, Key, Merchant, SignType};
    /// let key = Key::new("192006250b4c09247ec02edce69f6a2d")?;
    /// let merchant = Merchant::new("wxd930ea5d5a258f4f", "10000100", key, SignType::HmacSha256)?;
    /// let expect = Expect { out_trade_no: Some("20150806125346"), total_fee: Some(100), ..Expect::of(&merchant) };
    /// assert_eq!((expect.appid, expect.mch_id), (Some("wxd930ea5d5a258f4f"), Some("10000100")));
    /// # Ok::<(), paysign::Error>(())
    /// ```
    #[must_use]
    pub fn of(merchant: &'a Merchant) -> Self {
        let (sub_appid, sub_mch_id) = merchant.sub_merchant();
        let known = |id: &'a str| Some(id).filter(|id| !id.is_empty());
        Self {
            sub_merchant: (known(sub_appid), known(sub_mch_id)),
            appid: Some(merchant.appid()),
            mch_id: Some(merchant.mch_id()),
            ..Self::signed(merchant.key(), merchant.sign_types())
        }
    }

    /// A key that is missing would decrypt what anybody encrypted, since MD5 of an empty text is no secret.
    fn check(&self) -> Result<(), Error> {
        let missing = |field, what| Err(Error::of_field(ErrorKind::Config, field, what));
        if self.key.as_bytes().is_empty() {
            return missing("key", "is missing; set the APIv2 key of the merchant");
        }
        if self.sign_types.is_empty() {
            return missing("sign_types", "is empty; name the sign types that your orders use");
        }
        Ok(())
    }
}

/// No notice is accepted with it, until the key and the sign types are set.
impl Default for Expect<'_> {
    fn default() -> Self {
        Self::signed(&NO_KEY, &[])
    }
}

/// The kind of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// A payment.
    Payment,
    /// A refund, whose fields were encrypted in `req_info`. Confirm it with a refund query before you act on it.
    Refund,
}

/// A genuine notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice<'a> {
    /// Payment or refund.
    pub kind: NoticeKind,
    /// Whether the order is paid. Then both `return_code` and `result_code` are `SUCCESS`, and every required field has its documented form.
    pub paid: bool,
    /// Every field as text.
    pub fields: Params<'a>,
}

impl Notice<'_> {
    /// The shop's number of the order.
    #[must_use]
    pub fn out_trade_no(&self) -> &str {
        self.fields.text("out_trade_no")
    }

    /// The order's amount, in fen. Compare it with your own record.
    #[must_use]
    pub fn total_fee(&self) -> Option<u64> {
        integer(self.fields.text("total_fee"))
    }
}

/// Opens a notice (支付结果通知, chapter 9_7; 退款结果通知, chapter 9_16).
///
/// A payment notice is checked in this order: size, UTF-8, XML, signature, ids, form of the fields, the shop's order.
/// If a check fails, no data of the body is returned.
///
/// WeChat may send a notice more than once, and a copy of it may come later. So act on it only once per `out_trade_no`.
/// Query the order before you ship goods that you cannot get back.
///
/// # Errors
/// - `ERR_CONFIG` with `key` or `sign_types`: it is not set.
/// - `ERR_XML`, `ERR_SIGNATURE`.
/// - `ERR_DECRYPT`: a refund notice that this key does not decrypt.
/// - `ERR_MISMATCH`, with the field: another merchant, order or amount, or another kind of message signed with the same key.
pub fn open_notify<'a>(body: &'a [u8], expect: &Expect<'_>) -> Result<Notice<'a>, Error> {
    expect.check()?;
    let fields = parse_xml(body, &Limits::NOTICE)?;
    if fields.get("req_info").is_some() {
        check_identity(&fields, expect)?;
        let fields = open_refund(&fields, expect.key)?;
        check_expected(&fields, expect)?;
        return Ok(Notice { kind: NoticeKind::Refund, paid: false, fields });
    }
    if !expect.sign_types.iter().any(|sign_type| verify(&fields, expect.key, *sign_type)) {
        return Err(not_genuine(&fields, expect.key, "notice", "check the APIv2 key", || {
            check_identity(&fields, expect).is_ok() && judge(&fields).is_ok()
        }));
    }
    check_identity(&fields, expect)?;
    let paid = judge(&fields)?;
    check_expected(&fields, expect)?;
    Ok(Notice { kind: NoticeKind::Payment, paid, fields })
}

fn check_identity(fields: &Params<'_>, expect: &Expect<'_>) -> Result<(), Error> {
    let (sub_appid, sub_mch_id) = expect.sub_merchant;
    let ids =
        [("appid", expect.appid), ("mch_id", expect.mch_id), ("sub_appid", sub_appid), ("sub_mch_id", sub_mch_id)];
    match ids.into_iter().find(|(name, own)| own.is_some_and(|own| contradicts(fields, name, own))) {
        None => Ok(()),
        Some((name, _)) if fields.text(name).is_empty() => Err(Error::mismatch(name, MISSING)),
        Some((name, _)) => Err(Error::mismatch(name, "the notice is for another merchant or app")),
    }
}

/// Returns the answer to a notice, for HTTP status 200 (section 5.3 of the notice's page).
///
/// Without an error it accepts the notice. With an error it refuses the notice, and WeChat sends the notice again.
/// The sender sees the error: write nothing that helps a forger. Characters that XML does not allow are left out.
#[must_use]
pub fn reply_notify(error: Option<&str>) -> String {
    let Some(reason) = error else { return ACCEPTED.to_owned() };
    let reason: String = reason.chars().filter(|character| !character.is_control()).take(128).collect();
    let mut xml = Buffer::with_capacity(512);
    // Without control characters only U+FFFE and U+FFFF can fail here; then FAIL alone is sent.
    let message = Element { name: b"return_msg", value: reason.as_bytes(), mark: None };
    let message = write_element(message, &mut xml).map_or(&b""[..], |_| xml.as_bytes());
    let message = String::from_utf8_lossy(message);
    format!("<xml><return_code><![CDATA[FAIL]]></return_code>{message}</xml>")
}

const ACCEPTED: &str =
    "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>";

/// Whether this field is in other signed messages only: queries, orders, refunds, reversals, tools.
fn is_foreign(name: &str) -> bool {
    matches!(
        name,
        "trade_state" | "prepay_id" | "code_url" | "mweb_url" | "recall" | "short_url" | "req_info" | "notify_url"
    ) || name.starts_with("refund_")
        || name.starts_with("out_refund_")
}

const MISSING: &str = "is missing from the notice";

/// Returns whether the order is paid. A failed payment is a payment notice; another kind of message is refused.
fn judge(fields: &Params<'_>) -> Result<bool, Error> {
    if let Some((name, _)) = fields.iter().find(|(name, _)| is_foreign(name)) {
        return Err(Error::mismatch(name, "this is another kind of message, not a payment notice"));
    }
    match fields.text("return_code") {
        "SUCCESS" => {}
        "" => return Err(Error::mismatch("return_code", MISSING)),
        _ => return Err(Error::mismatch("return_code", "is not SUCCESS: this is not a payment notice")),
    }
    let paid = match fields.text("result_code") {
        "SUCCESS" => true,
        "FAIL" => false,
        "" => return Err(Error::mismatch("result_code", MISSING)),
        _ => return Err(Error::mismatch("result_code", "is neither SUCCESS nor FAIL")),
    };
    if words::CODE_TYPES.contains(&fields.text("trade_type")) {
        return Err(Error::mismatch("trade_type", "a payment by code has no notice: this is the answer to its call"));
    }
    let texts = fields.texts(&PAYMENT_MEMBERS.each_ref().map(|member| member.name));
    for (NoticeMember { name, need, kind, .. }, text) in PAYMENT_MEMBERS.iter().zip(texts) {
        let required = *need == Need::Always || (paid && *need == Need::Paid);
        if text.is_empty() {
            if required {
                return Err(Error::mismatch(name, MISSING));
            }
        } else if let Some(fault) = kind.fault(text) {
            return Err(Error::mismatch(name, fault));
        }
    }
    check_unambiguous(fields, paid, |name| {
        let named = PAYMENT_MEMBERS.iter().any(|member| member.name == name && member.kind != Kind::Text);
        named || is_common(name) || is_foreign(name) || name.starts_with("coupon_")
    })?;
    Ok(paid)
}

/// Compares the notice with the shop's order: amounts as integers, numbers and currency as text.
fn check_expected(fields: &Params<'_>, expect: &Expect<'_>) -> Result<(), Error> {
    if expect.out_trade_no.is_some_and(|number| fields.text("out_trade_no") != number) {
        return Err(Error::mismatch("out_trade_no", "the notice is about another order"));
    }
    if let Some(stored) = expect.total_fee
        && integer(fields.text("total_fee")) != Some(stored)
    {
        return Err(Error::mismatch("total_fee", "is not the amount of the stored order; do not deliver"));
    }
    // A missing fee_type means CNY, in the notice and in the stored order.
    let stored = expect.fee_type.or_else(|| expect.total_fee.map(|_| "CNY"));
    let said = fields.get("fee_type").filter(|said| !said.is_empty()).unwrap_or("CNY");
    if stored.is_some_and(|stored| stored != said) {
        return Err(Error::mismatch("fee_type", "is not the currency of the stored order; do not deliver"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_are_in_byte_order_so_that_one_walk_finds_them_all() {
        let names = PAYMENT_MEMBERS.each_ref().map(|member| member.name);
        assert!(names.is_sorted());
        let fields = Params::from_pairs(names.map(|name| (name, name))).unwrap();
        assert_eq!(fields.texts(&names), names);
    }

    #[test]
    fn a_reply_is_the_documented_answer() {
        assert_eq!(
            reply_notify(None),
            "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>"
        );
        assert_eq!(
            reply_notify(Some("busy ]]> <now>\u{0}\n")),
            "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[busy ]]]]><![CDATA[> <now>]]></return_msg></xml>"
        );
        assert_eq!(reply_notify(Some("\u{ffff}")), "<xml><return_code><![CDATA[FAIL]]></return_code></xml>");
    }
}
