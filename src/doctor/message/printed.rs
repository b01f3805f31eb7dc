//! The reader of an object that a program printed on one line, as Python, JavaScript, Java, Go and Ruby do.

use super::lines::{is_letter, is_name};

/// The fields of a printed object; `None` where the text is no such line.
///
/// ```text
/// {'a': 'x', 'b': 1}          Python        { a: 'x', b: 1 }            JavaScript
/// {a=x, b=1}                  Java          map[a:x b:1]                Go
/// {"a"=>"x", :b=>1}           Ruby          Map(2) { 'a' => 'x' }       JavaScript
/// ```
pub(super) fn fields(text: &str) -> Option<Vec<(String, String)>> {
    let text = text.trim();
    let is_go = text.starts_with("map[");
    let (open, close) = if is_go { ('[', ']') } else { ('{', '}') };
    let (front, inner) = text.split_once(open)?;
    let is_title = |letter: char| letter.is_ascii_alphanumeric() || "() ".contains(letter);
    if text.contains('\n') || !front.chars().all(is_title) {
        return None;
    }
    let mut rest = inner.trim_end_matches([';', ' ', ')']).strip_suffix(close)?;
    let mut fields = Vec::new();
    while let Some((name, after)) = name(rest) {
        let (value, after) = quoted(after).unwrap_or_else(|| bare(after, is_go));
        fields.push((name.to_owned(), value));
        rest = after;
    }
    (!fields.is_empty()).then_some(fields)
}

/// The name at the start of a text, and what follows its mark.
fn name(text: &str) -> Option<(&str, &str)> {
    let start = text.trim_start_matches([' ', ',', ':']);
    let quote = start.chars().next().filter(|letter| matches!(letter, '"' | '\''));
    let start = start.strip_prefix(['"', '\'']).unwrap_or(start);
    let end = start.find(|letter: char| !is_letter(letter))?;
    let (name, rest) = start.split_at_checked(end)?;
    let rest = quote.map_or(Some(rest), |quote| rest.strip_prefix(quote))?.trim_start_matches(' ');
    let rest = ["=>", "=", ":"].into_iter().find_map(|mark| rest.strip_prefix(mark))?;
    is_name(name).then_some((name, rest))
}

/// A value in quotes with its escapes, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start_matches(' ');
    let quote = text.chars().next().filter(|letter| matches!(letter, '"' | '\'' | '`'))?;
    let mut value = String::new();
    let mut letters = text.chars();
    letters.next();
    while let Some(letter) = letters.next() {
        value.push(match letter {
            _ if letter == quote => return Some((value, letters.as_str())),
            '\\' => match letters.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            },
            other => other,
        });
    }
    None
}

/// A value without quotes: all up to the next name.
fn bare(text: &str, is_go: bool) -> (String, &str) {
    let joint = if is_go { ' ' } else { ',' };
    let next = |(at, _): &(usize, &str)| text.get(*at..).is_some_and(|rest| name(rest).is_some());
    let end = text.match_indices(joint).find(next).map_or(text.len(), |(at, _)| at);
    let (value, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    // JavaScript and Python have a blank before the value and before the end.
    let value = value.trim();
    let is_absent = matches!(value, "null" | "None" | "nil" | "<nil>" | "undefined");
    (if is_absent { String::new() } else { value.to_owned() }, rest)
}
