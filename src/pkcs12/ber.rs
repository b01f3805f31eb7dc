//! BER as DER, and the forms of strings and numbers that a PKCS#12 file uses.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::refusal::Refusal;
use crate::der::{NUMBER, Reader, TAGGED, head};

/// OCTET STRING.
pub(super) const BYTES: u8 = 0x04;
/// `[0]` in place of an OCTET STRING's own tag.
const TAGGED_BYTES: u8 = 0x80;

/// The bit of a tag for an element that contains elements.
const HAS_PARTS: u8 = 0x20;
/// OpenSSL's own limit is 30.
const DEPTH: u8 = 30;

/// The first element of a text as DER. The text may be BER: Java's old files have indefinite lengths and divided strings.
pub(super) fn definite(text: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let mut written = Zeroizing::new(Vec::with_capacity(text.len()));
    write_element(&mut &*text, DEPTH, &mut written)?;
    Ok(written)
}

/// The content of the string in `[0]` that is next, whole or in pieces.
pub(super) fn tagged_bytes<'a>(reader: &mut Reader<'a>) -> Result<Cow<'a, [u8]>, Refusal> {
    if !reader.is_next(TAGGED) {
        return Ok(Cow::Borrowed(reader.take(TAGGED_BYTES)?));
    }
    let mut pieces = reader.inside(TAGGED)?;
    let mut content = Vec::new();
    while !pieces.is_empty() {
        content.extend_from_slice(pieces.take(BYTES)?);
    }
    Ok(Cow::Owned(content))
}

/// The next element as a number below 2³²; it may not be negative.
pub(super) fn number(reader: &mut Reader<'_>) -> Result<u32, Refusal> {
    let digits = reader.take(NUMBER)?;
    if digits.first().is_none_or(|first| *first >= 0x80) {
        return Err(Refusal::Unreadable);
    }
    let significant = digits.iter().skip_while(|digit| **digit == 0);
    if significant.clone().count() > 4 {
        return Err(Refusal::TooManyRounds);
    }
    Ok(significant.fold(0, |number, digit| number << 8 | u32::from(*digit)))
}

/// Writes the next element, and returns its tag.
fn write_element(text: &mut &[u8], depth: u8, written: &mut Vec<u8>) -> Result<u8, Refusal> {
    let depth = depth.checked_sub(1).ok_or(Refusal::Unreadable)?;
    let (tag, length) = head(text)?;
    if tag == 0 || tag & 0x1f == 0x1f {
        return Err(Refusal::Unreadable);
    }
    if tag & HAS_PARTS == 0 {
        let (content, rest) = text.split_at_checked(length.ok_or(Refusal::Unreadable)?).ok_or(Refusal::Unreadable)?;
        *text = rest;
        write(tag, content, written)?;
        return Ok(tag);
    }
    let mut content = Zeroizing::new(Vec::new());
    let mut part = |text: &mut &[u8]| {
        if tag != BYTES | HAS_PARTS {
            return write_element(text, depth, &mut content).map(drop);
        }
        // A piece of a string: its content alone.
        let mut piece = Zeroizing::new(Vec::new());
        if write_element(text, depth, &mut piece)? != BYTES {
            return Err(Refusal::Unreadable);
        }
        content.extend_from_slice(Reader::new(&piece).take(BYTES)?);
        Ok(())
    };
    if let Some(length) = length {
        let (mut inside, rest) = text.split_at_checked(length).ok_or(Refusal::Unreadable)?;
        *text = rest;
        while !inside.is_empty() {
            part(&mut inside)?;
        }
    } else {
        while !text.starts_with(&[0, 0]) {
            part(text)?;
        }
        *text = text.get(2..).ok_or(Refusal::Unreadable)?;
    }
    let tag = if tag == BYTES | HAS_PARTS { BYTES } else { tag };
    write(tag, &content, written)?;
    Ok(tag)
}

fn write(tag: u8, content: &[u8], written: &mut Vec<u8>) -> Result<(), Refusal> {
    let length = u32::try_from(content.len()).map_err(|_| Refusal::Unreadable)?.to_be_bytes();
    written.push(tag);
    match length {
        [0, 0, 0, short @ 0..=0x7f] => written.push(short),
        [0, 0, 0, long] => written.extend_from_slice(&[0x81, long]),
        [0, 0, long @ ..] => written.extend_from_slice(&[&[0x82], &long[..]].concat()),
        [0, long @ ..] => written.extend_from_slice(&[&[0x83], &long[..]].concat()),
        _ => return Err(Refusal::Unreadable),
    }
    written.extend_from_slice(content);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_neither_negative_nor_empty_nor_larger_than_32_bits() {
        assert_eq!(number(&mut Reader::new(&[2, 3, 0, 0x80, 1])), Ok(0x8001));
        assert_eq!(number(&mut Reader::new(&[2, 1, 0xff])), Err(Refusal::Unreadable));
        assert_eq!(number(&mut Reader::new(&[2, 0])), Err(Refusal::Unreadable));
        assert_eq!(number(&mut Reader::new(&[2, 6, 0, 1, 0, 0, 0, 0])), Err(Refusal::TooManyRounds));
    }

    #[test]
    fn strings_in_pieces_and_elements_of_indefinite_length_are_joined() -> Result<(), Refusal> {
        let text =
            [0x30, 0x80, 0x24, 0x80, 4, 1, 7, 0x24, 5, 4, 1, 8, 4, 0, 0, 0, 2, 0x81, 1, 5, 0xa0, 0x80, 0, 0, 0, 0, 9];
        assert_eq!(**definite(&text)?, [0x30, 9, 4, 2, 7, 8, 2, 1, 5, 0xa0, 0]);
        let mut pieces = Reader::new(&[0xa0, 6, 4, 1, 7, 4, 1, 8, 0x80, 1, 9]);
        assert_eq!(*tagged_bytes(&mut pieces)?, [7, 8]);
        assert_eq!(*tagged_bytes(&mut pieces)?, [9]);
        let long = [&[0x30, 0x80, 0x04, 0x83, 0x01, 0x00, 0x01][..], &vec![0; 0x1_0001], &[0, 0]].concat();
        assert_eq!(definite(&long)?.len(), 5 + 5 + 0x1_0001);
        Ok(())
    }

    #[test]
    fn pieces_of_another_kind_missing_ends_and_depths_are_no_element() {
        let deep = [0x30, 0x80].repeat(40);
        for text in [
            &[0x24, 3, 2, 1, 5][..],
            &[0x30, 0x80, 0],
            &[0x30, 0x80],
            &[0x04, 0x80, 0, 0],
            &[0, 0],
            &[0x1f, 1, 0],
            &deep,
        ] {
            assert_eq!(definite(text).map(drop), Err(Refusal::Unreadable), "{text:?}");
        }
    }
}
