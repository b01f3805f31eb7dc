//! Notices of APIv3: the envelope, the decrypted resource, and what it is about.

mod combined;
mod members;

use std::borrow::Cow;

use self::combined::{check_combined, check_combined_stored};
use self::members::{amount_of, optional_text_of, text_of};
use super::json::{Json, Limits, read};
use super::merchant::Merchant;
use crate::error::{Error, ErrorKind, excerpt};
use crate::field::Kind;

/// The one cipher that is accepted.
pub(super) const ALGORITHM: &str = "AEAD_AES_256_GCM";
/// The bytes of a nonce of AES-GCM.
pub(super) const NONCE_BYTES: usize = 12;

/// The envelope of a notice (通知报文), whose signature the caller has verified.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// `id`: the same for every repetition.
    pub id: String,
    /// `event_type`, such as `TRANSACTION.SUCCESS`.
    pub event_type: String,
    /// `resource.nonce`: 12 bytes.
    pub nonce: String,
    /// `resource.associated_data`; an absent one is empty.
    pub associated_data: String,
    /// `resource.ciphertext`: base64, with the tag of 16 bytes at its end.
    pub ciphertext: String,
    /// The whole envelope.
    pub json: Json,
}

/// Reads the envelope.
///
/// # Errors
/// `ERR_JSON`; `ERR_MISMATCH` for JSON that is not an envelope; `ERR_DECRYPT` for another cipher or a nonce of another length.
pub fn read_envelope(body: &[u8]) -> Result<Envelope, Error> {
    let json: Json = envelope_json(body)?;
    let [id, event_type, nonce, ciphertext] = check_envelope(&json)?.map(str::to_owned);
    let associated_data = json.at(&["resource", "associated_data"]).and_then(Json::text).unwrap_or_default().to_owned();
    Ok(Envelope { id, event_type, nonce, associated_data, ciphertext, json })
}

/// The JSON of the envelope.
pub(crate) fn envelope_json<'a, Text: AsRef<str> + From<Cow<'a, str>>>(body: &'a [u8]) -> Result<Json<Text>, Error> {
    read(body, Limits::NOTICE, "the notice")
}

/// Checks the envelope. Returns `id`, `event_type`, nonce and ciphertext.
pub(crate) fn check_envelope<Text: AsRef<str>>(json: &Json<Text>) -> Result<[&str; 4], Error> {
    let needed = |path: &[&str]| {
        let missing = || Error::mismatch(&path.join("."), "is missing: this is not a notice of APIv3");
        json.at(path).and_then(Json::text).ok_or_else(missing)
    };
    let (id, event_type) = (needed(&["id"])?, needed(&["event_type"])?);
    let (algorithm, nonce) = (needed(&["resource", "algorithm"])?, needed(&["resource", "nonce"])?);
    let ciphertext = needed(&["resource", "ciphertext"])?;
    if algorithm != ALGORITHM {
        let fault = format!("is {}, not {ALGORITHM}, which alone is supported", excerpt(algorithm));
        return Err(Error::of_field(ErrorKind::Decrypt, "resource.algorithm", fault));
    }
    if nonce.len() != NONCE_BYTES {
        let fault = format!("has {} bytes instead of {NONCE_BYTES}", nonce.len());
        return Err(Error::of_field(ErrorKind::Decrypt, "resource.nonce", fault));
    }
    Ok([id, event_type, nonce, ciphertext])
}

/// The error for a resource that does not decrypt.
#[must_use]
pub fn not_decrypted() -> Error {
    Error::of_field(
        ErrorKind::Decrypt,
        "resource.ciphertext",
        "cannot be decrypted; check that apiV3Key is the APIv3 key (APIv3密钥) of the merchant platform, not the key of APIv2. During a change pass the new one and the old one",
    )
}

/// What a notice must be about.
///
/// The default names no merchant, and no notice is accepted with it.
///
/// ```
/// use paysign::v3::{Expect, Merchant, read_resource};
/// let merchant = Merchant::new("wx8888888888888888", "1900009191")?;
/// let resource = br#"{
///     "appid": "wx8888888888888888", "mchid": "1900009191", "out_trade_no": "a1", "transaction_id": "42",
///     "trade_state": "SUCCESS", "amount": { "total": 100, "currency": "CNY" }
/// }"#;
/// let stored = Expect { out_trade_no: Some("a1"), total: Some(100), ..Expect::of(&merchant) };
/// assert!(read_resource("TRANSACTION.SUCCESS", resource, &stored)?.paid);
/// let refused = read_resource("TRANSACTION.SUCCESS", resource, &Expect::default()).unwrap_err();
/// assert_eq!(refused.kind().code(), "ERR_CONFIG");
/// # Ok::<(), paysign::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Expect<'a> {
    /// The mini program's id.
    pub appid: &'a str,
    /// The merchant number.
    pub mchid: &'a str,
    /// The sub-merchant's number, if the notice must be about that one (service providers).
    pub sub_mchid: Option<&'a str>,
    /// The sub-merchant's mini program, if a notice that names one must name that one.
    pub sub_appid: Option<&'a str>,
    /// The shop's number of the stored order, if the notice must be about that one.
    pub out_trade_no: Option<&'a str>,
    /// The total of the stored order, in fen. Its currency is `CNY`.
    pub total: Option<u64>,
}

