//! Why a signature of APIv2 is wrong: that of a message, or that of a payment.

mod endings;
mod hashed;
mod mistakes;
mod order;
mod pairs;
mod part;
mod recipe;
mod search;
mod words;

use std::borrow::Cow;

use zeroize::Zeroizing;

use self::endings::{Ending, double_endings, endings};
use self::hashed::Hashed;
use self::mistakes::{Facts, mistakes};
use self::order::Order;
use self::part::Part;
use self::recipe::{Charset, GbkTable, Recipe};
use self::search::{Search, Wanted};
use super::diagnosis::{Diagnosis, Field, Language};
use super::message::{is_small, read_message};
use super::sort::sort;
use super::words::{Detail, combined};
use crate::buffer::Buffer;
use crate::error::Error;
use crate::v2::sign::SignType;

/// A message, as names and values in its order, or as text.
#[derive(Clone, Debug)]
pub enum Given<'a> {
    /// Names and values. An absent value is an empty text.
    Fields(Vec<(String, String)>),
    /// XML, JSON, query text, or lines of a console.
    Text(&'a str),
}

/// What the caller knows beside the message.
#[derive(Clone, Default)]
pub struct SignatureFacts<'a> {
    /// The APIv2 key. It is wiped by its owner.
    pub key: &'a str,
    /// The signature, if the message does not have it as `sign` or `paySign`.
    pub signature: Option<&'a str>,
    /// The sign type, if the message does not say it. MD5 is the default.
    pub sign_type: Option<SignType>,
    /// Names and texts of other keys, of which the signer may have used one.
    pub keys: &'a [(String, Zeroizing<String>)],
    /// The bytes of characters in GBK, which the host knows. Without it GBK is not tried.
    pub gbk: &'a GbkTable,
    /// The language of the causes.
    pub language: Language,
}

/// Says why a signature of APIv2 is wrong.
///
/// It signs the message again with each usual mistake, and with pairs of them. A mistake that reproduces the signature is certain.
/// The right signature is in the answer, as the caller has the key. See 签名算法, chapter 4_3 of the manual.
///
/// ```
/// use paysign::doctor::{Given, SignatureFacts, explain_signature};
///
/// let message = Given::Text("appid=wxd930ea5d5a258f4f&mch_id=10000100&body=test&nonce_str=ibuaiVcKdpRxkhJA&sign=d1e6ba0c6a8ca7a4a2a9bd3c5d6c3d3c");
/// let facts = SignatureFacts { key: "192006250b4c09247ec02edce69f6a2d", ..SignatureFacts::default() };
/// let diagnosis = explain_signature(&message, &facts)?;
/// assert!(!diagnosis.is_right);
/// assert_eq!(diagnosis.causes[0].code, "unknown");
/// # Ok::<(), paysign::Error>(())
/// ```
///
/// # Errors
/// `ERR_PARAM` of `message` for a text without fields, or with too many; of `key` for an empty one.
pub fn explain_signature(message: &Given<'_>, facts: &SignatureFacts<'_>) -> Result<Diagnosis, Error> {
    if facts.key.trim().is_empty() {
        return Err(Error::param("key", "is empty; pass the APIv2 key"));
    }
    let fields = match message {
        Given::Fields(fields) => is_small(fields).then(|| fields.clone()),
        Given::Text(text) => read_message(text),
    };
    let fault = "has no fields; pass XML, JSON, query text or lines of name=value, of at most 1,024 fields and 256 KiB";
    let mut fields = fields.ok_or_else(|| Error::param("message", fault))?;
    let mut keys = facts.keys.to_vec();
    keys.extend(take_key(&mut fields).map(|key| ("key=…".to_owned(), key)));
    let is_payment = fields.iter().any(|(name, _)| name == "paySign") || is_call_up(&fields);
    let signature = given_signature(&fields, facts.signature, is_payment);
    let older = older_signatures(&fields, &signature, is_payment);
    let due = due_type(&fields, facts.sign_type, &signature, is_payment);
    let recipe = right_recipe(&fields, facts.gbk, is_payment);
    let mut text = Buffer::with_capacity(2048);
    recipe.write(&mut text);
    let signed_text = String::from_utf8_lossy(text.as_bytes()).into_owned();
    let right = Ending::right(facts.key);
    let (right, length) = Hashed::new(&recipe, text.as_bytes()).digest(&right, due);
    let right = hex::encode_upper(right.get(..length).unwrap_or_default());
    let mut diagnosis = Diagnosis {
        is_right: signature == right,
        signed_text,
        fields: shown(&fields, is_payment, facts.language),
        right_signature: Some(right.clone()),
        causes: Vec::new(),
    };
    if diagnosis.is_right && facts.key.trim() != facts.key {
        // Both sides may have the same wrong key, and WeChat has another one.
        let detail = Detail::in_both("both the signer's and yours", "签名方的和你的都有");
        diagnosis.causes.push(words::KEY_WHITESPACE.cause(facts.language, false, &detail));
    } else if !diagnosis.is_right {
        let names_type = is_payment && fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("signType"));
        let search_facts =
            Facts { is_payment, names_type, due, older: &older, right: &right, key: facts.key, gbk: facts.gbk };
        let mistakes = mistakes(&recipe, &search_facts);
        let (endings, doubles) = (endings(facts.key, &keys), double_endings(facts.key, &keys));
        let wanted = Wanted::new(&signature);
        let solution = Search::new(&recipe, &mistakes, [&endings, &doubles], &search_facts, &wanted).run();
        diagnosis.causes = {
            let oddity = || if lacks_appid(&fields, is_payment) { NO_APPID } else { form_of(&signature) };
            let solution = combined(&solution.unwrap_or_default(), facts.language);
            vec![solution.unwrap_or_else(|| words::UNKNOWN.cause(facts.language, false, &oddity()))]
        };
    }
    hide(&mut diagnosis, keys.iter().map(|(_, key)| key.as_str()).chain([facts.key]));
    Ok(diagnosis)
}

