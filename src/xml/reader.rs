//! The flat reader: a cursor over bytes that knows elements, CDATA, comments and references, and nothing else of XML.

use std::borrow::Cow;

use super::Limits;
use super::text::{decode_text, find_cdata_end, is_declaration, line_ends};
use crate::bytes::{find, is_same};
use crate::error::Error;
use crate::params::{Duplicate, Params, is_name_byte};

/// Reads one flat element of the name `root`.
pub(super) fn read<'a>(body: &'a [u8], root: &str, limits: &Limits) -> Result<Params<'a>, Error> {
    if body.len() > limits.bytes {
        return Err(Error::xml(limits.bytes, format_args!("the body is larger than {} bytes", limits.bytes)));
    }
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) => return Err(Error::xml(error.valid_up_to(), "the body is not UTF-8")),
    };
    if let Some(at) = find_forbidden(body) {
        return Err(Error::xml(at, "a character that XML forbids"));
    }
    let mut fields = Vec::with_capacity(32);
    walk(text, root, limits, |_, name, value| fields.push((Cow::Borrowed(name), value)))?;
    Params::collect(fields).map_err(|Duplicate(name)| {
        // Looked for only now, so that a good message does not pay for it.
        let mut last = 0;
        let again = walk(text, root, limits, |at, other, _| last = if *other == name { at } else { last });
        again.err().unwrap_or_else(|| Error::xml(last, format_args!("a field stands twice: {name}")))
    })
}

/// Reads the message and tells of each field: its place, its name and its value.
fn walk<'a>(
    text: &'a str,
    root: &str,
    limits: &Limits,
    field: impl FnMut(usize, &'a str, Cow<'a, str>),
) -> Result<(), Error> {
    let mut reader = Reader { text, at: 0 };
    reader.skip("\u{feff}");
    reader.declaration()?;
    reader.space_and_comments()?;
    reader.open_root(root)?;
    reader.fields(root, limits, field)?;
    reader.space();
    if reader.rest().is_empty() { Ok(()) } else { Err(reader.error("something follows the end of the message")) }
}

/// The place of the first character that XML 1.0 (section 2.2) forbids, in text that is UTF-8 already.
pub(super) fn find_forbidden(text: &[u8]) -> Option<usize> {
    // Both kinds begin with a byte that is rare in a message: a control byte, or 0xEF of U+FFFE and U+FFFF. So sixteen bytes
    // are looked at together first.
    let (blocks, end) = text.as_chunks::<16>();
    let mut start = 0_usize;
    for block in blocks {
        let suspicious = block.iter().fold(false, |found, byte| found | (*byte < 0x20) | (*byte == 0xef));
        if suspicious && let Some(offset) = forbidden_within(block, text.get(start..).unwrap_or_default()) {
            return Some(start.saturating_add(offset));
        }
        start = start.saturating_add(block.len());
    }
    forbidden_within(end, end).map(|offset| start.saturating_add(offset))
}

