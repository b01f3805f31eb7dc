//! The reader of JSON, with limits for one message.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{Json, Number};
use crate::error::{Error, ErrorKind};

/// The deepest nesting; no message of WeChat has half of it.
const DEPTH: u8 = 16;

/// The longest name of a member, in bytes.
const NAME_BYTES: usize = 128;

/// What one message may have at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes.
    pub bytes: usize,
    /// Members of all objects and items of all lists together.
    pub members: usize,
}

impl Limits {
    /// A notice, whose ciphertext alone may have 1 MiB, and its resource.
    pub const NOTICE: Self = Self { bytes: 1_310_720, members: 4_096 };
    /// An answer.
    pub const ANSWER: Self = Self { bytes: 1 << 20, members: 4_096 };
    /// The parameters of a request, which may list 6,000 goods.
    pub const PARAMS: Self = Self { bytes: 4 << 20, members: 65_536 };
}

/// Reads a whole message. `what` names it in errors: `the notice`.
///
/// # Errors
/// `ERR_JSON` for a body that is empty, too large, not UTF-8 or not JSON. Also for trailing data, a repeated name in an object, and
/// half of a surrogate pair. Also for more than 16 levels, too many members, and a name of more than 128 bytes.
pub fn read_json(body: &[u8], limits: Limits, what: &str) -> Result<Json, Error> {
    read(body, limits, what)
}

/// As [`read_json`], with texts of any type. With `Cow` only texts with escapes are copied, which takes half the time.
pub(crate) fn read<'a, Text>(body: &'a [u8], limits: Limits, what: &str) -> Result<Json<Text>, Error>
where
    Text: AsRef<str> + From<Cow<'a, str>>,
{
    let fail = |fault: String| Error::new(ErrorKind::Json, format!("{what} {fault}"));
    if body.len() > limits.bytes {
        return Err(fail(format!("is larger than {} bytes", limits.bytes)));
    }
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(fail("is empty".to_owned()));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let left = Cell::new(limits.members);
    let value = Reader::new(DEPTH, &left).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| fail(format!("is not the JSON of APIv3: {error}")))
}

/// Reads a value.
struct Reader<'a, Text> {
    /// How deep it may nest.
    depth: u8,
    /// How many members and items the message may still have.
    left: &'a Cell<usize>,
    text: PhantomData<Text>,
}

impl<'a, Text> Reader<'a, Text> {
    const fn new(depth: u8, left: &'a Cell<usize>) -> Self {
        Self { depth, left, text: PhantomData }
    }

    fn inner<E: serde::de::Error>(&self) -> Result<u8, E> {
        self.depth.checked_sub(1).ok_or_else(|| E::custom(format_args!("more than {DEPTH} levels")))
    }

    fn count<E: serde::de::Error>(&self) -> Result<(), E> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| E::custom("too many members"))?;
        self.left.set(left);
        Ok(())
    }
}

