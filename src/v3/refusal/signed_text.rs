//! The text that WeChat verified (`sign_information` of a 401) compared with the signed one.

use crate::error::excerpt;
use crate::v3::json::Json;

/// The first place where the texts differ, or that they are alike. Nothing if WeChat shows nothing to compare.
///
/// A member that is absent ends no comparison: each other one is compared all the same.
pub(super) fn difference(seen: &Json, signed: &str) -> Option<String> {
    let own = Lines::of(signed.strip_suffix('\n')?)?;
    let text = |name: &str| seen.get(name).and_then(Json::text);
    let shown = text("truncated_sign_message").map(shown_lines).unwrap_or_default();
    let [method, path, timestamp, nonce, body] = shown;
    let lines = [
        ("method", text("method").map(Shown::Whole), own.method, REDIRECTS),
        ("method", method, own.method, REDIRECTS),
        ("path", text("url").map(Shown::Whole), own.path, PROXIES),
        ("path", path, own.path, PROXIES),
        ("timestamp", timestamp, own.timestamp, HEADER),
        ("nonce", nonce, own.nonce, HEADER),
    ];
    let length = seen.get("sign_message_length").and_then(length_of);
    if length.is_none() && body.is_none() && lines.iter().all(|(_, said, ..)| said.is_none()) {
        return None;
    }
    for (name, said, own, advice) in lines {
        if let Some(said) = said.filter(|said| !said.is_of(own)) {
            let said = excerpt(said.text());
            return Some(format!("WeChat received the {name} {said}, and {own} was signed: {advice}"));
        }
    }
    // The body may name the payer and is not shown.
    if body.is_some_and(|said| !said.is_of(own.body)) {
        return Some("WeChat received another body than the signed one: it was changed on its way".to_owned());
    }
    if let Some(length) = length.filter(|length| *length != signed.len()) {
        return Some(format!(
            "WeChat received {length} bytes to verify, and {} were signed: the body was changed on its way",
            signed.len()
        ));
    }
    Some(
        "Both texts are alike: the private key does not belong to the serial, or the body was changed to another one of equal length"
            .to_owned(),
    )
}

const REDIRECTS: &str = "check redirects";
const PROXIES: &str = "check proxies that rewrite it";
const HEADER: &str = "the Authorization header must have the signed one";

/// The lines of a signed text.
struct Lines<'a> {
    method: &'a str,
    path: &'a str,
    timestamp: &'a str,
    nonce: &'a str,
    body: &'a str,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut lines = text.splitn(5, '\n');
        let mut line = || lines.next();
        Some(Self { method: line()?, path: line()?, timestamp: line()?, nonce: line()?, body: line()? })
    }
}

/// A line that WeChat shows.
#[derive(Clone, Copy)]
enum Shown<'a> {
    Whole(&'a str),
    /// The last line, which may be cut anywhere.
    Begin(&'a str),
}

impl<'a> Shown<'a> {
    const fn text(self) -> &'a str {
        match self {
            Self::Whole(text) | Self::Begin(text) => text,
        }
    }

    fn is_of(self, own: &str) -> bool {
        match self {
            Self::Whole(text) => text == own,
            // Where it is cut inside a character, WeChat shows a replacement.
            Self::Begin(text) => own.starts_with(text.trim_end_matches('\u{fffd}')),
        }
    }
}

/// The lines of `truncated_sign_message`. The body is cut after some bytes, and a line end follows it.
fn shown_lines(message: &str) -> [Option<Shown<'_>>; 5] {
    let message = message.strip_suffix('\n').unwrap_or(message);
    let mut lines = [None; 5];
    let mut rest = Some(message);
    let last = lines.len().saturating_sub(1);
    for (at, line) in lines.iter_mut().enumerate() {
        let Some(text) = rest else { break };
        let cut = if at == last { None } else { text.split_once('\n') };
        *line = Some(cut.map_or(Shown::Begin(text), |(whole, _)| Shown::Whole(whole)));
        rest = cut.map(|(_, rest)| rest);
    }
    lines
}

