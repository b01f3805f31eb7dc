//! Parameters as they cross the border: their names as a list that is made once for each kind of message, their values one behind the
//! other as JavaScript has them, in UTF-16.

use std::ops::Range;

use super::names::{MOST_PARAMS, count_names, each_name};
use super::{caller_bug, text};
use crate::buffer::{Buffer, InvalidCharacter};
use crate::error::{Error, ErrorKind};
use crate::v2::key::Key;
use crate::v2::sign::{SignType, Signature};
use crate::v2::xml::{write_field, write_marked};

/// Parameters, put together as they are signed.
pub(crate) struct Packed<'a> {
    names: &'a [u8],
    /// `&name=value` for each field that is signed, by name; then `&key=` and the key where there is one; then the value of `sign`.
    text: &'a [u8],
    /// Where each value stands in the text, in the order in which they are signed.
    values: &'a [Range<usize>],
    /// Where the fields end.
    fields: usize,
    /// Where the key stands.
    key: Option<Range<usize>>,
}

impl<'a> Packed<'a> {
    /// Puts the values together, as UTF-8. `ends` are where each ends among the units, then where the key does if there is one.
    ///
    /// # Errors
    /// `ERR_PARAM` with the field whose value no message can carry, `ERR_CONFIG` where it is the key.
    pub(crate) fn find(
        names: &'a [u8],
        units: &[u8],
        ends: &[u32],
        has_key: bool,
        Scratch { text, values }: &'a mut Scratch,
    ) -> Result<Self, Error> {
        text.clear();
        text.reserve(units.len().saturating_mul(2).saturating_add(names.len()).saturating_add(128));
        values.clear();
        let count = count_names(names);
        let all = count.saturating_add(usize::from(has_key));
        let ends = ends.get(..all).ok_or_else(caller_bug)?;
        let end = |place: usize| ends.get(place).and_then(|end| usize::try_from(*end).ok()?.checked_mul(2));
        if all.checked_sub(1).map_or(Some(0), end) != Some(units.len()) || count > MOST_PARAMS {
            return Err(caller_bug());
        }
        let value = |place: usize| {
            let begin = place.checked_sub(1).map_or(Some(0), end)?;
            units.get(begin..end(place)?)
        };
        let put = |text: &mut Buffer, place: usize, value: &[u8]| {
            let start = text.len();
            text.put_utf16(value).map_err(|unfit| unfit_error(names, place, unfit))?;
            Ok(start..text.len())
        };
        let mut sign = None;
        for (order, name) in each_name(names).enumerate() {
            let value = value(name.place).ok_or_else(caller_bug)?;
            if value.is_empty() {
                values.push(0..0);
            } else if name.name() == b"sign" {
                sign = Some((order, name.place, value));
                values.push(0..0);
            } else {
                name.put(text);
                values.push(put(text, name.place, value)?);
            }
        }
        let fields = text.len();
        let mut key = None;
        if has_key {
            text.put(b"&key=");
            key = Some(put(text, count, value(count).ok_or_else(caller_bug)?)?);
        }
        if let Some((order, place, value)) = sign
            && let Some(range) = values.get_mut(order)
        {
            *range = put(text, place, value)?;
        }
        Ok(Self { names, text: text.as_bytes(), values, fields, key })
    }

    /// The signature of the fields.
    pub(crate) fn sign(&self, sign_type: SignType) -> Result<Signature, Error> {
        let place = self.key.clone().unwrap_or_default();
        let signed = self.text.get(1..place.end).unwrap_or_default();
        let key = Key::borrowed(text(self.text.get(place).unwrap_or_default())?)?;
        Ok(Signature::of_text(signed, &key, sign_type))
    }

    /// The string that is signed, without the key.
    pub(crate) fn signed_text(&self) -> &'a [u8] {
        self.text.get(1..self.fields).unwrap_or_default()
    }

    /// Whether `sign` among the fields is the signature of the others.
    pub(crate) fn verify(&self, sign_type: SignType) -> Result<bool, Error> {
        let given = self.places().find(|(_, name, _)| *name == b"sign").map(|(.., value)| value);
        Ok(self.sign(sign_type)?.matches(given.unwrap_or_default()))
    }

    /// Writes the fields as XML, in their order, with `signature` as their `sign` where there is one.
    ///
    /// A value that is not plain ASCII is not repeated: NUL stands for it, and behind it its place as one byte above zero. Where that
    /// cannot be done the text is written out, and the answer is false.
    ///
    /// # Errors
    /// As [`build_xml`](crate::build_xml).
    pub(crate) fn write_xml(&self, signature: Option<&Signature>, xml: &mut Buffer) -> Result<bool, Error> {
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

    /// Place of arrival, name and value of each field, in the order in which they are signed.
    fn places(&self) -> impl Iterator<Item = (usize, &'a [u8], &'a [u8])> {
        let values = self.values.iter().map(|value| self.text.get(value.clone()).unwrap_or_default());
        each_name(self.names).zip(values).map(|(name, value)| (name.place, name.name(), value))
    }
}

/// Where the values are put together. It outlives the calls, so that none has to ask for memory; whoever has put a key in wipes it.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(crate) text: Buffer,
    values: Vec<Range<usize>>,
}

impl Scratch {
    pub(crate) const fn new() -> Self {
        Self { text: Buffer::new(), values: Vec::new() }
    }
}

