//! The path of a request: a template, its values, and the query of a GET.

/// The names in a template: `{out_trade_no}`.
pub(super) fn names(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Whether a template has this name.
pub(super) fn has_name(template: &str, name: &str) -> bool {
    names(template).any(|used| used == name)
}

/// The template with its values, percent-encoded.
pub(super) fn filled<'a>(template: &str, value: &impl Fn(&str) -> &'a str) -> String {
    let mut path = String::new();
    for part in template.split_inclusive('}') {
        match part.split_once('{') {
            Some((before, name)) => {
                path.push_str(before);
                put_encoded(value(name.trim_end_matches('}')), &mut path);
            }
            None => path.push_str(part),
        }
    }
    path
}

/// Adds a query, percent-encoded. An empty value is left out.
pub(super) fn put_query<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>, path: &mut String) {
    let mut mark = '?';
    for (name, value) in pairs.filter(|(_, value)| !value.is_empty()) {
        path.push(mark);
        path.push_str(name);
        path.push('=');
        put_encoded(value, path);
        mark = '&';
    }
}

/// Percent-encodes what is not unreserved (RFC 3986, section 2.3).
fn put_encoded(text: &str, path: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
}
