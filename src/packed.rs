//! Fields as they cross the border: their names as a list that is made once for each kind of message, their values as one text.

use crate::bytes::Joined;
use crate::error::{Error, ErrorKind};
use crate::key::Key;
use crate::params::Params;
use crate::sign::{SignType, Signature};
use crate::xml::{write_field, write_marked};

/// Makes the list of names: for each, in the order in which they are signed, the place of its value as two bytes, its length as
/// one, and itself. `names` has NUL before each, in the order in which the values will come.
///
/// # Errors
/// `ERR_PARAM` with a name that no element can have, or that stands twice.
pub(crate) fn list_names(names: &str) -> Result<Vec<u8>, Error> {
    let mut places: Vec<(&str, u16)> = Vec::new();
    for (place, name) in names.split('\0').skip(1).enumerate() {
        let place = u16::try_from(place).map_err(|_| Error::param("params", "are more than 65536 fields"))?;
        places.push((name, place));
    }
    Params::from_pairs(places.iter().map(|(name, _)| (*name, "")))?;
    places.sort_unstable();
    let mut list = Vec::new();
    for (name, place) in places {
        list.extend_from_slice(&place.to_le_bytes());
        list.push(u8::try_from(name.len()).unwrap_or_default());
        list.extend_from_slice(name.as_bytes());
    }
    Ok(list)
}

/// Fields, found in the input: a list of names, and a text with NUL before each value and, where there is one, before the key.
pub(crate) struct Packed<'a> {
    names: &'a [u8],
    text: &'a [u8],
    /// Where each NUL stands, and the end of the text.
    marks: &'a [u32],
    key: Option<&'a [u8]>,
}

impl<'a> Packed<'a> {
    /// Finds the values. There must be as many as names, or a text holds NUL itself.
    ///
    /// `replaced` tells that U+FFFD may stand in the texts; otherwise it is the trace of half a surrogate pair.
    pub(crate) fn find(
        names: &'a [u8],
        text: &'a [u8],
        marks: &'a mut Vec<u32>,
        has_key: bool,
        replaced: bool,
    ) -> Result<Self, Error> {
        marks.clear();
        let unfit = find_marks(text, marks);
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let values = Self { names, text, marks: &[], key: None }.names().count();
        let expected = marks.len() == values.saturating_add(usize::from(has_key));
        if !expected || marks.first().is_some_and(|first| *first != 0) || (unfit && !replaced) {
            return Err(Error::new(ErrorKind::Param, "a text holds a character that no message can carry"));
        }
        marks.push(end);
        let found = Self { names, text, marks, key: None };
        let key = has_key.then(|| found.value(values)).flatten();
        Ok(Self { key, ..found })
    }

    /// The signature of the fields. `text` is where they are put together, and is wiped.
    pub(crate) fn sign(&self, sign_type: SignType, text: &mut Joined) -> Result<Signature, Error> {
        let key = self.key()?;
        self.signed_text(text);
        if text.len() > 0 {
            text.put(b"&");
        }
        let signature = Signature::of_joined(text, &key, sign_type);
        text.wipe();
        Ok(signature)
    }

    /// The string that is signed, without the key; with room for it.
    pub(crate) fn signed_text(&self, text: &mut Joined) {
        text.clear();
        text.reserve(self.names.len().saturating_add(self.text.len()).saturating_add(128));
        for (name, value) in self.fields() {
            if value.is_empty() || name == b"sign" {
                continue;
            }
            if text.len() > 0 {
                text.put(b"&");
            }
            text.put(name);
            text.put(b"=");
            text.put(value);
        }
    }

    /// Whether `sign` among the fields is the signature of the others.
    pub(crate) fn verify(&self, sign_type: SignType, text: &mut Joined) -> Result<bool, Error> {
        let given = self.fields().find(|(name, _)| *name == b"sign").map(|(_, value)| value);
        Ok(self.sign(sign_type, text)?.matches(given.unwrap_or_default()))
    }

    /// Writes the fields as XML, in their order, with `signature` as their `sign` where there is one.
    ///
    /// A value that is not plain ASCII is not repeated: NUL stands for it, and behind it its place as one byte above zero. Where that
    /// cannot be done the text is written out, and the answer is false.
    ///
    /// # Errors
    /// As [`build_xml`](crate::build_xml).
    pub(crate) fn write_xml(&self, signature: Option<&Signature>, xml: &mut Joined) -> Result<bool, Error> {
        xml.reserve(self.names.len().saturating_mul(3).saturating_add(self.text.len()).saturating_add(128));
        let mut is_short = true;
        let own = signature.map(|signature| (0, &b"sign"[..], signature.as_bytes()));
        let mut own = own.into_iter().peekable();
        xml.put(b"<xml>");
        for (place, name, value) in self.places() {
            if own.peek().is_some_and(|(_, sign, _)| name >= *sign) {
                own.by_ref().try_for_each(|(_, name, value)| write_field(xml, name, value))?;
                if name == b"sign" {
                    continue;
                }
            }
            if value.is_empty() {
                continue;
            }
            let mark = u8::try_from(place.saturating_add(1)).ok().filter(|mark| *mark < 0x80 && !value.is_ascii());
            is_short &= write_marked(xml, name, value, mark)? || value.is_ascii();
        }
        own.try_for_each(|(_, name, value)| write_field(xml, name, value))?;
        xml.put(b"</xml>");
        Ok(is_short)
    }

