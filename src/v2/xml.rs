//! Params ↔ `<xml>`: flat, bounded, strict. The reading half is in `reader` and `text`.

mod reader;
mod text;

use memchr::memchr;

use self::text::find_cdata_end;
use crate::buffer::Buffer;
use crate::error::Error;
use crate::v2::params::{NAME_BYTES, Params};

/// The limits of a body. A larger one is refused before any of it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The whole body, in bytes.
    pub bytes: usize,
    /// The number of fields.
    pub fields: usize,
    /// One field's name, in bytes.
    pub name: usize,
    /// One field's value after decoding, in bytes.
    pub value: usize,
}

impl Limits {
    /// For notices: anybody on the internet can send one.
    pub const NOTICE: Self = Self { bytes: 64 << 10, fields: 256, name: NAME_BYTES, value: 32 << 10 };
    /// For the answers of the gateway.
    pub const ANSWER: Self = Self { bytes: 256 << 10, fields: 1024, name: NAME_BYTES, value: 64 << 10 };
}

/// Reads a body: bytes in strict UTF-8, an optional byte order mark and declaration, one flat `<xml>`.
///
/// Text and CDATA are joined, and the five entities and numeric references are decoded. Line ends become a line feed (XML
/// 1.0, section 2.11). All other text is kept byte for byte. Empty elements are empty texts.
/// DTDs and entities do not exist: whatever begins with `<!` and is neither CDATA nor a comment is refused.
///
/// ```
/// use paysign::{Limits, parse_xml};
/// let params = parse_xml("<xml><body><![CDATA[茶 & <b>]]></body><fee>1&#48;</fee></xml>".as_bytes(), &Limits::ANSWER)?;
/// assert_eq!((params.get("body"), params.get("fee")), (Some("茶 & <b>"), Some("10")));
/// # Ok::<(), paysign::Error>(())
/// ```
///
/// # Errors
/// `ERR_XML` with the position, for everything else: DOCTYPE, nesting, attributes, mixed content, a repeated name,
/// a second root, trailing content. Also forbidden characters, other encodings, and bodies over the limits.
pub fn parse_xml<'a>(body: &'a [u8], limits: &Limits) -> Result<Params<'a>, Error> {
    parse_root(body, "xml", limits)
}

/// Reads a message whose root has another name; the text of a refund notice is a `<root>`.
pub(crate) fn parse_root<'a>(body: &'a [u8], root: &str, limits: &Limits) -> Result<Params<'a>, Error> {
    reader::read(body, root, limits)
}

/// Writes the parameters as WeChat reads them. Empty ones are left out, as chapter 4_2 of the manual asks.
///
/// Values with markup, or with white space at an end, are written as CDATA; all others are written unchanged.
///
/// ```
/// let params = paysign::Params::from_pairs([("body", "a<b"), ("total_fee", "1"), ("attach", "")])?;
/// assert_eq!(paysign::build_xml(&params)?, "<xml><body><![CDATA[a<b]]></body><total_fee>1</total_fee></xml>");
/// # Ok::<(), paysign::Error>(())
/// ```
///
/// # Errors
/// `ERR_PARAM` with the field, when a value contains a character that XML 1.0 does not allow, or a carriage return. Every
/// parser turns that into a line feed, so the two sides would sign different texts.
pub fn build_xml(params: &Params<'_>) -> Result<String, Error> {
    let mut xml = Buffer::new();
    write_xml(params.byte_fields().map(|(name, value)| Element { name, value, mark: None }), &mut xml)?;
    Ok(String::from_utf8(xml.as_bytes().to_vec()).unwrap_or_default())
}

/// One field to write as XML.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) name: &'a [u8],
    /// Text as UTF-8.
    pub(crate) value: &'a [u8],
    /// Written after NUL instead of the value, if the caller has the value. Only an ASCII mark is written.
    pub(crate) mark: Option<u8>,
}

/// Appends the message; empty fields are left out. Returns whether each mark was written: a value with `]]>` is always written out.
pub(crate) fn write_xml<'f>(fields: impl Iterator<Item = Element<'f>>, xml: &mut Buffer) -> Result<bool, Error> {
    let mut is_marked = true;
    xml.put(b"<xml>");
    for field in fields.filter(|field| !field.value.is_empty()) {
        is_marked &= write_element(field, xml)?;
    }
    xml.put(b"</xml>");
    Ok(is_marked)
}

/// Appends one element. Returns whether its mark, if it has one, was written.
pub(crate) fn write_element(Element { name, value, mark }: Element<'_>, xml: &mut Buffer) -> Result<bool, Error> {
    check_value(name, value)?;
    for part in [b"<", name, b">"] {
        xml.put(part);
    }
    let plain = !value.iter().any(|byte| matches!(byte, b'<' | b'>' | b'&')) && value.trim_ascii() == value;
    // The end mark of CDATA has to be taken apart, so such a value is written out.
    let end = if plain { None } else { find_cdata_end(value) };
    let written = mark.filter(|mark| mark.is_ascii() && end.is_none()).map(|mark| [0, mark]);
    let shown = written.as_ref().map_or(value, |written| written);
    if plain {
        xml.put(shown);
    } else {
        xml.put(b"<![CDATA[");
        let mut rest = shown;
        while let Some((piece, after)) = find_cdata_end(rest).and_then(|at| rest.split_at_checked(at)) {
            // Close after `]]`, open again before `>`.
            xml.put(piece);
            xml.put(b"]]]]><![CDATA[>");
            rest = after.strip_prefix(b"]]>").unwrap_or_default();
        }
        xml.put(rest);
        xml.put(b"]]>");
    }
    for part in [b"</", name, b">"] {
        xml.put(part);
    }
    Ok(mark.is_none() || written.is_some())
}

/// Whether a value can be sent: only then it can be signed.
pub(crate) fn check_value(name: &[u8], value: &[u8]) -> Result<(), Error> {
    let named = || String::from_utf8_lossy(name);
    match reader::find_forbidden(value) {
        Some(at) => Err(Error::param(
            &named(),
            format_args!("contains a character that XML does not allow (at byte {at}); remove it"),
        )),
        None if memchr(b'\r', value).is_some() => {
            Err(Error::param(&named(), "contains a carriage return, which every XML parser changes; use line feeds"))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(value: &str) -> Result<String, Error> {
        let xml = build_xml(&Params::from_pairs([("v", value)])?)?;
        let text = parse_xml(xml.as_bytes(), &Limits::ANSWER)?.text("v").to_owned();
        Ok(text)
    }

    #[test]
    fn every_message_that_can_be_built_is_read_back_the_same() -> Result<(), Error> {
        for value in [
            "a",
            "]]>",
            "]]>]]>",
            "]]]]>>",
            "<",
            "&amp;",
            "<![CDATA[x]]>",
            " a ",
            "\n",
            "茶",
            "😀",
            "\t",
            "'\"",
            "]]",
            ">",
        ] {
            assert_eq!(round_trip(value)?, value);
        }
        Ok(())
    }

    #[test]
    fn a_value_that_xml_cannot_carry_is_named() {
        for value in ["\0", "a\u{1}", "\u{fffe}", "x\u{ffff}", "\u{1b}", "a\rb", "\r\n"] {
            let error = build_xml(&Params::from_pairs([("attach", value)]).unwrap()).unwrap_err();
            assert_eq!((error.kind().code(), error.field()), ("ERR_PARAM", Some("attach")), "{value:?}");
        }
    }
}
