//! Parameters on their way into wasm: a cached list of names for each kind of message, and values as UTF-16.

use std::ops::Range;

use super::names::{count_names, each_name};
use super::{caller_bug, text};
use crate::buffer::{Buffer, InvalidCharacter};
use crate::error::{Error, ErrorKind};
use crate::shared_numbers::MOST_PARAMS;
use crate::v2::key::Key;
use crate::v2::sign::{SignType, Signature, is_signed, put_signed_text};
use crate::v2::xml::{Element, write_xml};

/// The parameters of one message, and the key if it is to be signed.
pub(crate) struct WireParams<'a> {
    /// The list that [`list_names`](super::names::list_names) made.
    names: &'a [u8],
    /// The values in their order of arrival, then the key, as UTF-8.
    text: &'a [u8],
    /// The range of each value in the text, then that of the key.
    ranges: &'a [Range<usize>],
}

impl<'a> WireParams<'a> {
    /// Converts the values to UTF-8. `ends[i]` is the end of value *i* in UTF-16 units; one more end follows for a key.
    ///
    /// # Errors
    /// `ERR_PARAM` with the field whose value no message can carry, `ERR_CONFIG` for such a key.
    pub(crate) fn read(
        names: &'a [u8],
        units: &[u8],
        ends: &[u32],
        has_key: bool,
        Scratch { text, ranges }: &'a mut Scratch,
    ) -> Result<Self, Error> {
        text.clear();
        ranges.clear();
        let count = count_names(names);
        let ends = ends.get(..count.saturating_add(usize::from(has_key))).ok_or_else(caller_bug)?;
        if count > MOST_PARAMS {
            return Err(caller_bug());
        }
        let mut start = 0_usize;
        for (place, end) in ends.iter().enumerate() {
            let end = usize::try_from(*end).ok().and_then(|end| end.checked_mul(2)).ok_or_else(caller_bug)?;
            let value = units.get(start..end).ok_or_else(caller_bug)?;
            let begin = text.len();
            text.put_utf16(value).map_err(|invalid| invalid_error(names, place, invalid))?;
            ranges.push(begin..text.len());
            start = end;
        }
        if start == units.len() { Ok(Self { names, text: text.as_bytes(), ranges }) } else { Err(caller_bug()) }
    }

    /// Signs the fields. `work` is scratch space.
    pub(crate) fn sign(&self, sign_type: SignType, work: &mut Buffer) -> Result<Signature, Error> {
        Ok(Signature::of(self.fields(), &self.key()?, sign_type, work))
    }

    /// Appends the string that is signed, without the key.
    pub(crate) fn put_signed_text(&self, output: &mut Buffer) {
        put_signed_text(self.fields(), output);
    }

    /// Whether `sign` among the fields is the signature of the others. `work` is scratch space.
    pub(crate) fn verify(&self, sign_type: SignType, work: &mut Buffer) -> Result<bool, Error> {
        Ok(is_signed(self.fields(), &self.key()?, sign_type, work))
    }

    /// Writes the fields as XML by name in byte order, with `signature` as their `sign` if there is one.
    ///
    /// The caller has each value, so a value that is not ASCII is written as a mark: `[NUL][place, from 1, one byte]`.
    /// Returns false if such a value was written out all the same; then the output is not ASCII.
    ///
    /// # Errors
    /// As [`build_xml`](crate::build_xml).
    pub(crate) fn write_xml(&self, signature: Option<&Signature>, xml: &mut Buffer) -> Result<bool, Error> {
        xml.reserve(self.names.len().saturating_mul(3).saturating_add(self.text.len()).saturating_add(128));
        let mut own = signature.map(|signature| Element { name: b"sign", value: signature.as_bytes(), mark: None });
        let is_signed = own.is_some();
        let mut fields = self.elements().filter(|field| !is_signed || field.name != b"sign").peekable();
        let in_order = std::iter::from_fn(|| match fields.peek() {
            Some(next) if own.as_ref().is_none_or(|own| next.name < own.name) => fields.next(),
            _ => own.take().or_else(|| fields.next()),
        });
        write_xml(in_order, xml)
    }

    fn key(&self) -> Result<Key<'a>, Error> {
        let range = self.ranges.get(count_names(self.names)).cloned().unwrap_or_default();
        Key::borrowed(text(self.text.get(range).unwrap_or_default())?)
    }

    fn value(&self, place: usize) -> &'a [u8] {
        self.ranges.get(place).and_then(|range| self.text.get(range.clone())).unwrap_or_default()
    }

    /// Names and values by name in byte order.
    fn fields(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone {
        each_name(self.names).map(|listed| (listed.name, self.value(listed.place)))
    }

    fn elements(&self) -> impl Iterator<Item = Element<'a>> {
        each_name(self.names).map(|listed| {
            let value = self.value(listed.place);
            // A mark is one byte of ASCII, so only the first 127 values can have one. A later value is written out.
            let mark = (!value.is_ascii()).then(|| u8::try_from(listed.place.saturating_add(1)).unwrap_or(u8::MAX));
            Element { name: listed.name, value, mark }
        })
    }
}

