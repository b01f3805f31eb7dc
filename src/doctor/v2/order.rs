//! The orders in which programs sort the signed fields.

use std::borrow::Cow;

use super::part::Part;

/// The order of the signed fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// By the bytes of the names, as WeChat sorts.
    Ascii,
    /// As in the message.
    Message,
    /// Without case, letters compared in lower case: `_` comes before them.
    Caseless,
    /// Without case, letters compared in upper case: `_` comes after them.
    CaselessUpper,
    /// As a dictionary does: `_` before digits before letters, and case last.
    Dictionary,
    /// The same, with upper case before lower case.
    DictionaryUpper,
    /// As an old dictionary does: marks such as `_` do not count.
    Letters,
    /// By the numbers in names, so that `_10` follows `_9`.
    Natural,
    /// By `name=value` as one text.
    WholeText,
    /// By the values.
    Values,
    /// From Z to A.
    Reverse,
}

impl Order {
    /// The text by which a field is sorted.
    pub(super) fn key<'p>(self, part: &'p Part<'_>) -> Cow<'p, str> {
        match self {
            Self::Ascii | Self::Reverse => Cow::Borrowed(&part.name),
            Self::Values => Cow::Borrowed(&part.value),
            Self::Message => Cow::Owned(
                char::from_u32(u32::try_from(part.place).unwrap_or(u32::MAX)).unwrap_or(char::MAX).to_string(),
            ),
            Self::Caseless => Cow::Owned(part.name.to_ascii_lowercase()),
            Self::CaselessUpper => Cow::Owned(part.name.to_ascii_uppercase()),
            Self::Dictionary => Cow::Owned(dictionary_key(&part.name, |letter| letter.is_ascii_lowercase())),
            Self::DictionaryUpper => Cow::Owned(dictionary_key(&part.name, |letter| letter.is_ascii_uppercase())),
            Self::Letters => Cow::Owned(letters_key(&part.name)),
            Self::Natural => Cow::Owned(natural_key(&part.name)),
            Self::WholeText => Cow::Owned([&part.name, "=", &part.value].concat()),
        }
    }
}

/// The key for a comparison of dictionaries. Case counts last, and `is_first` are the letters that come first.
fn dictionary_key(name: &str, is_first: fn(&char) -> bool) -> String {
    let weight = |letter: char| match letter {
        '_' => '\u{1}',
        '-' => '\u{2}',
        '.' => '\u{3}',
        other => other.to_ascii_lowercase(),
    };
    let case = |letter: char| if is_first(&letter) { '0' } else { '1' };
    name.chars().map(weight).chain(['\0']).chain(name.chars().map(case)).collect()
}

fn letters_key(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase());
    letters.chain(['\0']).chain(name.chars()).collect()
}

/// The name with the number at its end in four digits.
fn natural_key(name: &str) -> String {
    let start = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let digits = name.strip_prefix(start).unwrap_or_default();
    if digits.is_empty() { name.to_owned() } else { format!("{start}{digits:0>4}") }
}
