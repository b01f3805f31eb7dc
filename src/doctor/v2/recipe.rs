//! How a signature is made: the fields, their order, the key and the algorithm. A mistake changes one of them.

use std::borrow::Cow;

use super::order::Order;
use super::part::Part;
use crate::buffer::Buffer;
use crate::doctor::sort::sort;

/// The bytes of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    Utf8,
    /// Other characters are question marks.
    Latin1,
    /// A question mark for each UTF-16 unit beyond ASCII, as Java writes one for each.
    QuestionUnits,
    /// A question mark for each UTF-8 byte beyond ASCII.
    QuestionBytes,
    /// The lower byte of each UTF-16 unit, as `latin1` of Node.
    LowByte,
    /// By the table of the host; other characters are question marks.
    Gbk,
    /// The same, and four bytes for characters beyond U+FFFF.
    Gb18030,
    /// Two bytes for each unit, also in the key. The higher one is first or last, and a mark may be in front.
    Utf16 {
        is_big: bool,
        has_mark: bool,
    },
}

/// What the host knows of GBK: the bytes of each character beyond ASCII.
pub(super) type GbkTable = [(char, [u8; 2])];

/// How the key is appended: around a key in front, before one at the end, and after it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Tail {
    /// Around a key before the fields.
    pub(super) front: Option<[&'static str; 2]>,
    /// Between fields and key; `None` for no key at the end.
    pub(super) joint: Option<&'static str>,
    /// After the key.
    pub(super) end: &'static str,
}

impl Tail {
    /// `&key=` and the key.
    pub(super) const RIGHT: Self = Self { front: None, joint: Some("&key="), end: "" };
}

/// A change of the whole text of the fields, such as percent-encoding.
#[derive(Clone, Copy)]
pub(super) struct Whole {
    pub(super) change: fn(&str) -> String,
    /// What `&key=` becomes.
    pub(super) joint: &'static str,
}

/// How a signature is made.
#[derive(Clone)]
pub(super) struct Recipe<'a> {
    pub(super) parts: Vec<Part<'a>>,
    pub(super) keeps_empty: bool,
    pub(super) order: Order,
    pub(super) whole: Option<Whole>,
    pub(super) charset: Charset,
    pub(super) gbk: &'a GbkTable,
}

impl Recipe<'_> {
    /// Writes the text of the fields, without a key.
    pub(super) fn write(&self, text: &mut Buffer) {
        text.clear();
        if matches!(self.charset, Charset::Utf16 { has_mark: true, .. }) {
            self.put("\u{feff}", text);
        }
        // Most recipes are in their order already.
        if self.whole.is_none()
            && self.order == Order::Ascii
            && self.parts.is_sorted_by(|one, two| one.name <= two.name)
        {
            let mut joint = "";
            for part in self.signed() {
                self.put(joint, text);
                self.put_part(part, text);
                joint = "&";
            }
            return;
        }
        let mut parts: Vec<(Cow<'_, str>, &Part<'_>)> =
            self.signed().map(|part| (self.order.key(part), part)).collect();
        sort(&mut parts, |(key, _)| key);
        if self.order == Order::Reverse {
            parts.reverse();
        }
        if let Some(whole) = self.whole {
            let joined: Vec<String> = parts.iter().map(|(_, part)| [&part.name, "=", &part.value].concat()).collect();
            return self.put(&(whole.change)(&joined.join("&")), text);
        }
        for (at, (_, part)) in parts.into_iter().enumerate() {
            self.put(if at > 0 { "&" } else { "" }, text);
            self.put_part(part, text);
        }
    }

    fn signed(&self) -> impl Iterator<Item = &Part<'_>> {
        self.parts.iter().filter(|part| self.keeps_empty || part.is_kept || !part.value.is_empty())
    }

    fn put_part(&self, part: &Part<'_>, text: &mut Buffer) {
        self.put(&part.name, text);
        self.put("=", text);
        self.put(&part.value, text);
    }

    fn put(&self, value: &str, text: &mut Buffer) {
        if self.charset == Charset::Utf8 {
            return text.put(value.as_bytes());
        }
        self.charset.put(value, self.gbk, &mut |bytes| text.put(bytes));
    }
}

impl Charset {
    /// Writes a text.
    pub(super) fn put(self, value: &str, gbk: &GbkTable, put: &mut dyn FnMut(&[u8])) {
        match self {
            Self::Utf16 { is_big, .. } => {
                let bytes = |unit: u16| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() };
                value.encode_utf16().for_each(|unit| put(&bytes(unit)));
            }
            _ if self == Self::Utf8 || value.is_ascii() => put(value.as_bytes()),
            Self::LowByte => value.encode_utf16().for_each(|unit| put(&[unit.to_be_bytes()[1]])),
            _ => value.chars().for_each(|letter| self.put_letter(letter, gbk, put)),
        }
    }

    fn put_letter(self, letter: char, gbk: &GbkTable, put: &mut dyn FnMut(&[u8])) {
        match (u8::try_from(letter), self) {
            (Ok(byte), Self::Latin1) => put(&[byte]),
            (Ok(byte), _) if byte.is_ascii() => put(&[byte]),
            (_, Self::Gb18030) if letter > '\u{ffff}' => put(&four_bytes(letter)),
            (_, Self::Gbk | Self::Gb18030) => {
                let known = gbk.iter().find(|(own, _)| *own == letter);
                put(known.map_or(&b"?"[..], |(_, bytes)| bytes));
            }
            (_, Self::QuestionUnits) => (0..letter.len_utf16()).for_each(|_| put(b"?")),
            (_, Self::QuestionBytes) => (0..letter.len_utf8()).for_each(|_| put(b"?")),
            _ => put(b"?"),
        }
    }
}

/// A character beyond U+FFFF in GB 18030: `90..E3 30..39 81..FE 30..39`, counted through.
fn four_bytes(letter: char) -> [u8; 4] {
    let digit = |number: u32, first: u8| first.wrapping_add(u8::try_from(number).unwrap_or_default());
    let number = u32::from(letter).saturating_sub(0x1_0000);
    [
        digit(number / 12600, 0x90),
        digit(number / 1260 % 10, 0x30),
        digit(number / 10 % 126, 0x81),
        digit(number % 10, 0x30),
    ]
}