    /// The fields as parameters.
    pub(crate) fn params(&self) -> Result<Params<'a>, Error> {
        let pairs = self.fields().map(|(name, value)| Ok((text(name)?, text(value)?)));
        Params::from_pairs(pairs.collect::<Result<Vec<_>, Error>>()?)
    }

    fn key(&self) -> Result<Key<'a>, Error> {
        Key::borrowed(text(self.key.unwrap_or_default())?)
    }

    fn fields(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.places().map(|(_, name, value)| (name, value))
    }

    /// Place, name and value of each field, in the order in which they are signed.
    fn places(&self) -> impl Iterator<Item = (usize, &'a [u8], &'a [u8])> {
        self.names().map(|(place, name)| (place, name, self.value(place).unwrap_or_default()))
    }

    fn names(&self) -> impl Iterator<Item = (usize, &'a [u8])> + use<'a> {
        let mut rest = self.names;
        std::iter::from_fn(move || {
            let ([low, high, length], behind) = rest.split_first_chunk()?;
            let (name, behind) = behind.split_at_checked(usize::from(*length))?;
            rest = behind;
            Some((usize::from(u16::from_le_bytes([*low, *high])), name))
        })
    }

    fn value(&self, place: usize) -> Option<&'a [u8]> {
        let start = usize::try_from(*self.marks.get(place)?).ok()?;
        let end = usize::try_from(*self.marks.get(place.saturating_add(1))?).ok()?;
        self.text.get(start.saturating_add(1)..end)
    }
}

/// Text from the other side, which writes nothing but UTF-8.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(bytes)
        .map_err(|_| Error::new(ErrorKind::Internal, "the module was given bytes that are not UTF-8"))
}

