//! Fields in one buffer, NUL before each name and each value: how they cross the border, and are signed where they stand.

use crate::error::{Error, ErrorKind};
use crate::key::Key;
use crate::params::{Params, is_name_text};
use crate::sign::{SignType, Signature};

/// Packed fields, found in their buffer. The key, where there is one, is the last of them.
pub(crate) struct Packed<'a> {
    buffer: &'a mut [u8],
    /// Where each NUL stands, and the end of the buffer.
    marks: Vec<usize>,
}

impl<'a> Packed<'a> {
    /// Finds the fields. There must be as many as the other side counted, or a text holds NUL itself.
    ///
    /// `replaced` tells that U+FFFD may stand in the texts; otherwise it is the trace of half a surrogate pair.
    pub(crate) fn find(buffer: &'a mut [u8], fields: usize, replaced: bool) -> Result<Self, Error> {
        let mut marks =
            Vec::with_capacity(fields.saturating_mul(2).saturating_add(1).min(buffer.len().saturating_add(1)));
        let unfit = find_marks(buffer, &mut marks);
        let expected = marks.len() == fields.saturating_mul(2) && marks.first().is_none_or(|first| *first == 0);
        if !expected || (unfit && !replaced) {
            return Err(Error::new(ErrorKind::Param, "a text holds a character that no message can carry"));
        }
        marks.push(buffer.len());
        Ok(Self { buffer, marks })
    }

    /// The fields, sorted.
    pub(crate) fn params(&self) -> Result<Params<'_>, Error> {
        self.collect(self.places())
    }

    /// The key, and the fields before it.
    pub(crate) fn key_and_params(&self) -> Result<(Key<'_>, Params<'_>), Error> {
        let mut places = self.places();
        places.next_back();
        Ok((self.key()?, self.collect(places)?))
    }

    /// The signature of the fields before the key.
    ///
    /// Fields that come in order, without empty ones and without `sign`, are the signed string already, but for the marks between them.
    pub(crate) fn sign(self, sign_type: SignType) -> Result<Signature, Error> {
        if !self.is_in_order() {
            let (key, params) = self.key_and_params()?;
            return Ok(Signature::of(&params, &key, sign_type));
        }
        let mut marks = self.marks.iter().skip(1);
        let mut between = b'=';
        // The last mark is the end of the buffer.
        while let Some(at) = marks.next().filter(|_| marks.len() > 0) {
            if let Some(byte) = self.buffer.get_mut(*at) {
                *byte = between;
            }
            between = if between == b'=' { b'&' } else { b'=' };
        }
        Ok(Signature::of_text(self.buffer.get(1..).unwrap_or_default(), &self.key()?, sign_type))
    }

    fn is_in_order(&self) -> bool {
        let mut before: &[u8] = b"";
        let mut places = self.places();
        places.next_back();
        places.all(|(name, value, end)| {
            let name = self.buffer.get(name.saturating_add(1)..value).unwrap_or_default();
            let right = before < name && value.saturating_add(1) < end && name != b"sign" && is_name_text(name);
            before = name;
            right
        })
    }

    fn collect(&self, places: impl Iterator<Item = (usize, usize, usize)>) -> Result<Params<'_>, Error> {
        let text = text(self.buffer)?;
        let part = |from: usize, to: usize| text.get(from.saturating_add(1)..to).unwrap_or_default();
        Params::from_pairs(places.map(|(name, value, end)| (part(name, value), part(value, end))))
    }

    fn key(&self) -> Result<Key<'_>, Error> {
        let last = self.places().next_back();
        let part = |from: usize, to: usize| self.buffer.get(from.saturating_add(1)..to);
        // Whatever else stands last, it is not taken for the key.
        let key =
            last.and_then(|(name, value, end)| part(name, value).filter(|name| *name == b"key").and(part(value, end)));
        Key::borrowed(text(key.unwrap_or_default())?)
    }

    /// The marks before each name and each value, and the end of the value.
    fn places(&self) -> impl DoubleEndedIterator<Item = (usize, usize, usize)> {
        self.marks.windows(3).step_by(2).map(|window| match window {
            [name, value, end] => (*name, *value, *end),
            _ => (0, 0, 0),
        })
    }
}

/// Text from the other side, which writes nothing but UTF-8.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(bytes)
        .map_err(|_| Error::new(ErrorKind::Internal, "the module was given bytes that are not UTF-8"))
}