fn unfit_error(names: &[u8], place: usize, unfit: InvalidCharacter) -> Error {
    let what = match unfit {
        InvalidCharacter::Nul => "holds a NUL character, which no message can carry",
        InvalidCharacter::HalfPair => "holds half of a surrogate pair, which is no character",
    };
    match each_name(names).find(|name| name.place == place) {
        Some(name) => Error::param(&String::from_utf8_lossy(name.name()), what),
        None => Error::of_field(
            ErrorKind::Config,
            "key",
            "the merchant key holds a character that no key has; copy it again from the merchant platform",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::list_names;
    use super::*;
    use crate::v2::params::Params;

    const KEY: &str = "192006250b4c09247ec02edce69f6a2d";

    /// The fields in their order of arrival, with a key where there is one.
    struct Input {
        names: Vec<u8>,
        units: Vec<u16>,
        ends: Vec<u32>,
        has_key: bool,
    }

    impl Input {
        fn new(fields: &[(&str, &str)], key: Option<&str>) -> Result<Self, Error> {
            let names: String = fields.iter().map(|(name, _)| format!("\0{name}")).collect();
            let values: Vec<Vec<u16>> =
                fields.iter().map(|(_, value)| *value).chain(key).map(|value| value.encode_utf16().collect()).collect();
            let ends = (1..=values.len()).map(|count| u32::try_from(values[..count].concat().len()).unwrap()).collect();
            Ok(Self { names: list_names(&names)?, units: values.concat(), ends, has_key: key.is_some() })
        }

        fn with<T>(&self, run: impl FnOnce(&Packed<'_>) -> Result<T, Error>) -> Result<T, Error> {
            let units: Vec<u8> = self.units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            run(&Packed::find(&self.names, &units, &self.ends, self.has_key, &mut Scratch::new())?)
        }
    }

    const CASES: [&[(&str, &str)]; 10] = [
        &[],
        &[("a", "1")],
        &[("appid", "wx1"), ("body", "茶 & =糕"), ("total_fee", "1")],
        &[("b", "1"), ("a", "2")],
        &[("a", ""), ("b", "1")],
        &[("a", "1"), ("sign", "FF"), ("z", "<&>")],
        &[("a", "1"), ("key", "a field may have this name"), ("name_of_seventeen", "x")],
        &[("z", "茶]]>糕"), ("a", " 茶"), ("signature", "]]>")],
        &[("sign_type", "MD5"), ("sign", ""), ("si", "\u{e9}")],
        &[("a_name_that_is_longer_than_any_block_of_thirty_two", "x"), ("exactly_thirty_characters_long", "y")],
    ];

    #[test]
    fn signing_packed_fields_gives_what_signing_parameters_gives() {
        let key = Key::new(KEY).unwrap();
        for fields in CASES {
            for sign_type in [SignType::Md5, SignType::HmacSha256] {
                let mut params = Params::from_pairs(fields.iter().copied()).unwrap();
                let input = Input::new(fields, Some(KEY)).unwrap();
                let signature = crate::sign(&params, &key, sign_type);
                let signed = input.with(|packed| Ok(packed.sign(sign_type)?.as_str().to_owned()));
                assert_eq!(signed, Ok(signature.clone()), "{fields:?}");
                let text = input.with(|packed| Ok(String::from_utf8(packed.signed_text().to_vec()).unwrap()));
                assert_eq!(text, Ok(crate::signed_text(&params)), "{fields:?}");
                for (given, right) in [(signature.as_str(), true), ("", false), (&signature.to_lowercase(), false)] {
                    params.set("sign", given.to_owned()).unwrap();
                    let pairs: Vec<(&str, &str)> = params.iter().collect();
                    let input = Input::new(&pairs, Some(KEY)).unwrap();
                    assert_eq!(input.with(|packed| packed.verify(sign_type)), Ok(right), "{given}");
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
                let signature = packed.sign(SignType::Md5)?;
                written(packed, Some(&signature), fields)
            });
            assert_eq!(signed, Ok(crate::build_xml(&params).unwrap()), "{fields:?}");
        }
    }

    /// The XML with the marks replaced, as the other side does it.
    fn written(packed: &Packed<'_>, signature: Option<&Signature>, fields: &[(&str, &str)]) -> Result<String, Error> {
        let mut xml = Buffer::new();
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
            let signed = input.with(|packed| packed.sign(SignType::Md5).map(|_| ()));
            assert_eq!(signed.unwrap_err().kind(), ErrorKind::Config, "{key:?}");
        }
    }

    #[test]
    fn a_value_that_no_message_can_carry_is_named() {
        for value in ["1\0x", "1\0", "\0", "12345678\0"] {
            let error = Input::new(&[("b", value), ("a", "1")], Some(KEY)).unwrap().with(|_| Ok(())).unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Param, Some("b")), "{value:?}");
            let error = Input::new(&[("a", "1")], Some(value)).unwrap().with(|_| Ok(())).unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("key")), "{value:?}");
        }
        let mut halved = Input::new(&[("b", "x"), ("a", "1")], Some(KEY)).unwrap();
        halved.units[0] = 0xd83d;
        assert_eq!(halved.with(|_| Ok(())).unwrap_err().field(), Some("b"));
        assert!(Input::new(&[("a", "\u{fffd}")], Some(KEY)).unwrap().with(|_| Ok(())).is_ok());
    }

    #[test]
    fn ends_that_do_not_fit_the_text_are_refused() {
        for ends in [&[1, 32][..], &[1, 34], &[0, 0], &[34, 33], &[1], &[], &[u32::MAX, 33]] {
            let mut input = Input::new(&[("a", "1")], Some(KEY)).unwrap();
            input.ends = ends.to_vec();
            assert_eq!(input.with(|_| Ok(())).unwrap_err().kind(), ErrorKind::Internal, "{ends:?}");
        }
    }
}