/// Finds every NUL, and whether U+FFFD may stand in the text: eight bytes at a time, since nearly all of them are neither.
fn find_marks(buffer: &[u8], marks: &mut Vec<u32>) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOWS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    // A high bit where a byte is zero, and nowhere else.
    let zeros = |word: u64| !((word & LOWS).wrapping_add(LOWS) | word | LOWS);
    let is_replacement = |place: usize| buffer.get(place..).is_some_and(|rest| rest.starts_with(&[0xef, 0xbf, 0xbd]));
    let mut unfit = false;
    let mut at = 0_u32;
    let (words, rest) = buffer.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        let mut found = zeros(word);
        while found != 0 {
            marks.push(at.saturating_add(found.trailing_zeros() >> 3));
            found &= found.wrapping_sub(1);
        }
        let mut wide = zeros(word ^ (ONES.wrapping_mul(0xef)));
        while wide != 0 {
            unfit |= is_replacement(at.saturating_add(wide.trailing_zeros() >> 3) as usize);
            wide &= wide.wrapping_sub(1);
        }
        at = at.saturating_add(8);
    }
    for (offset, byte) in (at..).zip(rest) {
        match byte {
            0 => marks.push(offset),
            0xef => unfit |= is_replacement(offset as usize),
            _ => {}
        }
    }
    unfit
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "192006250b4c09247ec02edce69f6a2d";

    /// The fields in their order of arrival, with a key where there is one.
    struct Input {
        names: Vec<u8>,
        text: String,
        has_key: bool,
    }

    impl Input {
        fn new(fields: &[(&str, &str)], key: Option<&str>) -> Result<Self, Error> {
            let names: String = fields.iter().map(|(name, _)| format!("\0{name}")).collect();
            let values = fields.iter().map(|(_, value)| *value).chain(key);
            let text = values.map(|value| format!("\0{value}")).collect();
            Ok(Self { names: list_names(&names)?, text, has_key: key.is_some() })
        }

        fn with<T>(&self, run: impl FnOnce(&Packed<'_>) -> Result<T, Error>) -> Result<T, Error> {
            run(&Packed::find(&self.names, self.text.as_bytes(), &mut Vec::new(), self.has_key, false)?)
        }
    }

    const CASES: [&[(&str, &str)]; 9] = [
        &[],
        &[("a", "1")],
        &[("appid", "wx1"), ("body", "茶 & =糕"), ("total_fee", "1")],
        &[("b", "1"), ("a", "2")],
        &[("a", ""), ("b", "1")],
        &[("a", "1"), ("sign", "FF"), ("z", "<&>")],
        &[("a", "1"), ("key", "a field may have this name"), ("name_of_seventeen", "x")],
        &[("z", "茶]]>糕"), ("a", " 茶"), ("signature", "]]>")],
        &[("sign_type", "MD5"), ("sign", ""), ("si", "\u{e9}")],
    ];

    #[test]
    fn signing_packed_fields_gives_what_signing_parameters_gives() {
        let key = Key::new(KEY).unwrap();
        for fields in CASES {
            for sign_type in [SignType::Md5, SignType::HmacSha256] {
                let mut params = Params::from_pairs(fields.iter().copied()).unwrap();
                let input = Input::new(fields, Some(KEY)).unwrap();
                let signature = crate::sign(&params, &key, sign_type);
                let signed = input.with(|packed| Ok(packed.sign(sign_type, &mut Joined::new())?.as_str().to_owned()));
                assert_eq!(signed, Ok(signature.clone()), "{fields:?}");
                let text = input.with(|packed| {
                    let mut text = Joined::new();
                    packed.signed_text(&mut text);
                    Ok(String::from_utf8(text.as_bytes().to_vec()).unwrap())
                });
                assert_eq!(text, Ok(crate::signed_text(&params)), "{fields:?}");
                for (given, right) in [(signature.as_str(), true), ("", false), (&signature.to_lowercase(), false)] {
                    params.set("sign", given.to_owned()).unwrap();
                    let pairs: Vec<(&str, &str)> = params.iter().collect();
                    let input = Input::new(&pairs, Some(KEY)).unwrap();
                    assert_eq!(input.with(|packed| packed.verify(sign_type, &mut Joined::new())), Ok(right), "{given}");
                }
            }
        }
    }

    #[test]
    fn packed_fields_are_written_as_parameters_are_with_a_mark_for_what_is_not_ascii() {
        let key = Key::new(KEY).unwrap();
        for fields in CASES {
            let mut params = Params::from_pairs(fields.iter().copied()).unwrap();
            let plain = Input::new(fields, None).unwrap().with(|packed| written(packed, None, fields));
            assert_eq!(plain, Ok(crate::build_xml(&params).unwrap()), "{fields:?}");
            params.set("sign", crate::sign(&params, &key, SignType::Md5)).unwrap();
            let signed = Input::new(fields, Some(KEY)).unwrap().with(|packed| {
                let signature = packed.sign(SignType::Md5, &mut Joined::new())?;
                written(packed, Some(&signature), fields)
            });
            assert_eq!(signed, Ok(crate::build_xml(&params).unwrap()), "{fields:?}");
        }
    }

    /// The XML with the marks replaced, as the other side does it.
    fn written(packed: &Packed<'_>, signature: Option<&Signature>, fields: &[(&str, &str)]) -> Result<String, Error> {
        let mut xml = Joined::new();
        let is_short = packed.write_xml(signature, &mut xml)?;
        let mut text = String::from_utf8(xml.as_bytes().to_vec()).unwrap();
        assert_eq!(is_short, text.is_ascii(), "{text}");
        for (place, (_, value)) in (1_u8..).zip(fields) {
            text = text.replace(&format!("\0{}", char::from(place)), value);
        }
        Ok(text)
    }

    #[test]
    fn a_key_that_no_merchant_has_is_refused() {
        for key in [None, Some(""), Some("a key"), Some("键")] {
            let input = Input::new(&[("a", "1")], key).unwrap();
            let signed = input.with(|packed| packed.sign(SignType::Md5, &mut Joined::new()).map(|_| ()));
            assert_eq!(signed.unwrap_err().kind(), ErrorKind::Config, "{key:?}");
        }
    }

    #[test]
    fn packed_fields_are_the_parameters_that_they_stand_for() {
        let input = Input::new(&[("total_fee", "1"), ("body", "茶"), ("attach", "")], None).unwrap();
        let found = input.with(|packed| Ok(packed.params()?.into_owned())).unwrap();
        assert_eq!(found.iter().collect::<Vec<_>>(), [("attach", ""), ("body", "茶"), ("total_fee", "1")]);
        assert_eq!(Input::new(&[], None).unwrap().with(|packed| Ok(packed.params()?.len())), Ok(0));
    }

    #[test]
    fn a_text_that_holds_nul_or_half_a_character_is_refused() {
        for value in ["1\0x", "1\0", "\0", "\u{fffd}", "1234567\u{fffd}", "12345\u{fffd}"] {
            assert!(Input::new(&[("a", value)], None).unwrap().with(|_| Ok(())).is_err(), "{value:?}");
            assert!(Input::new(&[("a", "1")], Some(value)).unwrap().with(|_| Ok(())).is_err(), "{value:?}");
        }
        let names = list_names("\0a").unwrap();
        let mut marks = Vec::new();
        let written = Packed::find(&names, b"\0\xef\xbf\xbd", &mut marks, false, true);
        assert!(written.is_ok(), "U+FFFD that the caller wrote is a character");
        assert!(Packed::find(&names, b"x\0", &mut marks, false, false).is_err(), "text before the first mark");
    }

    #[test]
    fn a_name_that_no_element_can_have_or_that_stands_twice_is_refused() {
        for (names, field) in
            [("\0a b", "a b"), ("\0b\0a b", "a b"), ("\0", ""), ("\0a\0a", "a"), ("\0\u{fffd}", "\u{fffd}")]
        {
            assert_eq!(list_names(names).unwrap_err().field(), Some(field), "{names:?}");
        }
        let many = "\0a".repeat(65_537);
        assert_eq!(list_names(&many).unwrap_err().field(), Some("params"));
    }
}
