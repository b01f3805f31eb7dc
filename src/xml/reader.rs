//! The flat reader: a cursor over bytes that knows elements, CDATA, comments and references, and nothing else of XML.

use std::borrow::Cow;

use super::Limits;
use super::text::{decode_text, find_cdata_end, is_declaration, line_ends};
use crate::error::Error;
use crate::params::{Fault, Params, is_name, is_name_byte};

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
    Params::collect(fields.into_iter()).map_err(|fault| {
        let (Fault::Name(name) | Fault::Duplicate(name)) = fault;
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
    let mut reader = Reader { rest: text.strip_prefix('\u{feff}').unwrap_or(text), length: text.len() };
    reader.declaration()?;
    reader.space_and_comments()?;
    reader.open_root(root)?;
    reader.fields(root, limits, field)?;
    reader.space();
    if reader.rest.is_empty() { Ok(()) } else { Err(reader.error("something follows the end of the message")) }
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
    rest: &'a str,
    length: usize,
}

impl<'a> Reader<'a> {
    /// `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`, which may be absent, but not another encoding.
    fn declaration(&mut self) -> Result<(), Error> {
        if !self.rest.starts_with("<?xml") {
            return Ok(());
        }
        let start = self.position();
        self.skip("<?xml");
        let Some(inside) = self.until("?>") else {
            return Err(Error::xml(start, "the XML declaration does not end"));
        };
        if is_declaration(inside) {
            Ok(())
        } else {
            Err(Error::xml(start, "the XML declaration must be version 1.0 and, where it names an encoding, UTF-8"))
        }
    }

    fn open_root(&mut self, root: &str) -> Result<(), Error> {
        let start = self.position();
        if !self.skip("<") || !self.skip(root) {
            return Err(Error::xml(start, format_args!("the message does not begin with <{root}>")));
        }
        self.space();
        if self.skip(">") {
            return Ok(());
        }
        if self.rest.starts_with("/>") {
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
            if self.rest.starts_with("</") {
                return self.close(root);
            }
            count = count.saturating_add(1);
            if count > limits.fields {
                return Err(self.error(format_args!("more than {} fields", limits.fields)));
            }
            let start = self.position();
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
            let value = if self.skip("/>") {
                Cow::Borrowed("")
            } else if self.skip(">") {
                self.value(name)?
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
        let end = self.rest.bytes().position(|byte| !is_name_byte(byte))?;
        let (name, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (is_name(name) && name.len() <= limits.name).then_some(name)
    }

    /// Text and CDATA, joined, up to and with the end of the element.
    fn value(&mut self, name: &str) -> Result<Cow<'a, str>, Error> {
        let mut value = Cow::Borrowed("");
        loop {
            let start = self.position();
            let Some(end) = self.rest.bytes().position(|byte| byte == b'<') else {
                return Err(Error::xml(start, format_args!("{name} does not end; the message is cut off")));
            };
            if let Some((text, rest)) = self.rest.split_at_checked(end) {
                self.rest = rest;
                append(&mut value, decode_text(text, start)?);
            }
            if self.rest.starts_with("</") {
                self.close(name)?;
                return Ok(value);
            }
            let start = self.position();
            if !self.skip("<![CDATA[") {
                return Err(self.error(format_args!(
                    "{name} holds something else than text: nesting, a comment or a declaration"
                )));
            }
            let Some(text) = self.cdata() else {
                return Err(Error::xml(start, "CDATA that does not end"));
            };
            append(&mut value, line_ends(text));
        }
    }

    fn close(&mut self, name: &str) -> Result<(), Error> {
        let start = self.position();
        let named = self.skip("</") && self.skip(name);
        self.space();
        if named && self.skip(">") { Ok(()) } else { Err(Error::xml(start, format_args!("</{name}> was expected"))) }
    }

    fn space_and_comments(&mut self) -> Result<(), Error> {
        loop {
            self.space();
            let start = self.position();
            if !self.skip("<!--") {
                return Ok(());
            }
            // XML 1.0 section 2.5: two hyphens end a comment and stand nowhere else in it.
            if self.until("--").is_none() || !self.skip(">") {
                return Err(Error::xml(start, "a comment that does not end"));
            }
        }
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn skip(&mut self, token: &str) -> bool {
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn until(&mut self, mark: &str) -> Option<&'a str> {
        let (before, rest) = self.rest.split_once(mark)?;
        self.rest = rest;
        Some(before)
    }

    /// The text up to `]]>`. Looking for single bytes is several times faster here than looking for a text.
    fn cdata(&mut self) -> Option<&'a str> {
        let end = find_cdata_end(self.rest.as_bytes())?;
        let (text, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest.strip_prefix("]]>")?;
        Some(text)
    }

    fn position(&self) -> usize {
        self.length.saturating_sub(self.rest.len())
    }

    fn error(&self, what: impl std::fmt::Display) -> Error {
        Error::xml(self.position(), what)
    }
}

fn append<'a>(value: &mut Cow<'a, str>, more: Cow<'a, str>) {
    if value.is_empty() {
        *value = more;
    } else if !more.is_empty() {
        value.to_mut().push_str(&more);
    }
}
