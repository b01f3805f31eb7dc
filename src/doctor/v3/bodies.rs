//! Other forms of a JSON body, in one of which it may have been signed.

use crate::doctor::message::{Json, STYLES, Style};
use crate::doctor::sort::sort;

/// The largest body, in bytes, of which other forms are made.
const BYTES: usize = 64 << 10;

/// The orders in which WeChat writes the members of a notice (protocol of APIv3, members of the envelope).
const ENVELOPES: [&[&str]; 3] = [
    &["id", "create_time", "resource_type", "event_type", "summary", "resource"],
    &["id", "create_time", "event_type", "resource_type", "resource", "summary"],
    &["id", "create_time", "resource_type", "event_type", "resource", "summary"],
];
const RESOURCES: [&[&str]; 4] = [
    &["original_type", "algorithm", "ciphertext", "associated_data", "nonce"],
    &["algorithm", "ciphertext", "associated_data", "nonce", "original_type"],
    &["algorithm", "ciphertext", "nonce", "original_type", "associated_data"],
    &["algorithm", "original_type", "ciphertext", "nonce", "associated_data"],
];

/// The usual forms of a body, without the one that it has.
pub(super) fn forms(body: &str) -> Vec<String> {
    let mut forms = line_ends(body);
    if let Some(json) = read(body) {
        for json in [json.clone(), json.ordered(|members| sort(members, |(name, _)| name))] {
            forms.extend(STYLES.iter().map(|style| json.written(*style)));
        }
    }
    forms.extend(["", "{}", "null", "[]", "\"\""].map(str::to_owned));
    forms.retain(|form| form != body);
    forms
}

/// The texts that WeChat writes as `summary`, the only member of a notice beyond ASCII.
const SUMMARIES: [&str; 4] = ["支付成功", "退款成功", "退款异常", "退款关闭"];

/// A notice with each usual summary in place of a damaged one. None where its own is usual or plain text.
pub(super) fn with_summaries(body: &str) -> Vec<String> {
    let Some(Json::Object(members)) = read(body) else { return Vec::new() };
    let own = members.iter().find_map(|(name, value)| match value {
        Json::Text(own) if name == "summary" => Some(own.as_str()),
        _ => None,
    });
    if !own.is_some_and(is_damaged) {
        return Vec::new();
    }
    let with = |summary: &str| {
        let members = members.iter().map(|(name, value)| {
            let value = if name == "summary" { Json::Text(summary.to_owned()) } else { value.clone() };
            (name.clone(), value)
        });
        Json::Object(members.collect()).written(Style::COMPACT)
    };
    SUMMARIES.map(with).to_vec()
}

/// Whether a text was decoded in another charset: it has question marks, replacement characters, or letters that no summary has.
fn is_damaged(text: &str) -> bool {
    let is_odd = |letter: char| matches!(letter, '?' | '\u{fffd}') || ('\u{80}'..'\u{2e80}').contains(&letter);
    // UTF-8 that is read as GBK has half as many characters again.
    let is_long = text.chars().count() > 4 && text.chars().all(|letter| letter >= '\u{2e80}');
    !SUMMARIES.contains(&text) && (text.chars().any(is_odd) || is_long)
}

/// The forms that a notice may have had before somebody wrote it again.
pub(super) fn notice_forms(body: &str) -> Vec<String> {
    let mut forms = line_ends(body);
    forms.extend(["\n", "\r\n"].map(|end| [body, end].concat()));
    if let Some(json) = read(body) {
        forms.extend(STYLES.iter().map(|style| json.written(*style)));
        for envelope in ENVELOPES {
            forms.extend(RESOURCES.iter().map(|resource| arranged(&json, envelope, resource).written(Style::COMPACT)));
        }
    }
    forms.retain(|form| form != body);
    forms
}

/// Without white space at the ends, and with line ends of another kind.
fn line_ends(body: &str) -> Vec<String> {
    let unix = body.replace("\r\n", "\n");
    vec![body.trim().to_owned(), unix.replace('\n', "\r\n"), unix]
}

fn read(body: &str) -> Option<Json> {
    if body.len() > BYTES { None } else { Json::read(body.trim_start_matches('\u{feff}').trim()) }
}

/// The envelope and its resource with their members in these orders. Others come last.
fn arranged(json: &Json, envelope: &[&str], resource: &[&str]) -> Json {
    let Json::Object(members) = json else { return json.clone() };
    let members = members.iter().map(|(name, value)| match value {
        Json::Object(inner) => (name.clone(), Json::Object(in_order(inner.clone(), resource))),
        other => (name.clone(), other.clone()),
    });
    Json::Object(in_order(members.collect(), envelope))
}

fn in_order(mut members: Vec<(String, Json)>, order: &[&str]) -> Vec<(String, Json)> {
    let mut arranged = Vec::with_capacity(members.len());
    for name in order {
        if let Some(at) = members.iter().position(|(own, _)| own == name) {
            arranged.push(members.remove(at));
        }
    }
    arranged.extend(members);
    arranged
}