/// The length, which WeChat writes as a number or as text.
fn length_of(value: &Json) -> Option<usize> {
    let number = value.integer().or_else(|| value.text().and_then(|text| text.parse().ok()))?;
    usize::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v3::json::{Limits, read_json};
    use crate::v3::text::request_text;

    const BODY: &str = "{\"description\":\"茶\",\"amount\":1}";
    const LENGTH: usize = 69;

    fn compared(seen: &str) -> Option<String> {
        let signed = request_text("POST", "/v3/pay/a?b=c", 1_785_028_800, "n0nce", BODY);
        assert_eq!(signed.len(), LENGTH);
        difference(&read_json(seen.as_bytes(), Limits::ANSWER, "the test").unwrap(), &signed)
    }

    const SEEN: &str = r#"{"method":"POST","url":"/v3/pay/a?b=c","sign_message_length":69,
        "truncated_sign_message":"POST\n/v3/pay/a?b=c\n1785028800\nn0nce\n{\"descri\n"}"#;

    #[test]
    fn the_first_line_that_differs_is_named_with_both_texts() {
        for (from, to, words) in [
            ("\"method\":\"POST\"", "\"method\":\"GET\"", "the method GET, and POST was signed"),
            ("\"url\":\"/v3/pay/a?b=c\"", "\"url\":\"/v3/pay/a\"", "the path /v3/pay/a, and /v3/pay/a?b=c was signed"),
            ("1785028800", "1785028800123", "the timestamp 1785028800123, and 1785028800 was signed"),
            ("n0nce", "N0nce", "the nonce N0nce, and n0nce was signed"),
            ("{\\\"descri", "{ \\\"descr", "another body than the signed one"),
            ("69", "70", "70 bytes to verify, and 69 were signed"),
            ("69", "\"70\"", "70 bytes to verify, and 69 were signed"),
        ] {
            assert!(SEEN.contains(from), "{from}");
            let said = compared(&SEEN.replacen(from, to, 1)).unwrap();
            assert!(said.contains(words), "{to}: {said}");
        }
    }

    #[test]
    fn texts_that_do_not_differ_leave_the_key_and_a_body_of_equal_length() {
        for seen in [SEEN, &SEEN.replacen("69", "\"69\"", 1), r#"{"sign_message_length":69}"#, r#"{"method":"POST"}"#] {
            let said = compared(seen).unwrap();
            assert!(said.contains("does not belong to the serial") && said.contains("equal length"), "{said}");
        }
        for seen in ["{}", r#"{"sign_message_length":[69],"method":5,"url":null}"#] {
            assert_eq!(compared(seen), None, "{seen}");
        }
    }

    #[test]
    fn an_absent_member_leaves_the_others_to_be_compared() {
        for (seen, words) in [
            (r#"{"url":"/v3/x"}"#, "the path /v3/x"),
            (r#"{"sign_message_length":"1"}"#, "1 bytes"),
            (r#"{"method":"POST","truncated_sign_message":"POST\n/v3/y\n"}"#, "the path /v3/y"),
            (r#"{"truncated_sign_message":"PUT"}"#, "the method PUT"),
            (r#"{"truncated_sign_message":"POST\n/v3/pay/a?b=c\n1785028800\nother\n"}"#, "the nonce other"),
        ] {
            let said = compared(seen).unwrap();
            assert!(said.contains(words), "{seen}: {said}");
        }
        let cut = r#"{"truncated_sign_message":"POST\n/v3/pay"}"#;
        assert!(compared(cut).unwrap().contains("are alike"), "a line that is cut does not differ");
        let inside = SEEN.replacen("descri", "description\\\":\\\"\u{fffd}", 1);
        assert!(compared(&inside).unwrap().contains("are alike"), "a character that is cut does not differ");
    }
}
