//! Answers by which WeChat refuses a request: its words and codes, what to do, and whether money may have moved.

mod signed_text;

use self::signed_text::difference;
use super::api::{Declaration, Effect};
use super::json::{Json, Limits, read_json};
use crate::error::{Error, ErrorKind, Outcome, excerpt};

/// A refusal is small.
const LIMITS: Limits = Limits { bytes: 64 * 1024, ..Limits::ANSWER };

/// An answer whose status is not 200 or 204.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The header `Request-ID`; an absent one is empty.
    pub request_id: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// The error for a refused call. `api` is absent for a call by path, of which the worst is assumed.
///
/// `signed` is the text that was signed: a 401 may show WeChat's own view of it. It is empty if it was not kept.
#[must_use]
pub fn refused(api: Option<&Declaration>, what: &str, refusal: &Refusal<'_>, signed: &str) -> Error {
    let Refusal { status, request_id, body } = *refusal;
    let effect = api.map_or(Effect::Money, |api| api.effect);
    let json = read_json(body, LIMITS, "the answer").ok();
    let text = |name: &str| json.as_ref().and_then(|json| json.get(name)).and_then(Json::text).unwrap_or_default();
    let (code, words) = (text("code"), text("message"));
    let detail = json.as_ref().and_then(|json| json.get("detail"));
    let message = if code.is_empty() {
        format!("{what}: HTTP status {status}{}; {}", beginning(body), advice_of(status))
    } else {
        let seen = detail.and_then(|detail| said(detail, "sign_information")).filter(|_| status == 401);
        let advice = seen
            .and_then(|seen| difference(seen, signed))
            .or_else(|| advice(status, code, words, request_id).map(str::to_owned))
            .unwrap_or_else(|| advice_of(status).to_owned());
        let place = detail.map(place).unwrap_or_default();
        format!("{what}: {}: {}{place}. {advice}", excerpt(code), excerpt(words))
    };
    let kind = if code.is_empty() { ErrorKind::Http } else { ErrorKind::Failed };
    Error::answered(kind, outcome(effect, status, code), message, status, request_id)
        .with_words("", code, words)
        .with_detail(detail.and_then(|detail| serde_json::to_string(detail).ok()))
}

/// Whether money may have moved (table of statuses and operations).
fn outcome(effect: Effect, status: u16, code: &str) -> Outcome {
    match (status, effect) {
        // The payer is asked for a password, and may pay yet.
        (_, Effect::Money) if code == "USERPAYING" => Outcome::Unknown,
        (400 | 401 | 403 | 404 | 405, _) => Outcome::Rejected,
        // A refund that came too fast may have been taken.
        (429, Effect::Money) => Outcome::Unknown,
        (429, _) => Outcome::Rejected,
        _ => Outcome::Unknown,
    }
}

const fn advice_of(status: u16) -> &'static str {
    match status {
        202 => "WeChat has taken the request and has not done it: repeat it with the same numbers",
        400 | 403 | 404 | 405 => "Correct the request",
        401 => "Check the private key, its serial, and the clock of this machine",
        429 => "Repeat more slowly, with the same numbers",
        _ => "Query before anything else; repeat only with the same numbers",
    }
}

/// A member of `detail`, which has an older form without an object in itself.
fn said<'a>(detail: &'a Json, name: &str) -> Option<&'a Json> {
    detail.get(name).or_else(|| detail.at(&["detail", name]))
}

/// What WeChat says about one member: its name, its value and what is wrong.
fn place(detail: &Json) -> String {
    let text = |name: &str| said(detail, name).and_then(Json::text).map(excerpt).unwrap_or_default();
    let (field, issue) = (text("field"), text("issue"));
    match (field.is_empty(), issue.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!(" ({field})"),
        (true, false) => format!(" ({issue})"),
        (false, false) => format!(" ({field}: {issue})"),
    }
}

/// How a body begins that is not WeChat's JSON.
fn beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return "; the answer is empty".to_owned();
    }
    let shown: String = text.chars().take(60).collect();
    format!("; the answer begins: {}", excerpt(&shown))
}

/// The advice for a code in either spelling. The words of a 401 decide first, then the inner code of `Request-ID`.
fn advice(status: u16, code: &str, words: &str, request_id: &str) -> Option<&'static str> {
    let of_words =
        || SIGN_WORDS.iter().find(|(text, _)| status == 401 && words.contains(text)).map(|(_, advice)| *advice);
    let inner = request_id.rsplit_once('-').map(|(_, number)| number).unwrap_or_default();
    let of_inner = || INNER_CODES.iter().find(|(numbers, _)| numbers.contains(&inner)).map(|(_, advice)| *advice);
    let of_code = || CODES.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, advice)| *advice);
    if status == 202 { None } else { of_words().or_else(of_inner).or_else(of_code) }
}