impl<'de, Text: AsRef<str> + From<Cow<'de, str>>> DeserializeSeed<'de> for Reader<'_, Text> {
    type Value = Json<Text>;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Json<Text>, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de, Text: AsRef<str> + From<Cow<'de, str>>> Visitor<'de> for Reader<'_, Text> {
    type Value = Json<Text>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<Text>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<Text>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<Text>, E> {
        Ok(Json::Number(Number::Whole(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<Text>, E> {
        Ok(Json::Number(u64::try_from(value).map_or(Number::Negative(value), Number::Whole)))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Json<Text>, E> {
        // Whole numbers with more digits than u64 arrive here too, and have lost some.
        if value.abs() >= 9_007_199_254_740_992.0 {
            return Err(E::custom("a number with more digits than can be kept"));
        }
        Ok(Json::Number(Number::Fraction(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<Text>, E> {
        Ok(Json::Text(Text::from(Cow::Owned(value.to_owned()))))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<Text>, E> {
        Ok(Json::Text(Text::from(Cow::Borrowed(value))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json<Text>, A::Error> {
        let inner = self.inner()?;
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Self::new(inner, self.left))? {
            self.count()?;
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json<Text>, A::Error> {
        let inner = self.inner()?;
        let mut members: Vec<(Text, Json<Text>)> = Vec::new();
        while let Some(name) = object.next_key_seed(Name::<Text>(PhantomData))? {
            self.count()?;
            if name.as_ref().len() > NAME_BYTES {
                return Err(A::Error::custom(format_args!("a name of more than {NAME_BYTES} bytes")));
            }
            members.push((name, object.next_value_seed(Self::new(inner, self.left))?));
        }
        if has_twice(&members) {
            return Err(A::Error::custom("a name occurs twice in an object"));
        }
        Ok(Json::Object(members))
    }
}

/// An object with this many members is sorted to find a name that occurs twice. In a smaller one each pair is compared.
const MANY: usize = 24;

fn has_twice<Text: AsRef<str>>(members: &[(Text, Json<Text>)]) -> bool {
    let names = || members.iter().map(|(name, _)| name.as_ref());
    if members.len() < MANY {
        return names().enumerate().any(|(at, name)| names().take(at).any(|other| other == name));
    }
    let mut sorted: Vec<&str> = names().collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair.first() == pair.last())
}

/// Reads the name of a member.
struct Name<Text>(PhantomData<Text>);

impl<'de, Text: From<Cow<'de, str>>> DeserializeSeed<'de> for Name<Text> {
    type Value = Text;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Text, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de, Text: From<Cow<'de, str>>> Visitor<'de> for Name<Text> {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, value: &str) -> Result<Text, E> {
        Ok(Text::from(Cow::Owned(value.to_owned())))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Text, E> {
        Ok(Text::from(Cow::Borrowed(value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Json, Error> {
        read_json(text.as_bytes(), Limits::ANSWER, "the answer")
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let deep = |levels| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&deep(16)).is_ok());
        let (deeper, flood) = (deep(17), "[".repeat(9_999));
        for (text, why) in [
            ("", "empty"),
            (" \n", "empty"),
            ("{\"a\":1,\"a\":1}", "twice"),
            ("{\"a\":1,\"\\u0061\":2}", "twice"),
            ("{}{}", "trailing"),
            ("{} x", "trailing"),
            ("\"\\ud800\"", ""),
            ("\"\\ud800a\"", ""),
            ("\"\\udc00a\"", ""),
            ("{'a':1}", ""),
            ("{\"a\":1,}", ""),
            ("[1,]", ""),
            ("01", ""),
            ("+1", ""),
            ("NaN", ""),
            ("\"\n\"", "control"),
            ("123456789012345678901234567890", "digits"),
            ("\u{feff}{}", ""),
            (&deeper, "levels"),
            (&flood, "levels"),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Json, "{text}");
            assert!(error.message().contains(why), "{text}: {error}");
        }
        assert!(read_json(b"\"\xff\"", Limits::ANSWER, "x").is_err(), "invalid UTF-8");
        let one = Limits { bytes: 1, ..Limits::ANSWER };
        assert!(read_json(b"{}", one, "x").unwrap_err().message().contains("larger than 1 bytes"));
    }

    #[test]
    fn integers_keep_their_value_and_unknown_members_their_place() {
        let json = read("{\"b\":9007199254740993,\"a\":{\"n\":-1,\"f\":1.5,\"s\":\"茶😀\",\"z\":null}}").unwrap();
        assert_eq!(json.get("b"), Some(&Json::Number(Number::Whole(9_007_199_254_740_993))));
        assert_eq!(json.get("b").and_then(Json::integer), None, "JavaScript would change it");
        assert_eq!(json.at(&["a", "s"]).and_then(Json::text), Some("茶😀"));
        assert_eq!(json.at(&["a", "z"]), None, "null counts as absent");
        let again = serde_json::to_string(&json).unwrap();
        assert_eq!(again, "{\"b\":9007199254740993,\"a\":{\"n\":-1,\"f\":1.5,\"s\":\"茶😀\",\"z\":null}}");
    }

    #[test]
    fn members_and_items_are_counted_together_in_the_whole_message() {
        let items = |count| format!("[{}]", vec!["0"; count].join(","));
        let members = |count| {
            let members: Vec<String> = (0..count).map(|at| format!("\"{at}\":[{{\"a\":1}}]")).collect();
            format!("{{{}}}", members.join(","))
        };
        for text in [items(4_096), members(1_365)] {
            assert!(read(&text).is_ok());
        }
        for text in [items(4_097), members(1_366)] {
            assert!(read(&text).unwrap_err().message().contains("too many members"));
            assert!(read_json(text.as_bytes(), Limits::PARAMS, "params").is_ok());
        }
    }

    #[test]
    fn a_name_has_at_most_128_bytes() {
        let named = |name: String| read(&format!("{{\"a\":[{{\"{name}\":1}}]}}"));
        assert!(named("n".repeat(128)).is_ok());
        for name in ["n".repeat(129), "茶".repeat(43)] {
            assert!(named(name).unwrap_err().message().contains("a name of more than 128 bytes"));
        }
    }
}
