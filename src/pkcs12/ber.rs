//! The part of DER that a PKCS#12 file uses: elements of definite length, in order, each read once.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::refusal::Refusal;

/// INTEGER.
pub(super) const NUMBER: u8 = 0x02;
/// OCTET STRING.
pub(super) const BYTES: u8 = 0x04;
/// OBJECT IDENTIFIER.
pub(super) const OBJECT: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
/// `[0]` around another element.
pub(super) const TAGGED: u8 = 0xa0;
/// `[0]` in place of an OCTET STRING's own tag.
pub(super) const TAGGED_BYTES: u8 = 0x80;

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

/// Takes the tag and the length; `None` for the length if an end mark follows the content.
fn head(text: &mut &[u8]) -> Result<(u8, Option<usize>), Refusal> {
    let ([tag, first], rest) = text.split_first_chunk::<2>().ok_or(Refusal::Unreadable)?;
    let (length, rest) = match first {
        short @ 0..=0x7f => (Some(usize::from(*short)), rest),
        0x80 => (None, rest),
        long @ 0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(long & 0x0f)).ok_or(Refusal::Unreadable)?;
            (Some(digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit))), rest)
        }
        _ => return Err(Refusal::Unreadable),
    };
    *text = rest;
    Ok((*tag, length))
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

/// Reads the elements of a text in order.
#[derive(Clone)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self(text)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the next element has this tag.
    pub(super) fn is_next(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// The content of the next element, which must have this tag.
    pub(super) fn take(&mut self, tag: u8) -> Result<&'a [u8], Refusal> {
        self.element(tag).map(|(_, content)| content)
    }

    /// The next element with its tag and length.
    pub(super) fn whole(&mut self, tag: u8) -> Result<&'a [u8], Refusal> {
        self.element(tag).map(|(whole, _)| whole)
    }

    /// The content of the string in `[0]` that is next, whole or in pieces.
    pub(super) fn tagged_bytes(&mut self) -> Result<Cow<'a, [u8]>, Refusal> {
        if !self.is_next(TAGGED) {
            return self.take(TAGGED_BYTES).map(Cow::Borrowed);
        }
        let mut pieces = self.inside(TAGGED)?;
        let mut content = Vec::new();
        while !pieces.is_empty() {
            content.extend_from_slice(pieces.take(BYTES)?);
        }
        Ok(Cow::Owned(content))
    }

    /// A reader of the content of the next element.
    pub(super) fn inside(&mut self, tag: u8) -> Result<Self, Refusal> {
        self.take(tag).map(Self)
    }

    /// The next element as a number below 2³²; it may not be negative.
    pub(super) fn number(&mut self) -> Result<u32, Refusal> {
        let digits = self.take(NUMBER)?;
        if digits.first().is_none_or(|first| *first >= 0x80) {
            return Err(Refusal::Unreadable);
        }
        let significant = digits.iter().skip_while(|digit| **digit == 0);
        if significant.clone().count() > 4 {
            return Err(Refusal::TooManyRounds);
        }
        Ok(significant.fold(0, |number, digit| number << 8 | u32::from(*digit)))
    }

    fn element(&mut self, tag: u8) -> Result<(&'a [u8], &'a [u8]), Refusal> {
        let mut rest = self.0;
        let (found, length) = head(&mut rest)?;
        if found != tag {
            return Err(Refusal::Unreadable);
        }
        let (content, rest) = rest.split_at_checked(length.ok_or(Refusal::Unreadable)?).ok_or(Refusal::Unreadable)?;
        let (whole, _) = self.0.split_at_checked(self.0.len().saturating_sub(rest.len())).ok_or(Refusal::Unreadable)?;
        self.0 = rest;
        Ok((whole, content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_its_content_or_the_whole_of_it() -> Result<(), Refusal> {
        let mut reader = Reader::new(&[0x04, 0x81, 0x02, 7, 8, 0x02, 0x03, 0x00, 0x80, 0x01]);
        assert_eq!(reader.clone().take(BYTES)?, [7, 8]);
        assert_eq!(reader.whole(BYTES)?, [0x04, 0x81, 0x02, 7, 8]);
        assert_eq!(reader.number()?, 0x8001);
        assert!(reader.is_empty());
        Ok(())
    }

    #[test]
    fn what_is_cut_off_indefinite_or_of_another_kind_is_no_element() {
        for text in
            [&[][..], &[0x04], &[0x04, 1], &[0x04, 0x80, 0, 0], &[0x04, 0x82, 1], &[0x04, 0x84, 0, 0, 0, 0], &[0x30, 0]]
        {
            assert_eq!(Reader::new(text).take(BYTES), Err(Refusal::Unreadable), "{text:?}");
        }
        assert_eq!(Reader::new(&[2, 1, 0xff]).number(), Err(Refusal::Unreadable));
        assert_eq!(Reader::new(&[2, 0]).number(), Err(Refusal::Unreadable));
        assert_eq!(Reader::new(&[2, 6, 0, 1, 0, 0, 0, 0]).number(), Err(Refusal::TooManyRounds));
    }
    #[test]
    fn strings_in_pieces_and_elements_of_indefinite_length_are_joined() -> Result<(), Refusal> {
        let text =
            [0x30, 0x80, 0x24, 0x80, 4, 1, 7, 0x24, 5, 4, 1, 8, 4, 0, 0, 0, 2, 0x81, 1, 5, 0xa0, 0x80, 0, 0, 0, 0, 9];
        assert_eq!(**definite(&text)?, [0x30, 9, 4, 2, 7, 8, 2, 1, 5, 0xa0, 0]);
        let mut pieces = Reader::new(&[0xa0, 6, 4, 1, 7, 4, 1, 8, 0x80, 1, 9]);
        assert_eq!(*pieces.tagged_bytes()?, [7, 8]);
        assert_eq!(*pieces.tagged_bytes()?, [9]);
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
