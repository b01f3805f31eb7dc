//! Query text, and the lines that a console prints: `name=value`, `name: value`, `[name] => value`.

use crate::doctor::percent::percent_decoded;

/// Whether a text is one line of names and values with `&` between them.
pub(super) fn is_query(text: &str) -> bool {
    let is_pair = |pair: &str| pair.split_once('=').is_some_and(|(name, _)| is_name(name));
    !text.contains('\n') && text.contains('&') && text.split('&').next().is_some_and(is_pair)
}

/// The pairs of query text. An `&` that begins no pair is part of the value before it.
pub(super) fn query(text: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    for piece in text.split('&') {
        match (piece.split_once('=').filter(|(name, _)| is_name(name)), pairs.last_mut()) {
            (Some((name, value)), _) => pairs.push((name, value.to_owned())),
            (None, Some((_, value))) => {
                value.push('&');
                value.push_str(piece);
            }
            (None, None) => {}
        }
    }
    // In encoded text a plus is a blank. Text that is not encoded has its pluses as they are, and marks such as `:` too.
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.~*+%".contains(letter);
    let is_encoded = percent_decoded(text) != text || pairs.iter().all(|(_, value)| value.chars().all(is_plain));
    let read = |value: &str| if is_encoded { percent_decoded(&value.replace('+', " ")) } else { value.to_owned() };
    pairs.iter().map(|(name, value)| ((*name).to_owned(), read(value))).collect()
}

/// The query of an address, or query text with its question mark.
pub(super) fn address(text: &str) -> Option<&str> {
    let is_address = text.starts_with('/') || text.starts_with('?') || text.contains("://");
    let (_, query) = text.split_once('?').filter(|_| is_address && !text.contains(char::is_whitespace))?;
    Some(query.split('#').next().unwrap_or(query))
}

/// The body of an HTTP message, if it is query text.
pub(super) fn body(text: &str) -> Option<&str> {
    let (_, body) = text.rsplit_once("\n\n").or_else(|| text.rsplit_once("\r\n\r\n"))?;
    Some(body.trim()).filter(|body| is_query(body))
}

/// The fields of lines. A line that begins no field is a further line of the value before it.
pub(super) fn console(text: &str) -> Vec<(String, String)> {
    // Where each line ends with CR LF, the CR belongs to no value.
    let ends = text.matches('\n').count();
    let line_end = if ends > 0 && ends == text.matches("\r\n").count() { "\r\n" } else { "\n" };
    // var_dump of PHP has each value on the line after its name.
    let text = &text.replace("]=>\n", "]=> ");
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.strip_suffix(line_end).unwrap_or(text).split(line_end) {
        match (pair(line), fields.last_mut()) {
            (Some((name, value)), _) => fields.push((name.to_owned(), value.to_owned())),
            (None, Some((_, value))) if !is_frame(line) => {
                value.push('\n');
                value.push_str(line);
            }
            _ => {}
        }
    }
    fields
}

/// A line that frames a printed object.
fn is_frame(line: &str) -> bool {
    matches!(line.trim(), "" | "{" | "}" | "(" | ")" | "[" | "]" | "}," | "};" | ");")
}

/// The name and the value of a line.
fn pair(line: &str) -> Option<(&str, &str)> {
    let start = line.trim_start_matches(|letter: char| letter.is_whitespace() || matches!(letter, '{' | ','));
    // A pair of .NET: [name, value].
    if let Some((name, value)) = start.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')?.split_once(", "))
        && is_name(name)
    {
        return Some((name, value));
    }
    let (name, rest) = ['"', '\'', '[']
        .into_iter()
        .find_map(|quote| {
            let inner = start.strip_prefix(quote)?;
            inner.split_once(if quote == '[' { ']' } else { quote })
        })
        .or_else(|| {
            let end = start.find(|letter: char| !is_letter(letter))?;
            start.split_at_checked(end)
        })?;
    let name = name.trim_matches('"');
    let tabbed = rest.strip_prefix('\t');
    let after = rest.trim_start_matches([' ', '\t']);
    let is_spaced = after.len() < rest.len();
    let rest = after;
    let equals = rest.strip_prefix('=').filter(|rest| !rest.starts_with('>'));
    let value = match equals {
        // With a blank before the mark, the one after it belongs to the mark too.
        Some(value) if is_spaced => value.strip_prefix(' ').unwrap_or(value),
        Some(value) => value,
        None => {
            let value = rest.strip_prefix("=>").or_else(|| rest.strip_prefix(':')).or(tabbed)?;
            dumped(value.strip_prefix(' ').unwrap_or(value))
        }
    };
    is_name(name).then(|| (name, unquoted(value, equals.is_some())))
}

/// A value as `var_dump` of PHP has it: `string(3) "abc"`, `int(1)`, `NULL`.
fn dumped(value: &str) -> &str {
    let value = value.trim_start_matches(' ');
    if let Some((_, quoted)) = value.strip_prefix("string(").and_then(|rest| rest.split_once(") ")) {
        return quoted;
    }
    let number = value.strip_prefix("int(").or_else(|| value.strip_prefix("float("));
    if value == "NULL" { "" } else { number.and_then(|rest| rest.strip_suffix(')')).unwrap_or(value) }
}

/// A value without the quotes and the comma of a printed object. After `=` only quotes are taken off.
fn unquoted(value: &str, is_assigned: bool) -> &str {
    let trimmed = value.trim();
    let inner = trimmed.strip_suffix([',', ';']).unwrap_or(trimmed).trim_end();
    let quoted = ['"', '\'']
        .into_iter()
        .find_map(|quote| inner.strip_prefix(quote)?.strip_suffix(quote))
        .filter(|_| inner.len() > 1);
    match quoted {
        Some(quoted) => quoted,
        None if is_assigned => value,
        None if matches!(inner, "null" | "undefined" | "None") => "",
        None if trimmed.ends_with(',') && !value.starts_with(' ') => inner,
        None => value,
    }
}

pub(super) fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-')
}

/// The name of a field, as XML and WeChat have them.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && name.len() <= 64
        && name.chars().all(is_letter)
}
