//! The forms of members, and the check of a request against its shape before it is sent.

use crate::error::{Error, excerpt};
use crate::field::Kind;
use crate::v3::json::Json;

/// What a member may be.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Text with a limit of characters.
    Text(usize),
    /// Text of one of the kinds that both API generations have.
    Of(Kind),
    /// The shop's number of a new order: one character of APIv2 would be too few.
    NewOrderNumber,
    /// A time of RFC 3339, such as `2018-06-08T10:34:56+08:00`.
    Time,
    /// A URL without a query of at most 255 characters.
    Url,
    /// An amount in fen above zero.
    Amount,
    /// A whole number from zero on.
    Count,
    /// `true` or `false`.
    Bool,
    /// An object.
    Object(&'static Shape),
    /// A list of objects.
    List(&'static Shape),
    /// A list of texts, each with this limit of characters.
    Texts(usize),
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

/// Checks an object of a request. `path` is its place in the request, empty for the request itself.
///
/// # Errors
/// `ERR_PARAM` with the path of the member, such as `amount.total`.
pub(super) fn check(shape: &Shape, value: &Json, path: &str) -> Result<(), Error> {
    let Json::Object(members) = value else {
        let name = if path.is_empty() { "params" } else { path };
        return Err(Error::param(name, format_args!("is {}; it must be an object", value.kind())));
    };
    for (name, value) in members {
        let place = place(path, name);
        let Some(field) = shape.member(name) else {
            return Err(Error::param(&place, unknown(shape, name)));
        };
        if *value == Json::Null {
            return Err(Error::param(&place, "is null, which WeChat refuses; leave it out"));
        }
        check_member(field.form, value, &place)?;
    }
    let is_missing =
        |field: &&Field| field.required && value.get(field.name).is_none_or(|value| value.text() == Some(""));
    match shape.members.iter().find(is_missing) {
        Some(field) => Err(Error::param(&place(path, field.name), "is missing")),
        None => Ok(()),
    }
}

fn check_member(form: Form, value: &Json, place: &str) -> Result<(), Error> {
    let wrong = |what: &str| Err(Error::param(place, format_args!("is {}; it must be {what}", value.kind())));
    match form {
        Form::Object(shape) => check(shape, value, place),
        Form::List(shape) => each(value, place, |item, place| check(shape, item, place)),
        Form::Texts(most) => each(value, place, |item, place| check_member(Form::Text(most), item, place)),
        Form::Bool => {
            if matches!(value, Json::Bool(_)) {
                Ok(())
            } else {
                wrong("true or false")
            }
        }
        Form::Amount => match value.integer() {
            Some(fen) if fen > 0 => Ok(()),
            _ if matches!(value, Json::Number(_)) => {
                Err(Error::param(place, "must be a whole number of fen above zero; 1.00 yuan is 100"))
            }
            _ => wrong("a number, in fen"),
        },
        Form::Count => match value.integer() {
            Some(_) => Ok(()),
            None if matches!(value, Json::Number(_)) => Err(Error::param(place, "must be a whole number from zero on")),
            None => wrong("a number"),
        },
        Form::Text(_) | Form::Of(_) | Form::NewOrderNumber | Form::Time | Form::Url => match value.text() {
            Some(text) => text_fault(form, text).map_or(Ok(()), |fault| Err(Error::param(place, fault))),
            None if matches!(value, Json::Number(_)) => {
                Err(Error::param(place, "is a number; give it as text, in quotes"))
            }
            None => wrong("text"),
        },
    }
}

fn each(value: &Json, place: &str, check: impl Fn(&Json, &str) -> Result<(), Error>) -> Result<(), Error> {
    let Json::List(items) = value else {
        return Err(Error::param(place, format_args!("is {}; it must be a list", value.kind())));
    };
    items.iter().enumerate().try_for_each(|(index, item)| check(item, &format!("{place}[{index}]")))
}

/// The fault of a text of this form, if any.
fn text_fault(form: Form, text: &str) -> Option<String> {
    if let Some(letter) = text.chars().find(|letter| *letter > '\u{ffff}') {
        return Some(format!(
            "contains {letter}, and WeChat refuses characters outside the BMP such as emoji; remove it"
        ));
    }
    // An empty text of a required member is reported as missing.
    if text.is_empty() {
        return None;
    }
    let length = text.chars().count();
    match form {
        Form::Text(most) if length > most => Some(format!("has {length} characters; at most {most} are allowed")),
        Form::Of(kind) => kind.fault(text),
        Form::NewOrderNumber if length < LEAST_OF_NUMBER => {
            Some(format!("has {length} characters; a new order needs {LEAST_OF_NUMBER} to 32"))
        }
        Form::NewOrderNumber => Kind::OrderNumber.fault(text),
        Form::Url if length > 255 => Some("has more than 255 characters".to_owned()),
        Form::Url => Kind::Url.fault(text),
        Form::Time if !is_time(text) => Some("must be a time such as 2018-06-08T10:34:56+08:00".to_owned()),
        _ => None,
    }
}

/// The fewest characters of a new order's number.
const LEAST_OF_NUMBER: usize = 6;

/// `yyyy-MM-ddTHH:mm:ss`, an optional fraction, and `Z` or an offset (RFC 3339).
fn is_time(text: &str) -> bool {
    let Some((moment, rest)) = text.split_at_checked(19) else { return false };
    let has_form = moment.bytes().zip(*b"dddd-dd-ddTdd:dd:dd").all(|(byte, form)| match form {
        b'd' => byte.is_ascii_digit(),
        _ => byte == form,
    });
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|digit: char| digit.is_ascii_digit()),
        None => rest,
    };
    let is_offset = |zone: &str| {
        zone.len() == 6
            && zone.bytes().zip(*b"+dd:dd").all(|(byte, form)| match form {
                b'd' => byte.is_ascii_digit(),
                b'+' => matches!(byte, b'+' | b'-'),
                _ => byte == form,
            })
    };
    has_form && (zone == "Z" || is_offset(zone))
}

