//! Values that were trimmed, escaped or encoded before signing.

use super::{Change, Mistake, is_plain, narrow, wide};
use crate::doctor::message::decoded;
use crate::doctor::percent::{lower_digits, percent_decoded, percent_encoded};
use crate::doctor::v2::part::Part;
use crate::doctor::v2::recipe::{Recipe, Whole};
use crate::doctor::v2::words;
use crate::doctor::words::{Detail, Words};

type Changed = fn(&str) -> String;

/// Adds the mistakes with the text of values.
pub(super) fn add<'a>(recipe: &Recipe<'a>, list: &mut Vec<Mistake<'a>>) {
    for changed in TWICE {
        add_form(recipe, &words::DOUBLE_ESCAPED, changed, list);
    }
    untrimmed(recipe, list);
    for (words, changed) in FORMS {
        add_form(recipe, words, changed, list);
    }
    for part in recipe.parts.iter().filter(|part| !part.value.is_empty()) {
        let change = Change::Values(vec![(part.place, format!("<![CDATA[{}]]>", part.value))]);
        narrow(list, &words::HTML_ESCAPED, Detail::plain(part.name.clone().into_owned()), change);
    }
    for (change, joint) in WHOLE {
        let detail = Detail::in_both("the whole text", "整段文字");
        narrow(list, &words::URL_ENCODED, detail, Change::Whole(Whole { change, joint }));
    }
}

/// The most changed values of which every choice is tried.
const CHOSEN: usize = 4;

