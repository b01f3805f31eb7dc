//! The mistakes that change the fields, each as a change of a recipe.

mod json_forms;
mod names;
mod numbers;
mod texts;

use std::borrow::Cow;

use super::order::Order;
use super::part::Part;
use super::recipe::{Charset, GbkTable, Recipe, Whole};
use super::words;
use crate::doctor::words::{Detail, Words};
use crate::v2::sign::SignType;

/// One mistake in the fields.
pub(super) struct Mistake<'a> {
    pub(super) words: &'static Words,
    pub(super) detail: Detail,
    pub(super) change: Change<'a>,
    /// Whether it is tried together with others too.
    pub(super) is_wide: bool,
}

/// What a mistake changes. Fields are named by their place in the message.
pub(super) enum Change<'a> {
    Leave(Vec<usize>),
    Add(Vec<Part<'a>>),
    KeepEmpty,
    /// These empty values alone.
    Keep(Vec<usize>),
    Values(Vec<(usize, String)>),
    AllValues(fn(&str) -> String),
    Names(Vec<(usize, String)>),
    Order(Order),
    Whole(Whole),
    Charset(Charset),
}

impl Change<'_> {
    /// The step of making a signature in which the change happens. Two changes apply in this order.
    pub(super) const fn step(&self) -> u8 {
        match self {
            Self::Leave(_) | Self::Add(_) | Self::KeepEmpty | Self::Keep(_) => 0,
            Self::Values(_) => 1,
            Self::AllValues(_) => 2,
            Self::Names(_) => 3,
            Self::Order(_) => 4,
            Self::Whole(_) => 5,
            Self::Charset(_) => 6,
        }
    }
}

impl<'a> Recipe<'a> {
    /// The recipe with a mistake; `None` if it changes nothing.
    pub(super) fn with(&self, change: &Change<'a>) -> Option<Self> {
        let mut recipe = self.clone();
        let is_changed = match change {
            Change::Leave(places) => {
                recipe.parts.retain(|part| !places.contains(&part.place) || part.value.is_empty());
                recipe.parts.len() < self.parts.len()
            }
            Change::Add(parts) => {
                let is_new =
                    |part: &Part<'_>| self.parts.iter().all(|own| own.name != part.name || own.value.is_empty());
                recipe.parts.extend(parts.iter().cloned());
                parts.iter().all(is_new)
            }
            Change::KeepEmpty => {
                recipe.keeps_empty = true;
                recipe.parts.iter().any(|part| part.value.is_empty())
            }
            Change::Keep(places) => {
                let chosen =
                    recipe.parts.iter_mut().filter(|part| part.value.is_empty() && places.contains(&part.place));
                chosen.fold(false, |_, part| {
                    part.is_kept = true;
                    true
                })
            }
            Change::Values(values) => set(&mut recipe.parts, values, |part| &mut part.value),
            Change::Names(names) => set(&mut recipe.parts, names, |part| &mut part.name),
            Change::AllValues(changed) => {
                let mut is_changed = false;
                // Most values are plain, and no form changes them.
                for part in recipe.parts.iter_mut().filter(|part| !is_plain(&part.value)) {
                    let value = changed(&part.value);
                    if value != part.value {
                        part.value = Cow::Owned(value);
                        is_changed = true;
                    }
                }
                is_changed
            }
            Change::Order(order) => {
                recipe.order = *order;
                self.order != *order
            }
            Change::Whole(whole) => {
                recipe.whole = Some(*whole);
                true
            }
            Change::Charset(charset) => {
                recipe.charset = *charset;
                matches!(charset, Charset::Utf16 { .. }) || self.parts.iter().any(|part| !part.value.is_ascii())
            }
        };
        is_changed.then_some(recipe)
    }
}

/// Whether a value has no character that is trimmed, escaped or encoded.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn set<'a>(
    parts: &mut [Part<'a>],
    texts: &[(usize, String)],
    member: for<'p> fn(&'p mut Part<'a>) -> &'p mut Cow<'a, str>,
) -> bool {
    let mut is_changed = false;
    for part in parts {
        if let Some((_, text)) = texts.iter().find(|(place, _)| *place == part.place) {
            let own = member(part);
            is_changed |= *own != text.as_str();
            *own = Cow::Owned(text.clone());
        }
    }
    is_changed
}

