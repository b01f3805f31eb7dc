//! The text of elements: line ends, the five entities, numeric references; and the text of a declaration.

use std::borrow::Cow;

use memchr::memchr_iter;

use crate::error::Error;

/// Where `]]>` begins.
pub(super) fn find_cdata_end(text: &[u8]) -> Option<usize> {
    memchr_iter(b']', text).find(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(b"]]>")))
}

/// XML 1.0 section 2.11: CR LF and CR are read as LF.
pub(super) fn line_ends(text: &str) -> Cow<'_, str> {
    let Some((before, mut rest)) = text.split_once('\r') else { return Cow::Borrowed(text) };
    let mut read = before.to_owned();
    loop {
        read.push('\n');
        rest = rest.strip_prefix('\n').unwrap_or(rest);
        let Some((line, behind)) = rest.split_once('\r') else { break };
        read.push_str(line);
        rest = behind;
    }
    read.push_str(rest);
    Cow::Owned(read)
}

/// Text outside CDATA; `start` is its place in the body.
pub(super) fn decode_text(text: &str, start: usize) -> Result<Cow<'_, str>, Error> {
    // The place of the & before the rest.
    let place = |rest: &str| start.saturating_add(text.len()).saturating_sub(rest.len().saturating_add(1));
    if text.bytes().all(|byte| !matches!(byte, b']' | b'&' | b'\r')) {
        return Ok(Cow::Borrowed(text));
    }
    if let Some(at) = find_cdata_end(text.as_bytes()) {
        return Err(Error::xml(start.saturating_add(at), "]]> is not allowed outside CDATA"));
    }
    let Some((before, mut rest)) = text.split_once('&') else { return Ok(line_ends(text)) };
    let mut decoded = line_ends(before).into_owned();
    loop {
        let Some((reference, after)) = rest.split_once(';') else {
            return Err(Error::xml(place(rest), "& without a reference; write &amp;"));
        };
        let Some(character) = referred(reference) else {
            return Err(Error::xml(
                place(rest),
                "unknown entity; only lt, gt, amp, apos, quot and numeric references of XML characters are allowed",
            ));
        };
        decoded.push(character);
        match after.split_once('&') {
            Some((before, next)) => {
                decoded.push_str(&line_ends(before));
                rest = next;
            }
            None => {
                decoded.push_str(&line_ends(after));
                return Ok(Cow::Owned(decoded));
            }
        }
    }
}

fn referred(reference: &str) -> Option<char> {
    let number = match reference {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => reference.strip_prefix('#')?,
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    // from_str_radix would also accept signs.
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let character = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    let allowed = match character {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        other => other >= ' ',
    };
    allowed.then_some(character)
}

/// The text between `<?xml` and `?>`.
pub(super) fn is_declaration(inside: &str) -> bool {
    let mut rest = inside;
    let mut attribute = |name: &str| -> Option<&str> {
        let spaced = rest.strip_prefix([' ', '\t', '\n', '\r'])?.trim_ascii_start();
        let quoted = spaced.strip_prefix(name)?.trim_ascii_start().strip_prefix('=')?.trim_ascii_start();
        let quote = quoted.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, after) = quoted.strip_prefix(quote)?.split_once(quote)?;
        rest = after;
        Some(value)
    };
    let version = attribute("version") == Some("1.0");
    let encoding = attribute("encoding").is_none_or(|encoding| encoding.eq_ignore_ascii_case("utf-8"));
    let standalone = attribute("standalone").is_none_or(|value| matches!(value, "yes" | "no"));
    version && encoding && standalone && rest.trim_ascii().is_empty()
}
