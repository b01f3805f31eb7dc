//! Answers by which WeChat refuses a request: its words and codes, what to do, and whether money may have moved.

mod advice;
mod signed_text;

pub use self::advice::err_codes;
use self::advice::{advice, advice_of};
use self::signed_text::difference;
use super::api::{Declaration, Effect};
use super::json::{Json, Limits, read_json};
use crate::error::{Error, ErrorKind, Outcome, excerpt};

/// A refusal is small.
const LIMITS: Limits = Limits { bytes: 64 * 1024, ..Limits::ANSWER };

/// The status of a host that had no answer.
const BAD_GATEWAY: u16 = 502;

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
    // A code that was cut off may have been USERPAYING: such an answer counts as none.
    let is_lost = effect == Effect::Money && json.is_none() && !body.is_empty();
    let status = if is_lost { BAD_GATEWAY } else { status };
    let text = |name: &str| json.as_ref().and_then(|json| json.get(name)).and_then(Json::text).unwrap_or_default();
    let (code, words) = (text("code"), text("message"));
    let detail = json.as_ref().and_then(|json| json.get("detail"));
    let message = if code.is_empty() {
        format!("{what}: HTTP status {}{}; {}", refusal.status, beginning(body), advice_of(api, status))
    } else {
        let seen = detail.and_then(|detail| said(detail, "sign_information")).filter(|_| status == 401);
        let advice = seen
            .and_then(|seen| difference(seen, signed))
            .or_else(|| advice(api, status, code, words, request_id).map(str::to_owned))
            .unwrap_or_else(|| advice_of(api, status).to_owned());
        let place = detail.map(place).unwrap_or_default();
        format!("{what}: {}: {}{place}. {advice}", excerpt(code), excerpt(words))
    };
    let kind = if code.is_empty() { ErrorKind::Http } else { ErrorKind::Failed };
    Error::answered(kind, outcome(effect, status, code), message, refusal.status, request_id)
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
