//! The mistakes with the key: which one it is, and how it follows the fields.

use zeroize::Zeroizing;

use super::recipe::Tail;
use super::words;
use crate::doctor::words::{Detail, Words};

/// A key and the way it is appended. `words` is `None` for the right ending.
pub(super) struct Ending {
    pub(super) words: Option<&'static Words>,
    pub(super) detail: Detail,
    pub(super) key: Zeroizing<String>,
    pub(super) tail: Tail,
    /// Whether it is tried together with other mistakes too.
    pub(super) is_wide: bool,
}

/// All endings, those that are tried with other mistakes first, and the right one before all. `others` are names and keys that the caller has too.
pub(super) fn endings(key: &str, others: &[(String, Zeroizing<String>)]) -> Vec<Ending> {
    let mut list = vec![ending(None, Detail::plain(""), key.to_owned(), Tail::RIGHT)];
    for (name, other) in others.iter().filter(|(_, other)| other.as_str() != key) {
        list.push(ending(Some(&words::KEY_CANDIDATE), Detail::plain(name.clone()), other.to_string(), Tail::RIGHT));
    }
    for (english, chinese, changed) in cases(key).into_iter().filter(|(.., changed)| changed != key) {
        list.push(ending(Some(&words::KEY_CASE), Detail::in_both(english, chinese), changed, Tail::RIGHT));
    }
    if key.trim() != key {
        let detail = Detail::in_both("the signer had removed it", "签名时去掉了");
        list.push(ending(Some(&words::KEY_WHITESPACE), detail, key.trim().to_owned(), Tail::RIGHT));
    }
    for (at, (before, after, english, chinese)) in SPACES.into_iter().enumerate() {
        let changed = format!("{before}{}{after}", key.trim());
        if changed != key {
            let detail = Detail::in_both(english, chinese);
            let ending = ending(Some(&words::KEY_WHITESPACE), detail, changed, Tail::RIGHT);
            list.push(Ending { is_wide: at < USUAL, ..ending });
        }
    }
    for (at, (shown, front, joint, end)) in TAILS.into_iter().enumerate() {
        let words = if front.is_none() && joint.is_none() { &words::KEY_MISSING } else { &words::KEY_FORMAT };
        let ending = ending(Some(words), Detail::plain(shown), key.to_owned(), Tail { front, joint, end });
        list.push(Ending { is_wide: at < USUAL, ..ending });
    }
    let (mut usual, rare): (Vec<Ending>, Vec<Ending>) = list.into_iter().partition(|ending| ending.is_wide);
    usual.extend(rare);
    usual
}

fn ending(words: Option<&'static Words>, detail: Detail, key: String, tail: Tail) -> Ending {
    Ending { words, detail, key: Zeroizing::new(key), tail, is_wide: true }
}

fn cases(key: &str) -> [(&'static str, &'static str, String); 2] {
    [("upper case", "大写", key.to_ascii_uppercase()), ("lower case", "小写", key.to_ascii_lowercase())]
}

/// How many of each list are usual.
const USUAL: usize = 6;

const SPACES: [(&str, &str, &str, &str); 13] = [
    ("", "\n", "a line feed after it", "后面有换行（LF）"),
    ("", "\r\n", "CR LF after it", "后面有换行（CR LF）"),
    ("", " ", "a blank after it", "后面有空格"),
    (" ", "", "a blank before it", "前面有空格"),
    (" ", " ", "blanks around it", "前后都有空格"),
    ("", "  ", "two blanks after it", "后面有两个空格"),
    ("  ", "", "two blanks before it", "前面有两个空格"),
    ("", "\r", "a carriage return after it", "后面有回车（CR）"),
    ("", "\t", "a tab after it", "后面有制表符"),
    ("\t", "", "a tab before it", "前面有制表符"),
    ("\n", "", "a line feed before it", "前面有换行"),
    ("\u{feff}", "", "a byte order mark before it", "前面有 BOM"),
    ("", "\u{200b}", "a zero-width blank after it", "后面有零宽空格"),
];

/// How it looks; the joint of a key before the fields; the joint of a key after them; the end.
const TAILS: [(&str, Option<&str>, Option<&str>, &str); 19] = [
    ("", None, None, ""),
    ("…&KEY", None, Some("&"), ""),
    ("…key=KEY", None, Some("key="), ""),
    ("…KEY", None, Some(""), ""),
    ("…&key=", None, None, "&key="),
    ("…&", None, None, "&"),
    ("…=KEY", None, Some("="), ""),
    ("…&Key=KEY", None, Some("&Key="), ""),
    ("…&KEY=KEY", None, Some("&KEY="), ""),
    ("…&apikey=KEY", None, Some("&apikey="), ""),
    ("…&api_key=KEY", None, Some("&api_key="), ""),
    ("…&secret=KEY", None, Some("&secret="), ""),
    ("…&sign_key=KEY", None, Some("&sign_key="), ""),
    ("…&&key=KEY", None, Some("&&key="), ""),
    ("…?key=KEY", None, Some("?key="), ""),
    ("…&key=KEY&", None, Some("&key="), "&"),
    ("KEY&…", Some("&"), None, ""),
    ("KEY…", Some(""), None, ""),
    ("KEY…KEY", Some(""), Some(""), ""),
];
