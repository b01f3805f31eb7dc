//! The check of a request against its shape, before it is sent.

use super::form::{Field, Form, Shape};
use super::names::unknown;
use super::time::{is_date, is_time};
use crate::error::{Error, excerpt};
use crate::field::Kind;
use crate::v3::json::Json;
use crate::v3::merchant::merchant_number_fault;

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
            return Err(Error::param(&place, NULL));
        }
        check_member(field.form, value, &place)?;
    }
    let is_empty = |value: &Json| value.text() == Some("") || matches!(value, Json::List(items) if items.is_empty());
    let is_missing = |field: &&Field| field.required && value.get(field.name).is_none_or(is_empty);
    match shape.members.iter().find(is_missing) {
        Some(field) => Err(Error::param(&place(path, field.name), "is missing")),
        None => Ok(()),
    }
}

/// Refuses an empty text, which WeChat would refuse too. A required member is reported as missing before.
///
/// # Errors
/// `ERR_PARAM` with the path of the member.
pub(super) fn check_not_empty(value: &Json, path: &str) -> Result<(), Error> {
    match value {
        Json::Text(text) if text.is_empty() => Err(Error::param(path, "is empty; leave it out")),
        Json::Object(members) => {
            members.iter().try_for_each(|(name, value)| check_not_empty(value, &place(path, name)))
        }
        Json::List(items) => {
            items.iter().enumerate().try_for_each(|(index, item)| check_not_empty(item, &format!("{path}[{index}]")))
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => Ok(()),
    }
}

fn check_member(form: Form, value: &Json, place: &str) -> Result<(), Error> {
    let wrong = |what: &str| Err(Error::param(place, format_args!("is {}; it must be {what}", value.kind())));
    match form {
        Form::Object(shape) => check(shape, value, place),
        Form::List(shape) => each(value, place, |item, place| check(shape, item, place)),
        Form::ListUpTo(shape, most) => {
            if let Json::List(items) = value
                && items.len() > most
            {
                let fault = format_args!("has {} entries; at most {most} are allowed", items.len());
                return Err(Error::param(place, fault));
            }
            each(value, place, |item, place| check(shape, item, place))
        }
        Form::Words(words) => each(value, place, |item, place| {
            if item.text().is_some_and(|word| words.contains(&word)) {
                return Ok(());
            }
            Err(Error::param(place, format_args!("must be one of {}", words.join(", "))))
        }),
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
        Form::Quantity => match value.integer() {
            Some(number) if number > 0 => Ok(()),
            _ if matches!(value, Json::Number(_)) => Err(Error::param(place, "must be a whole number above zero")),
            _ => wrong("a number"),
        },
        Form::OneOf(numbers) => {
            if value.integer().is_some_and(|number| numbers.contains(&number)) {
                return Ok(());
            }
            let known: Vec<String> = numbers.iter().map(u64::to_string).collect();
            Err(Error::param(place, format_args!("must be one of the numbers {}", known.join(", "))))
        }
        Form::Text(_)
        | Form::Of(_)
        | Form::NewOrderNumber
        | Form::MerchantNumber
        | Form::Time
        | Form::Url(_)
        | Form::Secret
        | Form::Date => match value.text() {
            Some(text) => text_fault(form, text).map_or(Ok(()), |fault| Err(Error::param(place, fault))),
            None if matches!(value, Json::Number(_)) => {
                Err(Error::param(place, "is a number; pass it as text, in quotes"))
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
    if let Some(fault) = character_fault(text) {
        return Some(fault);
    }
    // An empty text is reported with its own words.
    if text.is_empty() {
        return None;
    }
    let length = text.chars().count();
    match form {
        Form::Secret if text.len() > SECRET_BYTES => Some(format!(
            "has {} bytes, and at most {SECRET_BYTES} can be encrypted; pass the plain text, it is encrypted here",
            text.len()
        )),
        Form::Text(most) if length > most => Some(format!("has {length} characters; at most {most} are allowed")),
        Form::Of(kind) => kind.fault(text),
        Form::NewOrderNumber if !(6..=32).contains(&length) => {
            Some(format!("has {length} characters; a new order needs 6 to 32"))
        }
        Form::NewOrderNumber if text.contains('@') || Kind::OrderNumber.fault(text).is_some() => {
            Some("must be 6 to 32 characters out of 0-9 A-Z a-z _ - | *".to_owned())
        }
        Form::MerchantNumber => merchant_number_fault(text),
        Form::Url(most) if length > most => Some(format!("has {length} characters; at most {most} are allowed")),
        Form::Url(_) => Kind::Url.fault(text),
        Form::Date if !is_date(text) => Some("must be a day in Beijing such as 2018-06-08".to_owned()),
        Form::Time if !is_time(text) => Some("must be a time such as 2018-06-08T10:34:56+08:00".to_owned()),
        _ => None,
    }
}

/// The longest text that an RSA key of 2048 bits encrypts with OAEP and SHA-1, in bytes.
pub const SECRET_BYTES: usize = 214;

/// The fault of a member that is null.
pub(super) const NULL: &str = "is null, which WeChat refuses; leave it out";

/// The fault of a text with a character that WeChat refuses, if any.
pub(super) fn character_fault(text: &str) -> Option<String> {
    let letter = text.chars().find(|letter| *letter > '\u{ffff}')?;
    Some(format!("contains {letter}, and WeChat refuses characters outside the BMP such as emoji; remove it"))
}

/// The place of a member in its object, for errors.
pub(super) fn place(path: &str, name: &str) -> String {
    if path.is_empty() { excerpt(name) } else { format!("{path}.{}", excerpt(name)) }
}
