//! How a signature is made: the fields, their order, the key and the algorithm. A mistake changes one of them.

use std::borrow::Cow;

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;

use crate::buffer::Buffer;
use crate::doctor::sort::sort;
use crate::v2::sign::SignType;

/// A field that may be signed.
#[derive(Clone)]
pub(super) struct Part<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
    /// Its place in the message.
    pub(super) place: usize,
    /// Whether it is signed though its value is empty.
    pub(super) is_kept: bool,
}

/// The order of the signed fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// By the bytes of the names, as WeChat sorts.
    Ascii,
    /// As in the message.
    Message,
    /// Without case.
    Caseless,
    /// As a dictionary does: `_` before digits before letters, and case last.
    Dictionary,
    /// By `name=value` as one text.
    WholeText,
    /// From Z to A.
    Reverse,
}

/// The bytes of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    Utf8,
    /// Other characters are question marks.
    Latin1,
    /// The lower byte of each UTF-16 unit, as `latin1` of Node.
    LowByte,
    /// By the table of the host; other characters are question marks.
    Gbk,
}

/// What the host knows of GBK: the bytes of each character beyond ASCII.
pub(super) type GbkTable = [(char, [u8; 2])];

/// How the key follows the fields: before it, after it, and whether the key itself is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Tail {
    /// Before the fields.
    pub(super) front: Option<&'static str>,
    /// Between fields and key; `None` for no key at the end.
    pub(super) joint: Option<&'static str>,
    /// After the key.
    pub(super) end: &'static str,
}

impl Tail {
    /// `&key=` and the key.
    pub(super) const RIGHT: Self = Self { front: None, joint: Some("&key="), end: "" };
}

/// How a signature is made.
#[derive(Clone)]
pub(super) struct Recipe<'a> {
    pub(super) parts: Vec<Part<'a>>,
    pub(super) keeps_empty: bool,
    pub(super) order: Order,
    pub(super) charset: Charset,
    pub(super) gbk: &'a GbkTable,
}

impl Recipe<'_> {
    /// Writes the text of the fields, without a key.
    pub(super) fn write(&self, text: &mut Buffer) {
        let signed = self.parts.iter().filter(|part| self.keeps_empty || part.is_kept || !part.value.is_empty());
        let mut parts: Vec<(Cow<'_, str>, &Part<'_>)> = signed.map(|part| (self.order.key(part), part)).collect();
        sort(&mut parts, |(key, _)| key);
        if self.order == Order::Reverse {
            parts.reverse();
        }
        text.clear();
        for (at, (_, part)) in parts.into_iter().enumerate() {
            if at > 0 {
                text.put(b"&");
            }
            self.put(&part.name, text);
            text.put(b"=");
            self.put(&part.value, text);
        }
    }

    fn put(&self, value: &str, text: &mut Buffer) {
        if self.charset == Charset::Utf8 || value.is_ascii() {
            return text.put(value.as_bytes());
        }
        if self.charset == Charset::LowByte {
            return value.encode_utf16().for_each(|unit| text.put(&[unit.to_be_bytes()[1]]));
        }
        for letter in value.chars() {
            match (u8::try_from(letter), self.charset) {
                (Ok(byte), Charset::Latin1) => text.put(&[byte]),
                (Ok(byte), _) if byte.is_ascii() => text.put(&[byte]),
                (_, Charset::Gbk) => {
                    let known = self.gbk.iter().find(|(own, _)| *own == letter);
                    text.put(known.map_or(&b"?"[..], |(_, bytes)| bytes));
                }
                _ => text.put(b"?"),
            }
        }
    }
}

impl Order {
    /// The text by which a field is sorted.
    fn key<'p>(self, part: &'p Part<'_>) -> Cow<'p, str> {
        match self {
            Self::Ascii | Self::Reverse => Cow::Borrowed(&part.name),
            Self::Message => Cow::Owned(
                char::from_u32(u32::try_from(part.place).unwrap_or(u32::MAX)).unwrap_or(char::MAX).to_string(),
            ),
            Self::Caseless => Cow::Owned(part.name.to_ascii_lowercase()),
            Self::Dictionary => Cow::Owned(dictionary_key(&part.name)),
            Self::WholeText => Cow::Owned([&part.name, "=", &part.value].concat()),
        }
    }
}

/// The key for a comparison of dictionaries. Case counts last, and lower case comes first.
fn dictionary_key(name: &str) -> String {
    let weight = |letter: char| match letter {
        '_' => '\u{1}',
        '-' => '\u{2}',
        '.' => '\u{3}',
        other => other.to_ascii_lowercase(),
    };
    let case = |letter: char| if letter.is_ascii_lowercase() { '0' } else { '1' };
    name.chars().map(weight).chain(['\0']).chain(name.chars().map(case)).collect()
}

/// The digest of a text with its key.
pub(super) fn digest(text: &[u8], key: &str, tail: Tail, sign_type: SignType) -> ([u8; 32], usize) {
    let key = key.as_bytes();
    let feed = |put: &mut dyn FnMut(&[u8])| {
        if let Some(joint) = tail.front {
            put(key);
            put(joint.as_bytes());
        }
        put(text);
        if let Some(joint) = tail.joint {
            put(joint.as_bytes());
            put(key);
        }
        put(tail.end.as_bytes());
    };
    let mut digest = [0; 32];
    let length = match sign_type {
        SignType::Md5 => {
            let mut hasher = Md5::new();
            feed(&mut |bytes| hasher.update(bytes));
            keep(&hasher.finalize(), &mut digest)
        }
        SignType::HmacSha256 => {
            // HMAC takes a key of any length.
            let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return (digest, 0) };
            feed(&mut |bytes| mac.update(bytes));
            keep(&mac.finalize().into_bytes(), &mut digest)
        }
    };
    (digest, length)
}

fn keep(made: &[u8], digest: &mut [u8; 32]) -> usize {
    for (place, byte) in digest.iter_mut().zip(made) {
        *place = *byte;
    }
    made.len()
}