/// Somebody may paste the whole signed text, with its key. No message of WeChat has a field of this name.
fn take_key(fields: &mut Vec<(String, String)>) -> Option<Zeroizing<String>> {
    let at = fields.iter().position(|(name, _)| name == "key")?;
    Some(Zeroizing::new(fields.remove(at).1))
}

/// The argument of a call-up has no `mch_id`, and a package and a time.
fn is_call_up(fields: &[(String, String)]) -> bool {
    let has = |wanted: &str| fields.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
    has("package") && has("timestamp") && has("noncestr")
}

fn is_signature(name: &str, is_payment: bool) -> bool {
    name.eq_ignore_ascii_case("sign") || (is_payment && name == "paySign")
}

fn value<'f>(fields: &'f [(String, String)], wanted: &str) -> Option<&'f str> {
    fields.iter().find(|(name, value)| name == wanted && !value.is_empty()).map(|(_, value)| value.as_str())
}

fn given_signature(fields: &[(String, String)], given: Option<&str>, is_payment: bool) -> String {
    let own = is_payment.then(|| value(fields, "paySign")).flatten();
    let sign = ["sign", "Sign", "SIGN"].into_iter().find_map(|name| value(fields, name));
    given.or(own).or(sign).unwrap_or_default().trim().to_owned()
}

fn older_signatures(fields: &[(String, String)], given: &str, is_payment: bool) -> Vec<(String, String)> {
    let is_older = |(name, value): &&(String, String)| is_signature(name, is_payment) && value != given;
    fields.iter().filter(is_older).cloned().collect()
}