/// Finds every NUL, and whether U+FFFD may stand in the text: eight bytes at a time, since nearly all of them are neither.
fn find_marks(buffer: &[u8], marks: &mut Vec<usize>) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let has_zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS != 0;
    let mut unfit = false;
    let mut at = 0_usize;
    let (words, rest) = buffer.as_chunks::<8>();
    let mut look = |bytes: &[u8], at: usize| {
        for (offset, byte) in bytes.iter().enumerate() {
            let place = at.saturating_add(offset);
            match byte {
                0 => marks.push(place),
                0xef => unfit |= buffer.get(place..).is_some_and(|rest| rest.starts_with(&[0xef, 0xbf, 0xbd])),
                _ => {}
            }
        }
    };
    for word in words {
        let bytes = u64::from_le_bytes(*word);
        if has_zero(bytes) || has_zero(bytes ^ (ONES * 0xef)) {
            look(word, at);
        }
        at = at.saturating_add(8);
    }
    look(rest, at);
    unfit
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "192006250b4c09247ec02edce69f6a2d";

    fn packed(fields: &[(&str, &str)]) -> (Vec<u8>, usize) {
        let text: String = fields.iter().map(|(name, value)| format!("\0{name}\0{value}")).collect();
        (text.into_bytes(), fields.len())
    }

    fn sign(fields: &[(&str, &str)], sign_type: SignType) -> Result<String, Error> {
        let (mut buffer, fields) = packed(&[fields, &[("key", KEY)]].concat());
        let found = Packed::find(&mut buffer, fields, false)?;
        Ok(found.sign(sign_type)?.as_str().to_owned())
    }

    #[test]
    fn signing_where_the_fields_stand_gives_what_signing_a_copy_gives() {
        let cases: [&[(&str, &str)]; 7] = [
            &[],
            &[("a", "1")],
            &[("appid", "wx1"), ("body", "茶 & =糕"), ("total_fee", "1")],
            &[("b", "1"), ("a", "2")],
            &[("a", ""), ("b", "1")],
            &[("a", "1"), ("sign", "FF")],
            &[("a", "1"), ("key", "a field may have this name")],
        ];
        let key = Key::new(KEY).unwrap();
        for fields in cases {
            for sign_type in [SignType::Md5, SignType::HmacSha256] {
                let params = Params::from_pairs(fields.iter().copied()).unwrap();
                assert_eq!(sign(fields, sign_type), Ok(crate::sign(&params, &key, sign_type)), "{fields:?}");
            }
        }
    }

    #[test]
    fn the_last_field_is_taken_for_the_key_only_when_it_is_named_so() {
        for fields in [&[("a", "1"), ("b", KEY)][..], &[]] {
            let (mut buffer, count) = packed(fields);
            let found = Packed::find(&mut buffer, count, false).unwrap();
            assert!(found.key_and_params().is_err());
            let (mut buffer, count) = packed(fields);
            assert!(Packed::find(&mut buffer, count, false).unwrap().sign(SignType::Md5).is_err());
        }
    }

    #[test]
    fn packed_fields_are_the_fields_in_byte_order() {
        let (mut buffer, fields) = packed(&[("total_fee", "1"), ("body", "茶"), ("attach", "")]);
        let found = Packed::find(&mut buffer, fields, false).unwrap();
        let params = found.params().unwrap();
        assert_eq!(params.iter().collect::<Vec<_>>(), [("attach", ""), ("body", "茶"), ("total_fee", "1")]);
        assert_eq!(Packed::find(&mut [], 0, false).unwrap().params(), Ok(Params::new()));
    }

    #[test]
    fn a_text_that_holds_nul_or_half_a_character_is_refused() {
        for fields in [[("a", "1\0b\0x")], [("a", "1\0")], [("a\0", "1")], [("a", "\u{fffd}")]] {
            assert!(sign(&fields, SignType::Md5).is_err(), "{fields:?}");
        }
        let mut written = b"\0a\0\xef\xbf\xbd".to_vec();
        assert!(Packed::find(&mut written, 1, true).is_ok(), "U+FFFD that the caller wrote is a character");
    }

    #[test]
    fn a_name_that_no_element_can_have_is_refused_in_order_or_not() {
        for fields in
            [vec![("a b", "1")], vec![("b", "1"), ("a b", "1")], vec![("", "1")], vec![("a", "1"), ("a", "2")]]
        {
            assert!(sign(&fields, SignType::Md5).is_err(), "{fields:?}");
        }
    }
}