/// One form for all values, and for some of them where it changes several.
fn add_form<'a>(recipe: &Recipe<'a>, words: &'static Words, changed: Changed, list: &mut Vec<Mistake<'a>>) {
    let touched = recipe.parts.iter().filter(|part| !is_plain(&part.value)).map(|part| (part, changed(&part.value)));
    let touched: Vec<(&Part<'a>, String)> = touched.filter(|(part, value)| *value != part.value).collect();
    if touched.is_empty() {
        return;
    }
    let names: Vec<&str> = touched.iter().map(|(part, _)| &*part.name).collect();
    wide(list, words, Detail::plain(names.join(", ")), Change::AllValues(changed));
    for choice in choices(touched.len()) {
        let is_chosen =
            |at: usize| u32::try_from(at).ok().and_then(|at| choice.checked_shr(at)).unwrap_or_default() & 1 == 1;
        let chosen = || touched.iter().enumerate().filter(|(at, _)| is_chosen(*at)).map(|(_, touched)| touched);
        let names: Vec<&str> = chosen().map(|(part, _)| &*part.name).collect();
        let values = chosen().map(|(part, value)| (part.place, value.clone())).collect();
        narrow(list, words, Detail::plain(names.join(", ")), Change::Values(values));
    }
}

/// Choices of some of `count` values, as bits: all choices of few values, and each alone of many.
fn choices(count: usize) -> Vec<u64> {
    let bit = |at: usize| u32::try_from(at).ok().and_then(|at| 1_u64.checked_shl(at)).unwrap_or_default();
    match count {
        0 | 1 => Vec::new(),
        2..=CHOSEN => (1..bit(count).saturating_sub(1)).collect(),
        _ => (0..count).map(bit).collect(),
    }
}

static FORMS: [(&Words, Changed); 36] = [
    (&words::TRIMMED, |value| value.trim().to_owned()),
    (&words::TRIMMED, |value| value.trim_end().to_owned()),
    (&words::TRIMMED, |value| value.trim_start().to_owned()),
    (&words::NEWLINE, |value| value.replace("\r\n", "\n")),
    (&words::NEWLINE, |value| value.replace("\r\n", "\n").replace('\n', "\r\n")),
    (&words::NEWLINE, |value| value.replace("\r\n", "\n").replace('\n', "\r")),
    (&words::NEWLINE, |value| value.replace('\r', "\n")),
    (&words::NEWLINE, |value| value.replace('\r', "\\r").replace('\n', "\\n")),
    (&words::NEWLINE, |value| value.replace("\\r", "\r").replace("\\n", "\n")),
    (&words::NEWLINE, |value| value.replace(['\r', '\n'], "")),
    (&words::NEWLINE, |value| value.replace("\r\n", "\n").replace('\n', " ")),
    // encodeURIComponent, RFC 3986, forms, Java, encodeURI, Python, Go, .NET; then with digits in lower case.
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.~!*'()", false)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.~", false)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.", true)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.~", true)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.*", true)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.~!*'();/?:@&=+$,#", false)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.~/", false)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.~$&+:=@", false)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.!*()", true)),
    (&words::URL_ENCODED, |value| lower_digits(&percent_encoded(value, b"-_.!*()", true))),
    (&words::URL_ENCODED, |value| lower_digits(&percent_encoded(value, b"-_.~", false))),
    (&words::URL_ENCODED, |value| lower_digits(&percent_encoded(value, b"-_.~!*'()", false))),
    (&words::URL_ENCODED, |value| percent_encoded(&percent_encoded(value, b"-_.~!*'()", false), b"-_.~", false)),
    (&words::HTML_ESCAPED, |value| escaped(value, "", "")),
    (&words::HTML_ESCAPED, |value| escaped(value, "&quot;", "")),
    (&words::HTML_ESCAPED, |value| escaped(value, "&quot;", "&#39;")),
    (&words::HTML_ESCAPED, |value| escaped(value, "&quot;", "&#039;")),
    (&words::HTML_ESCAPED, |value| escaped(value, "&quot;", "&apos;")),
    (&words::HTML_ESCAPED, |value| escaped(value, "&quot;", "&#x27;")),
    (&words::HTML_ESCAPED, |value| escaped(value, "&#34;", "&#39;")),
    (&words::HTML_ESCAPED, |value| value.replace('&', "&amp;")),
    (&words::HTML_ESCAPED, |value| value.replace('<', "&lt;")),
    (&words::HTML_ESCAPED, |value| value.replace('&', "&amp;").replace('<', "&lt;")),
    (&words::HTML_ESCAPED, |value| numbered(&escaped(value, "&quot;", "&#39;"), |code| format!("&#{code};"))),
    (&words::HTML_ESCAPED, |value| numbered(&escaped(value, "&quot;", "&#39;"), |code| format!("&#x{code:X};"))),
];

/// The whole text in another form, and what `&key=` becomes where the key is part of it.
static WHOLE: [(Changed, &str); 5] = [
    (|text| percent_encoded(text, b"-_.~!*'()", false), "&key="),
    (|text| percent_encoded(text, b"-_.~!*'()", false), "%26key%3D"),
    (|text| percent_encoded(text, b"-_.", true), "&key="),
    (|text| percent_encoded(text, b"-_.", true), "%26key%3D"),
    (|text| percent_encoded(text, b"-_.~!*'();/?:@&=+$,#", false), "&key="),
];

/// The forms of values that were escaped twice, or that the message has escaped once too often.
static TWICE: [Changed; 9] = [
    |value| escaped(&escaped(value, "", ""), "", ""),
    |value| escaped(&escaped(value, "&quot;", ""), "&quot;", ""),
    |value| escaped(&escaped(value, "&quot;", "&#39;"), "&quot;", "&#39;"),
    |value| escaped(&escaped(value, "&quot;", "&#039;"), "&quot;", "&#039;"),
    |value| escaped(&escaped(value, "&quot;", "&apos;"), "&quot;", "&apos;"),
    |value| escaped(&escaped(value, "&quot;", "&#x27;"), "&quot;", "&#x27;"),
    |value| escaped(&escaped(value, "&#34;", "&#39;"), "&#34;", "&#39;"),
    |value| value.replace('&', "&amp;amp;"),
    |value| decoded(value),
];

const SPACES: [(&str, &str); 11] = [
    ("", " "),
    ("", "\n"),
    (" ", ""),
    (" ", " "),
    ("", "  "),
    ("", "\r\n"),
    ("", "\t"),
    ("\t", ""),
    ("\n", ""),
    ("", "\u{a0}"),
    ("", "\u{3000}"),
];

/// Names of values that people type, and that may have white space at their end.
const TYPED: [&str; 9] =
    ["attach", "body", "detail", "device_info", "goods_tag", "openid", "out_trade_no", "package", "refund_desc"];

fn untrimmed<'a>(recipe: &Recipe<'a>, list: &mut Vec<Mistake<'a>>) {
    for part in recipe.parts.iter().filter(|part| !part.value.is_empty()) {
        for (at, (before, after)) in SPACES.into_iter().enumerate() {
            let change = Change::Values(vec![(part.place, format!("{before}{}{after}", part.value))]);
            let add = if at == 0 && TYPED.contains(&&*part.name) { wide } else { narrow };
            add(list, &words::UNTRIMMED, Detail::plain(part.name.clone().into_owned()), change);
        }
    }
    // A message whose values are still encoded.
    add_form(recipe, &words::URL_DECODED, percent_decoded, list);
}

/// A value as XML or HTML has it. An empty replacement leaves that quote as it is.
fn escaped(value: &str, quote: &str, apostrophe: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' if !quote.is_empty() => text.push_str(quote),
            '\'' if !apostrophe.is_empty() => text.push_str(apostrophe),
            other => text.push(other),
        }
    }
    text
}

/// Characters beyond ASCII as references.
fn numbered(value: &str, reference: fn(u32) -> String) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        if letter.is_ascii() { text.push(letter) } else { text.push_str(&reference(u32::from(letter))) }
    }
    text
}
