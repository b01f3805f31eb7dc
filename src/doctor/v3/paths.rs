//! The paths that somebody may sign in place of the one that is sent.

use super::evidence::Choices;
use super::lines::{line, or, with_end};
use super::words;
use crate::doctor::message::percent_decoded;
use crate::doctor::words::Detail;

/// The paths that somebody may sign.
pub(super) fn paths(url: &str, path: &str) -> Choices {
    let mut choices = line(path);
    let (bare, query) = path.split_once('?').unwrap_or((path, ""));
    or(&mut choices, bare, &words::QUERY_MISSING, Detail::NONE);
    or(&mut choices, &format!("{bare}?"), &words::QUERY_MISSING, Detail::NONE);
    let whole = if url.contains("://") { url.to_owned() } else { format!("https://api.mch.weixin.qq.com{path}") };
    let host = whole.split_once("://").map_or(whole.as_str(), |(_, host)| host);
    for text in [whole.as_str(), host] {
        or(&mut choices, text, &words::HOST_INCLUDED, Detail::NONE);
        // Without its query two mistakes are in one line.
        let text = with_end(text.split('?').next().unwrap_or_default());
        if choices.iter().all(|(own, _)| *own != text) && !query.is_empty() {
            choices.push((text, vec![(&words::HOST_INCLUDED, Detail::NONE), (&words::QUERY_MISSING, Detail::NONE)]));
        }
    }
    let decoded = percent_decoded(path);
    let plus = percent_decoded(&path.replace('+', " "));
    for text in [
        decoded.clone(),
        plus,
        join(bare, &percent_decoded(query)),
        join(&percent_decoded(bare), query),
        encoded(&decoded, b"/?=&-_.~!*'();:@+$,#"),
        encoded(&decoded, b"/?=&-_.~"),
        encoded(&decoded, b"/?=&-_.~:,"),
        encoded(&decoded, b"/?&-_.~"),
        encoded(&decoded, b"/?=&-_.~!*'()"),
        encoded(&decoded, b"/?=&-_.~").replace("%20", "+"),
        encoded(path, b"/?=&-_.~"),
        join(&encoded(&percent_decoded(bare), b"/-_.~"), &values_encoded(query)),
        lower(path),
    ] {
        or(&mut choices, &text, &words::PATH_DECODED, Detail::NONE);
    }
    choices
}

fn join(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// A query whose values are encoded, and its marks are not.
fn values_encoded(query: &str) -> String {
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            [name, "=", &encoded(&percent_decoded(value), b"-_.~")].concat()
        })
        .collect();
    pairs.join("&")
}

/// A text with all but letters, digits and `safe` as `%E8`.
fn encoded(text: &str, safe: &[u8]) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || safe.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex::encode_upper([byte]));
        }
    }
    encoded
}

/// The digits of each `%E8` in lower case.
fn lower(path: &str) -> String {
    let mut pieces = path.split('%');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2).unwrap_or((piece, ""));
        text.push('%');
        text.push_str(&digits.to_ascii_lowercase());
        text.push_str(rest);
    }
    text
}
