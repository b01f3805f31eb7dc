//! The forms of members, and the shapes of objects.

use crate::field::Kind;

/// What a member may be.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Text with a limit of characters.
    Text(usize),
    /// Text of one of the kinds that both API generations have.
    Of(Kind),
    /// The shop's number of a new order: 6 to 32 characters out of `0-9 A-Z a-z _ - | *`.
    NewOrderNumber,
    /// Text that is sent encrypted. A caller passes it plain.
    Secret,
    /// A day in Beijing: `yyyy-MM-dd`.
    Date,
    /// A time of RFC 3339, such as `2018-06-08T10:34:56+08:00`.
    Time,
    /// A merchant number: 1 to 32 digits.
    MerchantNumber,
    /// A URL without a query, with a limit of characters.
    Url(usize),
    /// An amount in fen above zero.
    Amount,
    /// A whole number from zero on.
    Count,
    /// A whole number from one on.
    Quantity,
    /// One of these numbers.
    OneOf(&'static [u64]),
    /// `true` or `false`.
    Bool,
    /// An object.
    Object(&'static Shape),
    /// A list of objects.
    List(&'static Shape),
    /// A list of objects, with a limit of entries.
    ListUpTo(&'static Shape, usize),
    /// A list of these words.
    Words(&'static [&'static str]),
}

/// An object: its members and their sentences.
#[derive(Debug)]
pub struct Shape {
    /// The name in Rust and TypeScript.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Its members.
    pub members: &'static [Field],
}

impl Shape {
    /// The member of this name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&'static Field> {
        self.members.iter().find(|field| field.name == name)
    }
}

/// A member of an object.
#[derive(Debug)]
pub struct Field {
    /// WeChat's name.
    pub name: &'static str,
    /// What it may be.
    pub form: Form,
    /// Whether it has to be there.
    pub required: bool,
    /// What it means.
    pub about: &'static str,
}

/// A type that has a shape.
pub trait Shaped {
    /// The shape.
    const SHAPE: &'static Shape;
}

/// How a Rust type says whether a member must be there.
pub trait Member {
    /// Whether the member has to be there.
    const REQUIRED: bool;
    /// Whether nothing is sent for it.
    fn is_absent(&self) -> bool {
        false
    }
}

impl Member for String {
    const REQUIRED: bool = true;
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Member for u64 {
    const REQUIRED: bool = true;
}

impl<T> Member for Option<T> {
    const REQUIRED: bool = false;
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Member for Vec<T> {
    const REQUIRED: bool = false;
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// A list that has to be there, with at least one item.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(transparent)]
pub struct Needed<T>(pub Vec<T>);

impl<T> Member for Needed<T> {
    const REQUIRED: bool = true;
}