impl<'a> Expect<'a> {
    /// Any order of this merchant.
    #[must_use]
    pub fn of(merchant: &'a Merchant) -> Self {
        Self {
            appid: merchant.appid(),
            mchid: merchant.mchid(),
            sub_mchid: merchant.sub_mchid(),
            sub_appid: merchant.sub_appid(),
            out_trade_no: None,
            total: None,
        }
    }

    /// A default is no expectation: an event that names no merchant would pass.
    fn check(&self) -> Result<(), Error> {
        match [("appid", self.appid), ("mchid", self.mchid)].into_iter().find(|(_, own)| own.is_empty()) {
            Some((name, _)) => {
                Err(Error::of_field(ErrorKind::Config, name, "is missing; take Expect::of the merchant"))
            }
            None => Ok(()),
        }
    }
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// A payment.
    Payment,
    /// A refund.
    Refund,
    /// A combined payment (合单支付), of which every order is paid.
    Combined,
    /// Another event: it is genuine, and says nothing about an order that is paid.
    Other,
}

/// A genuine notice.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// Whether the order is paid. An order that was refunded later is paid too.
    pub paid: bool,
    /// The decrypted resource.
    pub resource: Json,
}

/// Judges a decrypted resource: JSON, ids, the form of what a shop acts on, and the stored order.
///
/// A rightly signed notice is refused only where acting on it would be dangerous. An event that WeChat does not document for orders
/// and refunds is of [`NoticeKind::Other`] unless it has their whole form.
///
/// # Errors
/// `ERR_CONFIG`: what is expected names no merchant. `ERR_JSON`; `ERR_MISMATCH` with the field: another merchant or app, or a member that an order or a refund must have.
/// Also a member of another type, another order than the stored one, or another total.
pub fn read_resource(event_type: &str, plain: &[u8], expect: &Expect<'_>) -> Result<Notice, Error> {
    let resource = resource_json(plain)?;
    let (kind, paid) = judge(event_type, &resource, expect)?;
    Ok(Notice { kind, paid, resource })
}

/// The JSON of the resource.
pub(crate) fn resource_json<'a, Text: AsRef<str> + From<Cow<'a, str>>>(plain: &'a [u8]) -> Result<Json<Text>, Error> {
    read(plain, Limits::NOTICE, "the resource of the notice")
}

/// Judges a resource. Returns what it is about, and whether the order is paid.
pub(crate) fn judge<Text: AsRef<str>>(
    event_type: &str,
    resource: &Json<Text>,
    expect: &Expect<'_>,
) -> Result<(NoticeKind, bool), Error> {
    expect.check()?;
    if !matches!(resource, Json::Object(_)) {
        return Err(Error::mismatch("resource", "is not an object"));
    }
    let (kind, paid) = judged(event_type, resource, expect)?;
    check_stored(kind, paid, resource, expect)?;
    Ok((kind, paid))
}

/// What the notice is about, and whether the order is paid.
fn judged<Text: AsRef<str>>(
    event_type: &str,
    resource: &Json<Text>,
    expect: &Expect<'_>,
) -> Result<(NoticeKind, bool), Error> {
    let is_combined = ["combine_out_trade_no", "sub_orders"].iter().any(|name| resource.get(name).is_some());
    let (is_payment, is_refund) = (event_type.starts_with("TRANSACTION."), event_type.starts_with("REFUND."));
    // Another event may go to a merchant that it does not name, such as the receiver of a share.
    if is_payment || is_refund || is_combined {
        check_ids(resource, expect)?;
    }
    let has_form = |form: Result<(), Error>| form.and_then(|()| check_named(resource)).is_ok();
    Ok(match event_type {
        "TRANSACTION.SUCCESS" => {
            check_named(resource)?;
            if is_combined {
                if check_combined(resource)? { (NoticeKind::Combined, true) } else { (NoticeKind::Other, false) }
            } else {
                check_sub(resource, expect)?;
                (NoticeKind::Payment, check_payment(resource)?)
            }
        }
        "REFUND.SUCCESS" | "REFUND.ABNORMAL" | "REFUND.CLOSED" => {
            check_named(resource)?;
            check_refund(resource)?;
            (NoticeKind::Refund, false)
        }
        // Other products have such events too, with other members.
        _ if is_payment && !is_combined && has_form(check_payment(resource).map(|_| ())) => {
            (NoticeKind::Payment, false)
        }
        _ if is_refund && has_form(check_refund(resource)) => (NoticeKind::Refund, false),
        _ => (NoticeKind::Other, false),
    })
}

