//! A lenient reader of flat XML that keeps the order of its elements, their white space and their line ends.

/// The text from the root on, if there is one. Headers of HTTP before it are left out.
pub(super) fn find(text: &str) -> Option<&str> {
    let (_, rest) = ["<xml", "<root"].iter().find_map(|root| text.split_at_checked(text.find(root)?))?;
    rest.get(1..)?.split_once('>').map(|(_, inner)| inner)
}

/// The elements inside the root.
pub(super) fn fields(inner: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut rest = inner;
    while let Some((_, after)) = rest.split_once('<') {
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some((tag, content)) = after.split_once('>') else { break };
        if tag.starts_with('/') {
            break;
        }
        let name = tag.split(|letter: char| letter.is_whitespace() || letter == '/').next().unwrap_or_default();
        if tag.ends_with('/') {
            fields.push((name.to_owned(), String::new()));
            rest = content;
            continue;
        }
        let (value, after) = element(content, &format!("</{name}"));
        fields.push((name.to_owned(), value));
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    fields
}

/// The value up to the end mark, and the text from there on.
fn element<'a>(content: &'a str, end: &str) -> (String, &'a str) {
    let mut value = String::new();
    let mut rest = content;
    loop {
        let Some(at) = rest.find('<') else { return (value, "") };
        let Some((text, markup)) = rest.split_at_checked(at) else { return (value, "") };
        // The white space around CDATA is not part of the value, as writers of XML put it there.
        let is_blank = text.trim().is_empty();
        if let Some(inner) = markup.strip_prefix("<![CDATA[") {
            if !is_blank {
                value.push_str(&decoded(text));
            }
            let (inner, after) = inner.split_once("]]>").unwrap_or((inner, ""));
            value.push_str(inner);
            rest = after;
            if rest.trim_start().starts_with(end) {
                return (value, rest.trim_start());
            }
            continue;
        }
        value.push_str(&decoded(text));
        if markup.starts_with(end) {
            return (value, markup);
        }
        value.push('<');
        rest = markup.get(1..).unwrap_or_default();
    }
}

/// A text with its references decoded. Unknown ones stay.
pub(in crate::doctor) fn decoded(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut value = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once(';').and_then(|(name, after)| Some((referred(name)?, after))) {
            Some((letter, after)) => {
                value.push(letter);
                value.push_str(after);
            }
            None => {
                value.push('&');
                value.push_str(piece);
            }
        }
    }
    value
}

fn referred(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let hex = number.strip_prefix(['x', 'X']);
            let code = hex.map_or_else(|| number.parse().ok(), |digits| u32::from_str_radix(digits, 16).ok())?;
            char::from_u32(code)
        }
    }
}
