//! JSON of APIv3, read strictly: one meaning or an error. Unknown members are kept.

mod read;

pub(crate) use read::read;
pub use read::{Limits, read_json};

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

    /// The member at a path of names with points, such as `amount.total`.
    pub(crate) fn find(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |value, name| value.get(name))
    }

    /// The text or the number at such a path. An empty text counts as absent.
    pub(crate) fn value_at(&self, path: &str) -> Option<String> {
        let value = self.find(path)?;
        let text = value.text().map(str::to_owned).or_else(|| value.integer().map(|number| number.to_string()))?;
        (!text.is_empty()).then_some(text)
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