/// The first forbidden character that begins in `block`, where `text` goes on behind it.
fn forbidden_within(block: &[u8], text: &[u8]) -> Option<usize> {
    block.iter().enumerate().find_map(|(offset, byte)| {
        let forbidden = match byte {
            b'\t' | b'\n' | b'\r' => false,
            0xef => matches!(text.get(offset..), Some([_, 0xbf, 0xbe | 0xbf, ..])),
            other => *other < 0x20,
        };
        forbidden.then_some(offset)
    })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`, which may be absent, but not another encoding.
    fn declaration(&mut self) -> Result<(), Error> {
        let start = self.at;
        if !self.skip("<?xml") {
            return Ok(());
        }
        let Some(inside) = self.until(b'?', "?>") else {
            return Err(Error::xml(start, "the XML declaration does not end"));
        };
        if is_declaration(inside) {
            Ok(())
        } else {
            Err(Error::xml(start, "the XML declaration must be version 1.0 and, where it names an encoding, UTF-8"))
        }
    }

    fn open_root(&mut self, root: &str) -> Result<(), Error> {
        let start = self.at;
        if !self.skip("<") || !self.skip(root) {
            return Err(Error::xml(start, format_args!("the message does not begin with <{root}>")));
        }
        self.space();
        if self.skip(">") {
            return Ok(());
        }
        if self.rest().starts_with(b"/>") {
            return Err(Error::xml(start, "the message is empty"));
        }
        Err(self.error(format_args!("<{root}> is written with an attribute or is another element")))
    }

    /// The children, up to and with the end of the root.
    fn fields(
        &mut self,
        root: &str,
        limits: &Limits,
        mut field: impl FnMut(usize, &'a str, Cow<'a, str>),
    ) -> Result<(), Error> {
        let mut count = 0_usize;
        loop {
            self.space_and_comments()?;
            if self.rest().starts_with(b"</") {
                return self.close(root);
            }
            count = count.saturating_add(1);
            if count > limits.fields {
                return Err(self.error(format_args!("more than {} fields", limits.fields)));
            }
            let start = self.at;
            if !self.skip("<") {
                return Err(self.error("text stands between the fields, or the message is cut off"));
            }
            let Some(name) = self.name(limits) else {
                return Err(Error::xml(
                    start,
                    "markup that is no field: a declaration, an instruction, or a name that no field has",
                ));
            };
            self.space();
            let value = if self.skip(">") {
                self.value(name)?
            } else if self.skip("/>") {
                Cow::Borrowed("")
            } else {
                return Err(self.error("an attribute, or a tag that does not end"));
            };
            if value.len() > limits.value {
                return Err(Error::xml(start, format_args!("{name} is larger than {} bytes", limits.value)));
            }
            field(start, name, value);
        }
    }

    fn name(&mut self, limits: &Limits) -> Option<&'a str> {
        let length = self.rest().iter().position(|byte| !is_name_byte(*byte))?;
        let name = self.take(length)?;
        let begins = name.bytes().next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_');
        (begins && length <= limits.name).then_some(name)
    }

    /// Text and CDATA, joined, up to and with the end of the element.
    fn value(&mut self, name: &str) -> Result<Cow<'a, str>, Error> {
        let mut value = Cow::Borrowed("");
        loop {
            let start = self.at;
            let text = match find(self.rest(), b'<', Some) {
                Some(length) => self.take(length).unwrap_or_default(),
                None => return Err(Error::xml(start, format_args!("{name} does not end; the message is cut off"))),
            };
            if !text.is_empty() {
                append(&mut value, decode_text(text, start)?);
            }
            if self.rest().starts_with(b"</") {
                self.close(name)?;
                return Ok(value);
            }
            let start = self.at;
            if !self.skip("<![CDATA[") {
                return Err(self.error(format_args!(
                    "{name} holds something else than text: nesting, a comment or a declaration"
                )));
            }
            let Some(text) = find_cdata_end(self.rest()).and_then(|length| self.take(length)) else {
                return Err(Error::xml(start, "CDATA that does not end"));
            };
            self.skip("]]>");
            append(&mut value, line_ends(text));
        }
    }

    fn close(&mut self, name: &str) -> Result<(), Error> {
        let start = self.at;
        let named = self.skip("</") && self.skip(name);
        self.space();
        if named && self.skip(">") { Ok(()) } else { Err(Error::xml(start, format_args!("</{name}> was expected"))) }
    }

    fn space_and_comments(&mut self) -> Result<(), Error> {
        loop {
            self.space();
            let start = self.at;
            if !self.skip("<!--") {
                return Ok(());
            }
            // XML 1.0 section 2.5: two hyphens end a comment and stand nowhere else in it.
            if self.until(b'-', "--").is_none() || !self.skip(">") {
                return Err(Error::xml(start, "a comment that does not end"));
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline]
    fn space(&mut self) {
        let spaces = self.rest().iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.at = self.at.saturating_add(spaces);
    }

    #[inline]
    fn skip(&mut self, token: &str) -> bool {
        let found = self.rest().get(..token.len()).is_some_and(|begin| is_same(begin, token.as_bytes()));
        if found {
            self.at = self.at.saturating_add(token.len());
        }
        found
    }

    /// So many bytes, which end between two characters.
    fn take(&mut self, length: usize) -> Option<&'a str> {
        let end = self.at.saturating_add(length);
        let taken = self.text.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    /// The text before a mark, which is skipped; `first` is the mark's first byte.
    fn until(&mut self, first: u8, mark: &str) -> Option<&'a str> {
        let rest = self.rest();
        let length = find(rest, first, |at| rest.get(at..)?.starts_with(mark.as_bytes()).then_some(at))?;
        let before = self.take(length)?;
        self.skip(mark);
        Some(before)
    }

    fn error(&self, what: impl std::fmt::Display) -> Error {
        Error::xml(self.at, what)
    }
}

fn append<'a>(value: &mut Cow<'a, str>, more: Cow<'a, str>) {
    if value.is_empty() {
        *value = more;
    } else if !more.is_empty() {
        value.to_mut().push_str(&more);
    }
}
