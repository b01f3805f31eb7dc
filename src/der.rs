//! A reader of DER: elements of definite length, in order, each read once.

/// INTEGER.
pub(crate) const NUMBER: u8 = 0x02;
/// OBJECT IDENTIFIER.
pub(crate) const OBJECT: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// `[0]` around another element.
pub(crate) const TAGGED: u8 = 0xa0;

/// The bytes are cut off, or are another element than the expected one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotDer;

/// Takes the tag and the length. The length is `None` if an end mark follows the content, which DER has not.
pub(crate) fn head(text: &mut &[u8]) -> Result<(u8, Option<usize>), NotDer> {
    let ([tag, first], rest) = text.split_first_chunk::<2>().ok_or(NotDer)?;
    let (length, rest) = match first {
        short @ 0..=0x7f => (Some(usize::from(*short)), rest),
        0x80 => (None, rest),
        long @ 0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(long & 0x0f)).ok_or(NotDer)?;
            (Some(digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit))), rest)
        }
        _ => return Err(NotDer),
    };
    *text = rest;
    Ok((*tag, length))
}

/// Reads the elements of a text in order.
#[derive(Clone)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) const fn new(text: &'a [u8]) -> Self {
        Self(text)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tag of the next element.
    pub(crate) fn next_tag(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// Whether the next element has this tag.
    pub(crate) fn is_next(&self, tag: u8) -> bool {
        self.next_tag() == Some(tag)
    }

    /// The content of the next element, which must have this tag.
    pub(crate) fn take(&mut self, tag: u8) -> Result<&'a [u8], NotDer> {
        self.element(tag).map(|(_, content)| content)
    }

    /// The next element with its tag and length.
    pub(crate) fn whole(&mut self, tag: u8) -> Result<&'a [u8], NotDer> {
        self.element(tag).map(|(whole, _)| whole)
    }

    /// A reader of the content of the next element.
    pub(crate) fn inside(&mut self, tag: u8) -> Result<Self, NotDer> {
        self.take(tag).map(Self)
    }

    fn element(&mut self, tag: u8) -> Result<(&'a [u8], &'a [u8]), NotDer> {
        let mut rest = self.0;
        let (found, length) = head(&mut rest)?;
        if found != tag {
            return Err(NotDer);
        }
        let (content, rest) = rest.split_at_checked(length.ok_or(NotDer)?).ok_or(NotDer)?;
        let (whole, _) = self.0.split_at_checked(self.0.len().saturating_sub(rest.len())).ok_or(NotDer)?;
        self.0 = rest;
        Ok((whole, content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OCTET STRING.
    const BYTES: u8 = 0x04;

    #[test]
    fn an_element_is_its_content_or_the_whole_of_it() -> Result<(), NotDer> {
        let mut reader = Reader::new(&[0x04, 0x81, 0x02, 7, 8, 0x02, 0x03, 0x00, 0x80, 0x01]);
        assert_eq!(reader.clone().take(BYTES)?, [7, 8]);
        assert_eq!(reader.whole(BYTES)?, [0x04, 0x81, 0x02, 7, 8]);
        assert_eq!(reader.take(NUMBER)?, [0x00, 0x80, 0x01]);
        assert!(reader.is_empty());
        Ok(())
    }

    #[test]
    fn what_is_cut_off_indefinite_or_of_another_kind_is_no_element() {
        for text in
            [&[][..], &[0x04], &[0x04, 1], &[0x04, 0x80, 0, 0], &[0x04, 0x82, 1], &[0x04, 0x84, 0, 0, 0, 0], &[0x30, 0]]
        {
            assert_eq!(Reader::new(text).take(BYTES), Err(NotDer), "{text:?}");
        }
    }
}
