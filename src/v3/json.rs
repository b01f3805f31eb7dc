//! JSON of APIv3, read strictly: one meaning or an error. Unknown members are kept.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::error::{Error, ErrorKind};

/// The deepest nesting; no message of WeChat has half of it.
const DEPTH: u8 = 32;

/// The largest integer that JavaScript keeps exactly.
const SAFE: u64 = (1 << 53) - 1;

/// A JSON value. The members of an object keep their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<Text = String> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(Text),
    /// A list.
    List(Vec<Self>),
    /// An object, in which no name occurs twice.
    Object(Vec<(Text, Self)>),
}

/// A JSON number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number that is not negative.
    Whole(u64),
    /// A negative whole number.
    Negative(i64),
    /// A number with a fraction or an exponent.
    Fraction(f64),
}

impl<Text: AsRef<str>> Json<Text> {
    /// The member of this name, if this is an object that has it. `null` counts as absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members
            .iter()
            .find(|(own, _)| own.as_ref() == name)
            .map(|(_, value)| value)
            .filter(|value| !matches!(value, Self::Null))
    }

    /// The member at a path of names, such as `["amount", "total"]`.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |value, name| value.get(name))
    }

    /// The text, if this is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.as_ref()),
            _ => None,
        }
    }

    /// The integer, if this is one that is not negative and that JavaScript keeps exactly.
    #[must_use]
    pub fn integer(&self) -> Option<u64> {
        match self {
            Self::Number(Number::Whole(number)) if *number <= SAFE => Some(*number),
            _ => None,
        }
    }

    /// What kind of value it is, for errors.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// Reads a whole message. `what` names it in errors: `the notice`.
///
/// # Errors
/// `ERR_JSON` for a body that is empty, too large, not UTF-8 or not JSON. Also for trailing data, a repeated name in an object,
/// half of a surrogate pair, and more than 32 levels.
pub fn read_json(body: &[u8], most_bytes: usize, what: &str) -> Result<Json, Error> {
    read(body, most_bytes, what)
}

/// As [`read_json`], with texts of any type. With `Cow` only texts with escapes are copied, which takes half the time.
pub(crate) fn read<'a, Text>(body: &'a [u8], most_bytes: usize, what: &str) -> Result<Json<Text>, Error>
where
    Text: AsRef<str> + From<Cow<'a, str>>,
{
    let fail = |fault: String| Error::new(ErrorKind::Json, format!("{what} {fault}"));
    if body.len() > most_bytes {
        return Err(fail(format!("is larger than {most_bytes} bytes")));
    }
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(fail("is empty".to_owned()));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Depth::new(DEPTH).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| fail(format!("is not the JSON of APIv3: {error}")))
}

/// Reads a value that may nest this deep.
struct Depth<Text>(u8, PhantomData<Text>);

impl<Text> Depth<Text> {
    const fn new(levels: u8) -> Self {
        Self(levels, PhantomData)
    }

    fn inner<E: serde::de::Error>(&self) -> Result<u8, E> {
        self.0.checked_sub(1).ok_or_else(|| E::custom(format_args!("more than {DEPTH} levels")))
    }
}

impl<'de, Text: AsRef<str> + From<Cow<'de, str>>> DeserializeSeed<'de> for Depth<Text> {
    type Value = Json<Text>;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Json<Text>, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de, Text: AsRef<str> + From<Cow<'de, str>>> Visitor<'de> for Depth<Text> {
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
        while let Some(value) = list.next_element_seed(Self::new(inner))? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json<Text>, A::Error> {
        let inner = self.inner()?;
        let mut members: Vec<(Text, Json<Text>)> = Vec::new();
        while let Some(name) = object.next_key_seed(Name(PhantomData))? {
            members.push((name, object.next_value_seed(Self::new(inner))?));
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

impl serde::Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => writer.serialize_unit(),
            Self::Bool(value) => writer.serialize_bool(*value),
            Self::Number(Number::Whole(value)) => writer.serialize_u64(*value),
            Self::Number(Number::Negative(value)) => writer.serialize_i64(*value),
            Self::Number(Number::Fraction(value)) => writer.serialize_f64(*value),
            Self::Text(value) => writer.serialize_str(value),
            Self::List(values) => writer.collect_seq(values),
            Self::Object(members) => writer.collect_map(members.iter().map(|(name, value)| (name, value))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Json, Error> {
        read_json(text.as_bytes(), 10_000, "the answer")
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let deep = |levels| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&deep(32)).is_ok());
        let (deeper, flood) = (deep(33), "[".repeat(9_999));
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
        assert!(read_json(b"\"\xff\"", 100, "x").is_err(), "invalid UTF-8");
        assert!(read_json(b"{}", 1, "x").unwrap_err().message().contains("larger than 1 bytes"));
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
}
