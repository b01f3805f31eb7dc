//! The mistakes with the key: which one it is, and how it follows the fields.

use zeroize::Zeroizing;

use super::recipe::Tail;
use super::words;
use crate::doctor::words::{Detail, Told, Words};

/// A key and the way it is appended.
pub(super) struct Ending {
    /// The mistakes of it; none for the right ending.
    pub(super) told: Vec<Told>,
    /// The key in the text.
    pub(super) key: Zeroizing<String>,
    /// The key of HMAC where it is another one. MD5 is not tried then.
    pub(super) mac: Option<Zeroizing<String>>,
    pub(super) tail: Tail,
    /// Whether it is tried together with other mistakes too.
    pub(super) is_wide: bool,
}

impl Ending {
    /// The key as WeChat appends it.
    pub(super) fn right(key: &str) -> Self {
        let (key, tail) = (Zeroizing::new(key.to_owned()), Tail::RIGHT);
        Self { told: Vec::new(), key, mac: None, tail, is_wide: true }
    }
}

/// All endings with one mistake, those that are tried with other mistakes first, and the right one before all.
/// `others` are names and keys that the caller has too.
pub(super) fn endings(key: &str, others: &[(String, Zeroizing<String>)]) -> Vec<Ending> {
    let mut list = vec![Ending::right(key)];
    let variants = variants(key, others);
    list.extend(variants.iter().filter(|variant| variant.is_wide).map(Variant::appended));
    list.extend(tails(key, true));
    list.extend(tails(key, false));
    list.extend(variants.iter().filter(|variant| !variant.is_wide).map(Variant::appended));
    for variant in variants.iter().filter(|variant| variant.is_wide) {
        // HMAC has the key in two places, and a program may change it in one of them.
        let own = || Zeroizing::new(key.to_owned());
        list.push(Ending { mac: Some(own()), is_wide: false, ..variant.appended() });
        list.push(Ending { mac: Some(variant.key.clone()), key: own(), is_wide: false, ..variant.appended() });
    }
    list
}

/// The endings with two mistakes: another key in another form, and a changed key that is appended in another way.
pub(super) fn double_endings(key: &str, others: &[(String, Zeroizing<String>)]) -> Vec<Ending> {
    let mut list = Vec::new();
    for (name, other) in others.iter().filter(|(_, other)| other.as_str() != key) {
        for mut variant in variants(other, &[]) {
            variant.told.insert(0, (&words::KEY_CANDIDATE, Detail::plain(name.clone())));
            list.push(variant.appended());
        }
    }
    for variant in variants(key, others).iter().filter(|variant| variant.is_wide) {
        for tail in tails(&variant.key, true).chain(tails(&variant.key, false)) {
            let told = variant.told.iter().chain(&tail.told).cloned().collect();
            list.push(Ending { told, ..tail });
        }
    }
    list
}

/// A key that the signer may have had in place of the caller's.
struct Variant {
    told: Vec<Told>,
    key: Zeroizing<String>,
    is_wide: bool,
}

impl Variant {
    fn appended(&self) -> Ending {
        Ending { told: self.told.clone(), is_wide: self.is_wide, ..Ending::right(&self.key) }
    }
}

fn variants(key: &str, others: &[(String, Zeroizing<String>)]) -> Vec<Variant> {
    let mut list = Vec::new();
    let mut push = |words: &'static Words, detail: Detail, changed: String, is_wide: bool| {
        if changed != key {
            list.push(Variant { told: vec![(words, detail)], key: Zeroizing::new(changed), is_wide });
        }
    };
    for (name, other) in others {
        push(&words::KEY_CANDIDATE, Detail::plain(name.clone()), other.to_string(), true);
    }
    let [upper, lower] = [key.to_ascii_uppercase(), key.to_ascii_lowercase()];
    push(&words::KEY_CASE, Detail::in_both("upper case", "大写"), upper, true);
    push(&words::KEY_CASE, Detail::in_both("lower case", "小写"), lower, true);
    let bare = Detail::in_both("yours has some, and the signer's had none", "你的密钥有，签名时的没有");
    push(&words::KEY_WHITESPACE, bare, key.trim().to_owned(), true);
    for (at, (before, after)) in spaces().enumerate() {
        let detail = Detail::plain(format!("\"{}KEY{}\"", before.escape_default(), after.escape_default()));
        push(&words::KEY_WHITESPACE, detail, [before, key.trim(), after].concat(), at < USUAL_SPACES.len());
    }
    list
}

