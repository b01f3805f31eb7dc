//! The flat reader: a cursor over bytes, for elements, CDATA, comments and references only.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use super::Limits;
use super::text::{decode_text, find_cdata_end, is_declaration, line_ends};
use crate::bytes::is_same;
use crate::error::Error;
use crate::v2::params::{Duplicate, Params, is_name_byte};

/// Reads one flat element of the name `root`.
pub(super) fn read<'a>(body: &'a [u8], root: &str, limits: &Limits) -> Result<Params<'a>, Error> {
    if body.len() > limits.bytes {
        return Err(Error::xml(limits.bytes, format_args!("the body is larger than {} bytes", limits.bytes)));
    }
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) => return Err(Error::xml(error.valid_up_to(), "the body is not UTF-8")),
    };
    if body.trim_ascii().is_empty() {
        return Err(Error::xml(body.len(), "the body is empty"));
    }
    if let Some(at) = find_forbidden(body) {
        return Err(Error::xml(at, "a character that XML forbids"));
    }
    let mut fields = Vec::with_capacity(32);
    walk(text, root, limits, |_, name, value| fields.push((Cow::Borrowed(name), value)))?;
    Params::collect(fields).map_err(|Duplicate(name)| {
        // Such a character is searched only after a failure: in a good message this would take time.
        let mut last = 0;
        let again = walk(text, root, limits, |at, other, _| last = if *other == name { at } else { last });
        again.err().unwrap_or_else(|| Error::xml(last, format_args!("a field occurs twice: {name}")))
    })
}

/// Reads the message and passes on each field: its place, its name and its value.
fn walk<'a>(
    text: &'a str,
    root: &str,
    limits: &Limits,
    field: impl FnMut(usize, &'a str, Cow<'a, str>),
) -> Result<(), Error> {
    let bytes = text.as_bytes();
    let mut reader = Reader { text, rest: bytes, has_returns: memchr(b'\r', bytes).is_some() };
    reader.skip(b"\xef\xbb\xbf");
    reader.declaration()?;
    reader.space_and_comments()?;
    reader.open_root(root)?;
    reader.fields(root, limits, field)?;
    reader.space();
    if reader.rest.is_empty() { Ok(()) } else { Err(reader.error("something follows the end of the message")) }
}

/// The place of the first character that XML 1.0 (section 2.2) forbids, in text that is UTF-8 already.
pub(super) fn find_forbidden(text: &[u8]) -> Option<usize> {
    // Both kinds begin with a rare byte: a control byte, or 0xEF of U+FFFE and U+FFFF. So sixteen
    // bytes are compared together first, without a branch for each: 28 % of a notice.
    let (blocks, end) = text.as_chunks::<16>();
    let mut start = 0_usize;
    for block in blocks {
        let suspicious = block.iter().fold(false, |found, byte| {
            found | ((*byte < 0x20) & (*byte != b'\n') & (*byte != b'\t') & (*byte != b'\r')) | (*byte == 0xef)
        });
        if suspicious && let Some(offset) = forbidden_within(block, text.get(start..).unwrap_or_default()) {
            return Some(start.saturating_add(offset));
        }
        start = start.saturating_add(block.len());
    }
    forbidden_within(end, end).map(|offset| start.saturating_add(offset))
}

/// The first forbidden character that begins in `block`; `text` goes on after it.
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
    /// The rest of the text.
    rest: &'a [u8],
    /// Whether there is a carriage return anywhere, which is rare.
    has_returns: bool,
}

impl<'a> Reader<'a> {
    /// `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`, which may be absent. Another encoding is refused.
    fn declaration(&mut self) -> Result<(), Error> {
        let start = self.at();
        if !self.skip(b"<?xml") {
            return Ok(());
        }
        let Some(inside) = self.until(b"?>") else {
            return Err(Error::xml(start, "the XML declaration does not end"));
        };
        if is_declaration(inside) {
            Ok(())
        } else {
            Err(Error::xml(start, "the XML declaration must be version 1.0 and, where it names an encoding, UTF-8"))
        }
    }