/// What the search knows of the message beside its fields.
pub(super) struct Facts<'a> {
    /// Whether it is the argument of `wx.requestPayment`, or of another call-up.
    pub(super) is_payment: bool,
    /// Whether it is a call-up with its own `signType`.
    pub(super) names_type: bool,
    pub(super) due: SignType,
    /// Other signatures in the message than the one to explain: name and value.
    pub(super) older: &'a [(String, String)],
    pub(super) right: &'a str,
    pub(super) key: &'a str,
    pub(super) gbk: &'a GbkTable,
}

/// All mistakes that can change this message, the usual ones first.
pub(super) fn mistakes<'a>(recipe: &Recipe<'a>, facts: &Facts<'a>) -> Vec<Mistake<'a>> {
    let mut list = Vec::new();
    signatures(recipe, facts, &mut list);
    empties(recipe, &mut list);
    for (english, chinese, order) in ORDERS {
        let words = if order == Order::Message { &words::UNSORTED } else { &words::SORT_LOCALE };
        wide(&mut list, words, Detail::in_both(english, chinese), Change::Order(order));
    }
    texts::add(recipe, &mut list);
    names::add(recipe, facts, &mut list);
    numbers::add(recipe, &mut list);
    json_forms::add(recipe, &mut list);
    charsets(recipe, facts, &mut list);
    list.retain(|mistake| mistake.is_wide || recipe.parts.len() <= FEW);
    list
}

/// Mistakes that are tried last, alone.
pub(super) fn rare_mistakes<'a>(recipe: &Recipe<'a>) -> Vec<Mistake<'a>> {
    let mut list = Vec::new();
    if recipe.parts.len() <= FEW_FOR_RARE {
        names::add_rare(recipe, &mut list);
    }
    list
}

/// The most fields with which rare mistakes are tried.
const FEW_FOR_RARE: usize = 20;

/// The most fields for which each one is tried alone in all its forms.
const FEW: usize = 64;

const ORDERS: [(&str, &str, Order); 10] = [
    ("", "", Order::Message),
    ("without case", "不区分大小写", Order::Caseless),
    ("without case, _ after the letters", "不区分大小写，下划线在字母之后", Order::CaselessUpper),
    ("as a dictionary does", "按字典（locale）顺序", Order::Dictionary),
    ("as a dictionary does, upper case first", "按字典（locale）顺序，大写在前", Order::DictionaryUpper),
    ("as a dictionary does, without the marks", "按字典（locale）顺序，忽略符号", Order::Letters),
    ("by the numbers in their names", "按名字里的数字（natural sort）", Order::Natural),
    ("as texts of name=value", "按 name=value 的整段文字", Order::WholeText),
    ("by their values", "按值", Order::Values),
    ("from Z to A", "从大到小", Order::Reverse),
];

fn wide<'a>(list: &mut Vec<Mistake<'a>>, words: &'static Words, detail: Detail, change: Change<'a>) {
    list.push(Mistake { words, detail, change, is_wide: true });
}

fn narrow<'a>(list: &mut Vec<Mistake<'a>>, words: &'static Words, detail: Detail, change: Change<'a>) {
    list.push(Mistake { words, detail, change, is_wide: false });
}

fn empties<'a>(recipe: &Recipe<'a>, list: &mut Vec<Mistake<'a>>) {
    let empty: Vec<&Part<'_>> = recipe.parts.iter().filter(|part| part.value.is_empty()).collect();
    let names = |parts: &[&Part<'_>]| {
        let names: Vec<&str> = parts.iter().map(|part| &*part.name).collect();
        Detail::plain(names.join(", "))
    };
    wide(list, &words::EMPTY_SIGNED, names(&empty), Change::KeepEmpty);
    for chosen in subsets(&empty) {
        let places = chosen.iter().map(|part| part.place).collect();
        narrow(list, &words::EMPTY_SIGNED, names(&chosen), Change::Keep(places));
    }
}

/// The most items of which every choice is tried.
const CHOSEN: usize = 6;

