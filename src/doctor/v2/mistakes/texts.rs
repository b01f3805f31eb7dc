//! Values that were trimmed, escaped or encoded before signing.

use super::{Change, Mistake, narrow, wide};
use crate::doctor::message::decoded;
use crate::doctor::percent::{lower_digits, percent_encoded};
use crate::doctor::v2::recipe::{Part, Recipe};
use crate::doctor::v2::words;
use crate::doctor::words::{Detail, Words};

type Changed = fn(&str) -> String;

/// Adds the mistakes with the text of values.
pub(super) fn add<'a>(recipe: &Recipe<'a>, list: &mut Vec<Mistake<'a>>) {
    trims(recipe, list);
    for (words, changed) in FORMS {
        add_form(recipe, words, changed, list);
    }
}

/// One form for all values, and for each value alone where it changes several.
fn add_form<'a>(recipe: &Recipe<'a>, words: &'static Words, changed: Changed, list: &mut Vec<Mistake<'a>>) {
    let touched: Vec<&Part<'_>> = recipe.parts.iter().filter(|part| changed(&part.value) != part.value).collect();
    let names: Vec<&str> = touched.iter().map(|part| &*part.name).collect();
    wide(list, words, Detail::plain(names.join(", ")), Change::AllValues(changed));
    if touched.len() > 1 {
        for part in touched {
            let change = Change::Values(vec![(part.place, changed(&part.value))]);
            narrow(list, words, Detail::plain(part.name.clone().into_owned()), change);
        }
    }
}

static FORMS: [(&Words, Changed); 23] = [
    (&words::TRIMMED, |value| value.trim().to_owned()),
    (&words::TRIMMED, |value| value.trim_end().to_owned()),
    (&words::TRIMMED, |value| value.trim_start().to_owned()),
    (&words::NEWLINE, |value| value.replace("\r\n", "\n")),
    (&words::NEWLINE, |value| value.replace("\r\n", "\n").replace('\n', "\r\n")),
    (&words::NEWLINE, |value| value.replace("\r\n", "\n").replace('\n', "\r")),
    (&words::NEWLINE, |value| value.replace('\r', "\n")),
    // encodeURIComponent, RFC 3986, forms, Java, encodeURI; then with digits in lower case.
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.~!*'()", false)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.~", false)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.", true)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.~", true)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.*", true)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.~!*'();/?:@&=+$,#", false)),
    (&words::URL_ENCODED, |value| percent_encoded(value, b"-_.~/", false)),
    (&words::URL_ENCODED, |value| lower_digits(&percent_encoded(value, b"-_.!*()", true))),
    (&words::URL_ENCODED, |value| lower_digits(&percent_encoded(value, b"-_.~", false))),
    (&words::HTML_ESCAPED, |value| escaped(value, "", "")),
    (&words::HTML_ESCAPED, |value| escaped(value, "&quot;", "")),
    (&words::HTML_ESCAPED, |value| escaped(value, "&quot;", "&#39;")),
    (&words::HTML_ESCAPED, |value| escaped(value, "&quot;", "&#039;")),
    (&words::HTML_ESCAPED, |value| escaped(value, "&quot;", "&apos;")),
    (&words::HTML_ESCAPED, |value| escaped(value, "&quot;", "&#x27;")),
    (&words::HTML_ESCAPED, |value| escaped(value, "&#34;", "&#39;")),
];

/// The forms of values that were escaped twice, or that the message has escaped once too often.
static TWICE: [Changed; 8] = [
    |value| escaped(&escaped(value, "", ""), "", ""),
    |value| escaped(&escaped(value, "&quot;", ""), "&quot;", ""),
    |value| escaped(&escaped(value, "&quot;", "&#39;"), "&quot;", "&#39;"),
    |value| escaped(&escaped(value, "&quot;", "&#039;"), "&quot;", "&#039;"),
    |value| escaped(&escaped(value, "&quot;", "&apos;"), "&quot;", "&apos;"),
    |value| escaped(&escaped(value, "&quot;", "&#x27;"), "&quot;", "&#x27;"),
    |value| escaped(&escaped(value, "&#34;", "&#39;"), "&#34;", "&#39;"),
    |value| decoded(value),
];

const SPACES: [(&str, &str); 8] =
    [("", " "), (" ", ""), (" ", " "), ("", "\n"), ("", "\r\n"), ("", "\t"), ("\n", ""), ("", "\u{3000}")];

fn trims<'a>(recipe: &Recipe<'a>, list: &mut Vec<Mistake<'a>>) {
    for changed in TWICE {
        add_form(recipe, &words::DOUBLE_ESCAPED, changed, list);
    }
    for part in recipe.parts.iter().filter(|part| !part.value.is_empty()) {
        for (before, after) in SPACES {
            let change = Change::Values(vec![(part.place, format!("{before}{}{after}", part.value))]);
            narrow(list, &words::UNTRIMMED, Detail::plain(part.name.clone().into_owned()), change);
        }
    }
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