    fn open_root(&mut self, root: &str) -> Result<(), Error> {
        let start = self.at();
        if !self.skip(b"<") || !self.skip_name(root) {
            let remedy =
                if self.rest.starts_with(b"{") { "; JSON is APIv3, whose client is in paysign/v3" } else { "" };
            return Err(Error::xml(start, format_args!("the message does not begin with <{root}>{remedy}")));
        }
        self.space();
        if self.skip(b">") {
            return Ok(());
        }
        if self.rest.starts_with(b"/>") {
            return Err(Error::xml(start, "the message is empty"));
        }
        Err(self.error(format_args!("the root element must be <{root}> without attributes")))
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
            if self.rest.starts_with(b"</") {
                return self.close(root);
            }
            count = count.saturating_add(1);
            if count > limits.fields {
                return Err(self.error(format_args!("more than {} fields", limits.fields)));
            }
            let start = self.at();
            if !self.skip(b"<") {
                return Err(self.error("there is text between the fields, or the message is cut off"));
            }
            let Some(name) = self.name(limits) else {
                return Err(Error::xml(
                    start,
                    "markup that is not a field: a declaration, an instruction, or a name that a field cannot have",
                ));
            };
            self.space();
            let value = if self.skip(b">") {
                self.value(name)?
            } else if self.skip(b"/>") {
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
        let length = self.rest.iter().position(|byte| !is_name_byte(*byte))?;
        let begins = self.rest.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_');
        let name = self.take(length)?;
        (begins && length <= limits.name).then_some(name)
    }

    /// Text and CDATA, joined, up to and with the end of the element.
    fn value(&mut self, name: &str) -> Result<Cow<'a, str>, Error> {
        let mut value = Cow::Borrowed("");
        loop {
            if self.rest.first() != Some(&b'<') {
                append(&mut value, self.plain_text(name)?);
            }
            if self.rest.starts_with(b"</") {
                self.close(name)?;
                return Ok(value);
            }
            let start = self.at();
            if !self.skip(b"<![CDATA[") {
                return Err(self.error(format_args!(
                    "{name} contains something other than text: nesting, a comment or a declaration"
                )));
            }
            let Some(text) = find_cdata_end(self.rest).and_then(|length| self.take(length)) else {
                return Err(Error::xml(start, "CDATA that does not end"));
            };
            self.skip(b"]]>");
            append(&mut value, if self.has_returns { line_ends(text) } else { Cow::Borrowed(text) });
        }
    }

    /// Text up to the next mark, which must follow.
    fn plain_text(&mut self, name: &str) -> Result<Cow<'a, str>, Error> {
        let start = self.at();
        match memchr(b'<', self.rest).and_then(|length| self.take(length)) {
            Some(text) => decode_text(text, start),
            None => Err(Error::xml(start, format_args!("{name} does not end; the message is cut off"))),
        }
    }

    fn close(&mut self, name: &str) -> Result<(), Error> {
        let start = self.at();
        let named = self.skip(b"</") && self.skip_name(name);
        self.space();
        if named && self.skip(b">") { Ok(()) } else { Err(Error::xml(start, format_args!("</{name}> was expected"))) }
    }

    fn space_and_comments(&mut self) -> Result<(), Error> {
        loop {
            self.space();
            let start = self.at();
            if !self.skip(b"<!--") {
                return Ok(());
            }
            // XML 1.0 section 2.5: a comment may contain two hyphens only at its end.
            if self.until(b"--").is_none() || !self.skip(b">") {
                return Err(Error::xml(start, "a comment that does not end"));
            }
        }
    }

    #[inline]
    fn space(&mut self) {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    #[inline]
    fn skip<const N: usize>(&mut self, token: &[u8; N]) -> bool {
        match self.rest.split_first_chunk::<N>() {
            Some((begin, rest)) if begin == token => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    #[inline]
    fn skip_name(&mut self, name: &str) -> bool {
        match self.rest.split_at_checked(name.len()) {
            Some((begin, rest)) if is_same(begin, name.as_bytes()) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes this many bytes, which must end between two characters.
    #[inline]
    fn take(&mut self, length: usize) -> Option<&'a str> {
        let start = self.at();
        let taken = self.text.get(start..start.saturating_add(length))?;
        self.rest = self.rest.get(length..)?;
        Some(taken)
    }

    /// The text before a mark, which is skipped.
    fn until(&mut self, mark: &[u8; 2]) -> Option<&'a str> {
        let [first, _] = *mark;
        let starts = |at: &usize| self.rest.get(*at..).is_some_and(|rest| rest.starts_with(mark));
        let length = memchr_iter(first, self.rest).find(starts)?;
        let before = self.take(length)?;
        self.skip(mark);
        Some(before)
    }

    #[inline]
    fn at(&self) -> usize {
        self.text.len().saturating_sub(self.rest.len())
    }

    fn error(&self, what: impl std::fmt::Display) -> Error {
        Error::xml(self.at(), what)
    }
}

#[inline]
fn append<'a>(value: &mut Cow<'a, str>, more: Cow<'a, str>) {
    if value.is_empty() {
        *value = more;
    } else if !more.is_empty() {
        value.to_mut().push_str(&more);
    }
}
