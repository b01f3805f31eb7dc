//! The paths that somebody may sign in place of the one that is sent.

use super::evidence::Choices;
use super::lines::{line, or, with_end};
use super::words;
use crate::doctor::percent::{lower_digits, percent_decoded, percent_encoded};
use crate::doctor::words::Detail;

/// The paths that somebody may sign.
pub(super) fn paths(url: &str, path: &str) -> Choices {
    let mut choices = line(path);
    let (bare, query) = path.split_once('?').unwrap_or((path, ""));
    or(&mut choices, bare, &words::QUERY_MISSING, Detail::NONE);
    or(&mut choices, &format!("{bare}?"), &words::QUERY_MISSING, Detail::NONE);
    let whole = if url.contains("://") { url.to_owned() } else { format!("https://api.mch.weixin.qq.com{path}") };
    let host = whole.split_once("://").map_or(whole.as_str(), |(_, host)| host);
    for text in [whole.as_str(), host, &format!("//{host}")] {
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
        percent_encoded(&decoded, b"/?=&-_.~!*'();:@+$,#", false),
        percent_encoded(&decoded, b"/?=&-_.~", false),
        percent_encoded(&decoded, b"/?=&-_.~:,", false),
        percent_encoded(&decoded, b"/?&-_.~", false),
        percent_encoded(&decoded, b"/?=&-_.~!*'()", false),
        percent_encoded(&decoded, b"/?=&-_.~", false).replace("%20", "+"),
        percent_encoded(path, b"/?=&-_.~", false),
        join(&percent_encoded(&percent_decoded(bare), b"/-_.~", false), &values_encoded(query)),
        lower_digits(path),
        path.replace('%', "%25"),
    ] {
        or(&mut choices, &text, &words::PATH_DECODED, Detail::NONE);
    }
    let both = with_end(&percent_decoded(bare));
    if choices.iter().all(|(own, _)| *own != both) {
        choices.push((both, vec![(&words::PATH_DECODED, Detail::NONE), (&words::QUERY_MISSING, Detail::NONE)]));
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
            [name, "=", &percent_encoded(&percent_decoded(value), b"-_.~", false)].concat()
        })
        .collect();
    pairs.join("&")
}