/// All choices of at least one of the first items, small ones first.
fn subsets<Item: Clone>(items: &[Item]) -> Vec<Vec<Item>> {
    let mut sets: Vec<Vec<Item>> = vec![Vec::new()];
    for item in items.iter().take(CHOSEN) {
        let longer = sets.iter().map(|set| set.iter().cloned().chain([item.clone()]).collect());
        sets.extend(longer.collect::<Vec<Vec<Item>>>());
    }
    (1..=CHOSEN).flat_map(|length| sets.iter().filter(move |set| set.len() == length).cloned()).collect()
}

/// The sign type and older signatures as signed fields.
fn signatures<'a>(recipe: &Recipe<'a>, facts: &Facts<'a>, list: &mut Vec<Mistake<'a>>) {
    for (name, value) in facts.older {
        wide(list, &words::SIGN_SIGNED, Detail::plain(name.clone()), Change::Add(vec![added(name, value)]));
    }
    // Whoever signs twice signs the right signature too.
    let own = if facts.is_payment { "paySign" } else { "sign" };
    for name in [own, "sign"] {
        wide(list, &words::SIGN_SIGNED, Detail::plain(name), Change::Add(vec![added(name, facts.right)]));
    }
    let key = Part { name: Cow::Borrowed("key"), value: Cow::Borrowed(facts.key), place: usize::MAX, is_kept: true };
    wide(list, &words::KEY_FORMAT, Detail::plain("…&key=KEY&…"), Change::Add(vec![key]));
    let other = match facts.due {
        SignType::Md5 => SignType::HmacSha256,
        SignType::HmacSha256 => SignType::Md5,
    };
    for part in recipe.parts.iter().filter(|part| matches!(&*part.name, "signType" | "sign_type")) {
        let words = sign_type_words(facts);
        let change = Change::Values(vec![(part.place, other.as_str().to_owned())]);
        wide(list, words, Detail::plain(other.as_str()), change);
    }
}

/// The words for the other algorithm.
pub(super) fn sign_type_words(facts: &Facts<'_>) -> &'static Words {
    if facts.names_type { &words::SECOND_SIGN_TYPE } else { &words::SIGN_TYPE }
}

/// A field that the message lacks.
fn added<'a>(name: &str, value: &str) -> Part<'a> {
    Part { name: Cow::Owned(name.to_owned()), value: Cow::Owned(value.to_owned()), place: usize::MAX, is_kept: true }
}

/// How many of the next list are tried with other mistakes.
const USUAL_CHARSETS: usize = 2;

const CHARSETS: [(&str, Charset); 8] = [
    ("ISO-8859-1", Charset::Latin1),
    ("latin1 (the low bytes)", Charset::LowByte),
    ("US-ASCII", Charset::QuestionUnits),
    ("US-ASCII (? for each byte)", Charset::QuestionBytes),
    ("UTF-16LE", Charset::Utf16 { is_big: false, has_mark: false }),
    ("UTF-16BE", Charset::Utf16 { is_big: true, has_mark: false }),
    ("UTF-16 (FF FE)", Charset::Utf16 { is_big: false, has_mark: true }),
    ("UTF-16 (FE FF)", Charset::Utf16 { is_big: true, has_mark: true }),
];

fn charsets<'a>(recipe: &Recipe<'a>, facts: &Facts<'_>, list: &mut Vec<Mistake<'a>>) {
    if !facts.gbk.is_empty() {
        wide(list, &words::CHARSET, Detail::plain("GBK"), Change::Charset(Charset::Gbk));
        narrow(list, &words::CHARSET, Detail::plain("GB 18030"), Change::Charset(Charset::Gb18030));
    }
    for (at, (detail, charset)) in CHARSETS.into_iter().enumerate() {
        let add = if at < USUAL_CHARSETS { wide } else { narrow };
        add(list, &words::CHARSET, Detail::plain(detail), Change::Charset(charset));
    }
    // UTF-8 bytes that were read as ISO-8859-1, and written as UTF-8 again.
    let twice = |value: &str| value.bytes().map(char::from).collect();
    if recipe.parts.iter().any(|part| !part.value.is_ascii()) {
        let detail = Detail::in_both("UTF-8 that was read as ISO-8859-1", "被当作 ISO-8859-1 读取的 UTF-8");
        wide(list, &words::CHARSET, detail, Change::AllValues(twice));
    }
}