/// White space before and after the key.
const USUAL_SPACES: [(&str, &str); 6] = [("", "\n"), ("", "\r\n"), ("", " "), (" ", ""), (" ", " "), ("", "  ")];

/// The ends that may come together.
const AROUND: [&str; 5] = [" ", "  ", "\t", "\n", "\r\n"];

const ALONE: [&str; 10] = ["\r", "\n\n", "\r\n\r\n", "   ", "    ", "\u{a0}", "\u{3000}", "\u{feff}", "\u{200b}", "\0"];

/// White space around the key, the usual first.
fn spaces() -> impl Iterator<Item = (&'static str, &'static str)> {
    let around = AROUND.into_iter().flat_map(|before| AROUND.map(|after| (before, after)));
    let alone = AROUND.into_iter().chain(ALONE).flat_map(|space| [("", space), (space, "")]);
    USUAL_SPACES.into_iter().chain(around.chain(alone).filter(|pair| !USUAL_SPACES.contains(pair)))
}

fn tails(key: &str, is_wide: bool) -> impl Iterator<Item = Ending> {
    let (usual, rare) = TAILS.split_at_checked(USUAL_TAILS).unwrap_or_default();
    (if is_wide { usual } else { rare }).iter().map(move |(shown, front, joint, end)| {
        let words = if front.is_none() && joint.is_none() { &words::KEY_MISSING } else { &words::KEY_FORMAT };
        let tail = Tail { front: *front, joint: *joint, end };
        let told = vec![(words, Detail::plain(*shown))];
        Ending { told, key: Zeroizing::new(key.to_owned()), mac: None, tail, is_wide }
    })
}

/// How many of the next list are tried with other mistakes.
const USUAL_TAILS: usize = 6;

/// How it looks; around a key in front; the joint of a key at the end; what follows it.
type Shape = (&'static str, Option<[&'static str; 2]>, Option<&'static str>, &'static str);

static TAILS: [Shape; 34] = [
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
    ("…&apiKey=KEY", None, Some("&apiKey="), ""),
    ("…&api_key=KEY", None, Some("&api_key="), ""),
    ("…&appkey=KEY", None, Some("&appkey="), ""),
    ("…&mch_key=KEY", None, Some("&mch_key="), ""),
    ("…&mchKey=KEY", None, Some("&mchKey="), ""),
    ("…&partnerKey=KEY", None, Some("&partnerKey="), ""),
    ("…&paternerKey=KEY", None, Some("&paternerKey="), ""),
    ("…&pay_key=KEY", None, Some("&pay_key="), ""),
    ("…&secret=KEY", None, Some("&secret="), ""),
    ("…&sign_key=KEY", None, Some("&sign_key="), ""),
    ("…&&key=KEY", None, Some("&&key="), ""),
    ("…?key=KEY", None, Some("?key="), ""),
    ("…,key=KEY", None, Some(",key="), ""),
    ("…& key=KEY", None, Some("& key="), ""),
    ("…&key = KEY", None, Some("&key = "), ""),
    ("…&key:KEY", None, Some("&key:"), ""),
    ("…&key==KEY", None, Some("&key=="), ""),
    ("…&amp;key=KEY", None, Some("&amp;key="), ""),
    ("…&key=KEY&", None, Some("&key="), "&"),
    ("key=KEY&…", Some(["key=", "&"]), None, ""),
    ("key=KEY…", Some(["key=", ""]), None, ""),
    ("KEY&…", Some(["", "&"]), None, ""),
    ("KEY…", Some(["", ""]), None, ""),
    ("KEY…KEY", Some(["", ""]), Some(""), ""),
];