/// Memory that is kept between calls. A caller that passed a key wipes the text.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(crate) text: Buffer,
    ranges: Vec<Range<usize>>,
}

impl Scratch {
    pub(crate) const fn new() -> Self {
        Self { text: Buffer::new(), ranges: Vec::new() }
    }
}

fn invalid_error(names: &[u8], place: usize, invalid: InvalidCharacter) -> Error {
    let what = match invalid {
        InvalidCharacter::Nul => "contains a NUL character, which is not allowed; remove it",
        InvalidCharacter::HalfPair => {
            "contains half of a surrogate pair, which is not a character; check how the text was cut"
        }
    };
    match each_name(names).find(|listed| listed.place == place) {
        Some(listed) => Error::param(&String::from_utf8_lossy(listed.name), what),
        None => Error::of_field(
            ErrorKind::Config,
            "key",
            "the merchant key has a character that is not allowed in a key; copy it again from the merchant platform",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::list_names;
    use super::*;
    use crate::v2::params::Params;

    const KEY: &str = "192006250b4c09247ec02edce69f6a2d";

    /// The fields in their order of arrival, with a key if there is one.
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

        fn with<T>(&self, run: impl FnOnce(&WireParams<'_>) -> Result<T, Error>) -> Result<T, Error> {
            let units: Vec<u8> = self.units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            run(&WireParams::read(&self.names, &units, &self.ends, self.has_key, &mut Scratch::new())?)
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
    fn packed_fields_are_signed_as_parameters_are() {
        let key = Key::new(KEY).unwrap();
        for fields in CASES {
            for sign_type in [SignType::Md5, SignType::HmacSha256] {
                let mut params = Params::from_pairs(fields.iter().copied()).unwrap();
                let input = Input::new(fields, Some(KEY)).unwrap();
                let signature = crate::sign(&params, &key, sign_type);
                let signed = input.with(|params| Ok(params.sign(sign_type, &mut Buffer::new())?.as_str().to_owned()));
                assert_eq!(signed, Ok(signature.clone()), "{fields:?}");
                let text = input.with(|params| {
                    let mut text = Buffer::new();
                    params.put_signed_text(&mut text);
                    Ok(String::from_utf8(text.as_bytes().to_vec()).unwrap())
                });
                assert_eq!(text, Ok(crate::signed_text(&params)), "{fields:?}");
                for (given, right) in [(signature.as_str(), true), ("", false), (&signature.to_lowercase(), false)] {
                    params.set("sign", given.to_owned()).unwrap();
                    let pairs: Vec<(&str, &str)> = params.iter().collect();
                    let input = Input::new(&pairs, Some(KEY)).unwrap();
                    assert_eq!(input.with(|params| params.verify(sign_type, &mut Buffer::new())), Ok(right), "{given}");
                }
            }
        }
    }

    #[test]
    fn packed_fields_are_written_as_parameters_are_with_a_mark_for_what_is_not_ascii() {
        let key = Key::new(KEY).unwrap();
        for fields in CASES {
            let mut params = Params::from_pairs(fields.iter().copied()).unwrap();
            let plain = Input::new(fields, None).unwrap().with(|params| written(params, None, fields));
            assert_eq!(plain, Ok(crate::build_xml(&params).unwrap()), "{fields:?}");
            params.set("sign", crate::sign(&params, &key, SignType::Md5)).unwrap();
            let signed = Input::new(fields, Some(KEY)).unwrap().with(|params| {
                let signature = params.sign(SignType::Md5, &mut Buffer::new())?;
                written(params, Some(&signature), fields)
            });
            assert_eq!(signed, Ok(crate::build_xml(&params).unwrap()), "{fields:?}");
        }
    }

    /// The XML with the marks replaced, as the other side does it.
    fn written(
        params: &WireParams<'_>,
        signature: Option<&Signature>,
        fields: &[(&str, &str)],
    ) -> Result<String, Error> {
        let mut xml = Buffer::new();
        let is_short = params.write_xml(signature, &mut xml)?;
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
            let signed = input.with(|params| params.sign(SignType::Md5, &mut Buffer::new()).map(|_| ()));
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