/// The names of the merchant and the app in the resources of the events.
const MERCHANTS: [&str; 4] = ["mchid", "sp_mchid", "combine_mchid", "mch_id"];
const APPS: [&str; 3] = ["appid", "sp_appid", "combine_appid"];

/// Compares the ids that the resource names.
fn check_ids<Text: AsRef<str>>(resource: &Json<Text>, expect: &Expect<'_>) -> Result<(), Error> {
    let differs = |name: &&str, own: &str| resource.get(name).is_some_and(|said| said.text() != Some(own));
    if let Some(name) = MERCHANTS.iter().find(|name| differs(name, expect.mchid)) {
        return Err(Error::mismatch(name, "the notice is for another merchant"));
    }
    if let Some(name) = APPS.iter().find(|name| differs(name, expect.appid)) {
        return Err(Error::mismatch(name, "the notice is for another app"));
    }
    ["sub_mchid", "sub_appid"].iter().try_for_each(|name| optional_text_of(resource, &[name]))?;
    let is_other =
        |name: &str, own: Option<&str>| own.is_some() && resource.get(name).is_some_and(|said| said.text() != own);
    if is_other("sub_mchid", expect.sub_mchid) {
        return Err(Error::mismatch("sub_mchid", "the notice is for another sub-merchant"));
    }
    if is_other("sub_appid", expect.sub_appid) {
        return Err(Error::mismatch("sub_appid", "the notice is for another app of the sub-merchant"));
    }
    Ok(())
}

fn check_named<Text: AsRef<str>>(resource: &Json<Text>) -> Result<(), Error> {
    if MERCHANTS.iter().all(|name| resource.get(name).is_none()) {
        return Err(Error::mismatch("mchid", "is missing from the notice"));
    }
    Ok(())
}

/// The states of an order that is paid. The second one is paid, then refunded.
const PAID: [&str; 2] = ["SUCCESS", "REFUND"];

/// Refuses a payment of the service provider itself, where one of its sub-merchant is expected.
fn check_sub<Text: AsRef<str>>(resource: &Json<Text>, expect: &Expect<'_>) -> Result<(), Error> {
    if expect.sub_mchid.is_some() && resource.get("sub_mchid").is_none() {
        return Err(Error::mismatch("sub_mchid", "is missing: the notice is about no sub-merchant"));
    }
    Ok(())
}

/// Whether the state of the order is a paid one.
fn check_payment<Text: AsRef<str>>(resource: &Json<Text>) -> Result<bool, Error> {
    text_of(resource, &["out_trade_no"], Kind::OrderNumber)?;
    let state = text_of(resource, &["trade_state"], Kind::Plain)?;
    optional_text_of(resource, &["amount", "currency"])?;
    if !PAID.contains(&state) {
        return Ok(false);
    }
    text_of(resource, &["transaction_id"], Kind::Identifier)?;
    amount_of(resource, "total")?;
    Ok(true)
}

fn check_refund<Text: AsRef<str>>(resource: &Json<Text>) -> Result<(), Error> {
    text_of(resource, &["out_trade_no"], Kind::OrderNumber)?;
    text_of(resource, &["out_refund_no"], Kind::RefundNumber)?;
    text_of(resource, &["refund_id"], Kind::Identifier)?;
    text_of(resource, &["refund_status"], Kind::Plain)?;
    optional_text_of(resource, &["amount", "currency"])?;
    amount_of(resource, "total")?;
    amount_of(resource, "refund")
}

/// Compares with the stored order. A payment that is not paid may lack its amount.
fn check_stored<Text: AsRef<str>>(
    kind: NoticeKind,
    paid: bool,
    resource: &Json<Text>,
    expect: &Expect<'_>,
) -> Result<(), Error> {
    if kind == NoticeKind::Other && (expect.out_trade_no.is_some() || expect.total.is_some()) {
        return Err(Error::mismatch("event_type", "the notice is about no order"));
    }
    let is_combined = kind == NoticeKind::Combined;
    let number = resource.get(if is_combined { "combine_out_trade_no" } else { "out_trade_no" }).and_then(Json::text);
    if expect.out_trade_no.is_some() && number != expect.out_trade_no {
        return Err(Error::mismatch("out_trade_no", "the notice is about another order"));
    }
    if expect.total.is_none() {
        return Ok(());
    }
    if is_combined {
        return check_combined_stored(resource, expect);
    }
    let total = resource.at(&["amount", "total"]);
    let is_needed = paid || kind == NoticeKind::Refund || total.is_some();
    if is_needed && total.and_then(Json::integer) != expect.total {
        return Err(Error::mismatch("amount.total", "is not the total of the stored order"));
    }
    if resource.at(&["amount", "currency"]).is_some_and(|currency| currency.text() != Some("CNY")) {
        return Err(Error::mismatch("amount.currency", "is not CNY, the currency of the stored order"));
    }
    Ok(())
}