/// The words of a 401, and their causes.
const SIGN_WORDS: &[(&str, &str)] = &[
    ("未设置APIv3密钥", "Set the APIv3 key in the merchant platform"),
    ("未申请过证书", "Apply for an API certificate in the merchant platform"),
    (
        "证书序列号有误",
        "The serial is not one of this merchant's certificates: give apiclient_cert.pem, not the platform certificate",
    ),
    ("证书已过期", "The certificate has expired: take the new one from the merchant platform"),
    ("已作废", "The certificate was revoked: take the new one from the merchant platform"),
    ("已更换证书", "The certificate was replaced: take the new one from the merchant platform"),
    ("Authorization值格式错误", "The Authorization header was changed on its way: check proxies"),
    ("认证类型不正确", "The Authorization header was changed on its way: check proxies"),
    ("不得超过5分钟", "Set the clock of this machine"),
    ("payload中的mchid不匹配", "A service provider signs with its own mchid and key"),
];

/// The number at the end of `Request-ID` (错误码 of the official skill).
const INNER_CODES: &[(&[&str], &str)] = &[
    (&["268512771"], "There is no such order: check the number and the mchid"),
    (&["268447840"], "Repeat more slowly, with the same numbers"),
    (&["268435461", "268435464"], "Correct the parameter that WeChat names"),
    (&["268449538", "268498689"], "The order is paid already: query it"),
    (&["270924358"], "Remove the parameter that WeChat does not know"),
    (&["268443715"], "The merchant number cannot be used now: look into the merchant platform"),
    (&["268447843", "268447845"], "The order belongs to another merchant number"),
    (&["268443705", "268443704", "268443701"], "Check sub_mchid, and that it is bound to this service provider"),
    (&["268447914"], "The order is closed or has expired: order with a new number"),
    (&["268448010"], "The merchant may not collect money now: look into the merchant platform"),
    (&["268449641"], "A payment by code is not closed but reversed"),
    (&["268443699"], "Check the private key and its serial"),
    (&["268501013"], "Give the payer's openid"),
    (
        &["268498688"],
        "The number was used with other parameters: order with a new number, or repeat the same parameters",
    ),
    (&["268445527"], "Bind the appid to this mchid in the merchant platform"),
];

/// Codes in their current and their older spelling.
const CODES: &[(&[&str], &str)] = &[
    (&["PARAM_ERROR"], "Correct the parameter that WeChat names"),
    (&["INVALID_REQUEST"], "Correct the request as WeChat says"),
    (&["APPID_MCHID_NOT_MATCH"], "Bind the appid to this mchid in the merchant platform"),
    (&["MCH_NOT_EXISTS"], "Check mchid"),
    (&["ORDER_CLOSED", "ORDERCLOSED"], "The order is closed: order with a new number"),
    (&["ORDER_PAID", "ORDERPAID"], "The order is paid already: query it"),
    (&["NO_STATEMENT_EXIST"], "An empty day is no failure"),
    (&["STATEMENT_CREATING"], "Ask again after 10:00 Beijing time"),
    (&["SIGN_ERROR"], "Check that the private key belongs to the serial, and the clock of this machine"),
    (&["NO_AUTH", "NOAUTH"], "The merchant may not call this API: apply for it in the merchant platform"),
    (&["OUT_TRADE_NO_USED"], "The number was used with other parameters: query it, and order with a new number"),
    (&["RULE_LIMIT", "RULELIMIT"], "A rule of WeChat forbids it: see its words"),
    (&["TRADE_ERROR"], "Query the order, and see WeChat's words"),
    (&["NOT_ENOUGH", "NOTENOUGH"], "Top up the account, then repeat with the same numbers"),
    (
        &["USER_ACCOUNT_ABNORMAL", "ACCOUNT_ERROR", "ACCOUNTERROR"],
        "The payer's account is restricted: refund by other means",
    ),
    (
        &["ORDER_NOT_EXIST", "ORDERNOTEXIST"],
        "If you have just ordered, query again; otherwise the order was never made",
    ),
    (
        &["RESOURCE_NOT_EXISTS"],
        "Check the number and the path. For platform certificates: a new merchant has none, and uses the WeChat Pay public key (微信支付公钥)",
    ),
    (&["FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED"], "Repeat more slowly, with the same numbers"),
    (
        &["SYSTEM_ERROR", "SYSTEMERROR", "BANK_ERROR", "BANKERROR", "SERVICE_UNAVAILABLE"],
        "Query, then repeat with the same numbers",
    ),
    (&["USERPAYING", "ACCEPTED"], "The payer has not answered yet: query"),
];
