//! As much of DER as a PKCS#12 file is made of: elements of definite length, one after the other, none looked at twice.

use super::decrypt::Stop;

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
    pub(super) fn take(&mut self, tag: u8) -> Result<&'a [u8], Stop> {
        self.element(tag).map(|(_, content)| content)
    }

    /// The next element with its tag and length.
    pub(super) fn whole(&mut self, tag: u8) -> Result<&'a [u8], Stop> {
        self.element(tag).map(|(whole, _)| whole)
    }

    /// A reader of the content of the next element.
    pub(super) fn inside(&mut self, tag: u8) -> Result<Self, Stop> {
        self.take(tag).map(Self)
    }

    /// The next element as a number below 2³²; it may not be negative.
    pub(super) fn number(&mut self) -> Result<u32, Stop> {
        let digits = self.take(NUMBER)?;
        if digits.first().is_none_or(|first| *first >= 0x80) {
            return Err(Stop::Unreadable);
        }
        let significant = digits.iter().skip_while(|digit| **digit == 0);
        if significant.clone().count() > 4 {
            return Err(Stop::TooManyRounds);
        }
        Ok(significant.fold(0, |number, digit| number << 8 | u32::from(*digit)))
    }

    fn element(&mut self, tag: u8) -> Result<(&'a [u8], &'a [u8]), Stop> {
        let (head, rest) = self.0.split_first_chunk::<2>().ok_or(Stop::Unreadable)?;
        if head[0] != tag {
            return Err(Stop::Unreadable);
        }
        let (length, rest) = match head[1] {
            short @ 0..=0x7f => (usize::from(short), rest),
            long @ 0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked(usize::from(long & 0x0f)).ok_or(Stop::Unreadable)?;
                (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
            }
            _ => return Err(Stop::Unreadable),
        };
        let (content, rest) = rest.split_at_checked(length).ok_or(Stop::Unreadable)?;
        let (whole, _) = self.0.split_at_checked(self.0.len().saturating_sub(rest.len())).ok_or(Stop::Unreadable)?;
        self.0 = rest;
        Ok((whole, content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_its_content_or_the_whole_of_it() -> Result<(), Stop> {
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
            assert_eq!(Reader::new(text).take(BYTES), Err(Stop::Unreadable), "{text:?}");
        }
        assert_eq!(Reader::new(&[2, 1, 0xff]).number(), Err(Stop::Unreadable));
        assert_eq!(Reader::new(&[2, 0]).number(), Err(Stop::Unreadable));
        assert_eq!(Reader::new(&[2, 6, 0, 1, 0, 0, 0, 0]).number(), Err(Stop::TooManyRounds));
    }
}