fn place(path: &str, name: &str) -> String {
    if path.is_empty() { excerpt(name) } else { format!("{path}.{}", excerpt(name)) }
}

/// Why a name is not taken: WeChat refuses requests with members that it does not know.
fn unknown(shape: &Shape, name: &str) -> String {
    let near = shape.members.iter().map(|field| field.name).find(|known| is_near(known, name));
    match near {
        Some(known) => format!("is not a parameter of WeChat; did you mean {known}?"),
        None => "is not a parameter of WeChat; leave it out, or send it with call(method, path, body)".to_owned(),
    }
}

/// Whether two names differ by their case, their underscores, or by one letter.
fn is_near(known: &str, name: &str) -> bool {
    let plain = |text: &str| {
        text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect::<Vec<_>>()
    };
    let (known, name) = (plain(known), plain(name));
    let same = known.iter().zip(&name).take_while(|(one, other)| one == other).count();
    let tail = known.iter().rev().zip(name.iter().rev()).take_while(|(one, other)| one == other).count();
    let longest = known.len().max(name.len());
    same.saturating_add(tail).saturating_add(1) >= longest && longest > 2 && known.len().abs_diff(name.len()) <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_that_of_rfc_3339() {
        for text in ["2018-06-08T10:34:56+08:00", "2018-06-08T10:34:56Z", "2018-06-08T10:34:56.120-08:00"] {
            assert!(is_time(text), "{text}");
        }
        for text in [
            "",
            "20180608103456",
            "2018-06-08 10:34:56",
            "2018-06-08T10:34:56",
            "2018-06-08T10:34:56+0800",
            "2018-06-08T10:34:56Zx",
        ] {
            assert!(!is_time(text), "{text}");
        }
    }

    #[test]
    fn a_misspelt_name_is_near_to_the_right_one() {
        for (known, name) in [
            ("out_trade_no", "outTradeNo"),
            ("out_trade_no", "out_trade_n"),
            ("mchid", "mch_id"),
            ("total", "totl"),
            ("total", "totel"),
        ] {
            assert!(is_near(known, name), "{name}");
        }
        for (known, name) in [("appid", "openid_"), ("total", "amount"), ("id", "ix")] {
            assert!(!is_near(known, name), "{name}");
        }
    }
}