/// The sign type that the receiver uses. An answer or a notice without one is signed as its request was, which its length shows.
fn due_type(fields: &[(String, String)], given: Option<SignType>, signature: &str, is_payment: bool) -> SignType {
    let names = if is_payment { ["signType", "signtype"] } else { ["sign_type", "signType"] };
    let own = names.into_iter().find_map(|name| value(fields, name));
    let has = |names: &[&str]| names.iter().all(|name| value(fields, name).is_some());
    // Fund flow and comments are signed with HMAC-SHA256, also where sign_type is left out.
    let is_hmac = has(&["bill_date", "account_type"]) || has(&["begin_time", "end_time", "offset"]);
    let is_answered = has(&["return_code"]) && signature.len() == SignType::HmacSha256.digits();
    let usual = if is_hmac || is_answered { SignType::HmacSha256 } else { SignType::Md5 };
    own.and_then(|own| SignType::from_text(own.trim()).ok()).or(given).unwrap_or(usual)
}

fn right_recipe<'a>(fields: &'a [(String, String)], gbk: &'a GbkTable, is_payment: bool) -> Recipe<'a> {
    let has_camel = fields.iter().any(|(name, _)| name == "nonceStr");
    let parts = fields.iter().enumerate().filter(|(_, (name, _))| !is_signature(name, is_payment));
    let mut parts: Vec<Part<'a>> = parts
        .map(|(place, (name, value))| Part {
            name: Cow::Borrowed(signed_name(name, is_payment && has_camel)),
            value: Cow::Borrowed(value),
            place,
            is_kept: false,
        })
        .collect();
    sort(&mut parts, |part| &part.name);
    Recipe { parts, keeps_empty: false, order: Order::Ascii, whole: None, charset: Charset::Utf8, gbk }
}

/// `wx.chooseWXPay` takes `timestamp`, and its signature has `timeStamp`.
fn signed_name(name: &str, is_camel: bool) -> &str {
    if is_camel && name == "timestamp" { "timeStamp" } else { name }
}

fn shown(fields: &[(String, String)], is_payment: bool, language: Language) -> Vec<Field> {
    let in_language =
        |english: &str, chinese: &str| Some(if language == Language::English { english } else { chinese }.to_owned());
    fields
        .iter()
        .map(|(name, value)| {
            let why = if is_signature(name, is_payment) {
                in_language("a signature is not signed", "签名本身不参与签名")
            } else if value.is_empty() {
                in_language("an empty value is not signed", "空值不参与签名")
            } else {
                None
            };
            Field { name: name.clone(), value: value.clone(), is_signed: why.is_none(), why }
        })
        .collect()
}

/// `wx.requestPayment` takes no `appId`, and its signature has one.
fn lacks_appid(fields: &[(String, String)], is_payment: bool) -> bool {
    is_payment && !fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("appid"))
}

const NO_APPID: Detail = Detail::in_both(
    "The message has no appId, and the signature of a payment has one: add it.",
    "消息里没有 appId，而支付签名包含 appId：请加上。",
);

/// The oddity in the form of a signature.
fn form_of(signature: &str) -> Detail {
    let is_hex = signature.bytes().all(|byte| byte.is_ascii_hexdigit());
    match signature.len() {
        0 => Detail::in_both("The message has no signature.", "消息没有签名。"),
        32 | 64 if is_hex => Detail::NONE,
        _ if !is_hex => Detail::in_both("It is no text of hexadecimal digits.", "它不是十六进制文字。"),
        _ => Detail::in_both("It has neither 32 nor 64 digits.", "它既不是 32 位也不是 64 位。"),
    }
}

/// A message may repeat a key; no diagnosis does.
fn hide<'k>(diagnosis: &mut Diagnosis, keys: impl Iterator<Item = &'k str>) {
    for key in keys.map(str::trim).filter(|key| key.len() >= 8) {
        let clean = |text: &mut String| {
            if text.contains(key) {
                *text = text.replace(key, "[key]");
            }
        };
        clean(&mut diagnosis.signed_text);
        diagnosis.fields.iter_mut().for_each(|field| clean(&mut field.value));
        for cause in &mut diagnosis.causes {
            clean(&mut cause.message);
            clean(&mut cause.fix);
        }
    }
}
