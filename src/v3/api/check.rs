//! The check of a request against its shape, before it is sent.

use super::form::{Field, Form, Shape};
use super::time::{is_date, is_time};
use crate::error::{Error, excerpt};
use crate::field::Kind;
use crate::v3::json::Json;

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

fn check_member(form: Form, value: &Json, place: &str) -> Result<(), Error> {
    let wrong = |what: &str| Err(Error::param(place, format_args!("is {}; it must be {what}", value.kind())));
    match form {
        Form::Object(shape) => check(shape, value, place),
        Form::List(shape) => each(value, place, |item, place| check(shape, item, place)),
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
        Form::Text(_) | Form::Of(_) | Form::NewOrderNumber | Form::Time | Form::Url | Form::Secret | Form::Date => {
            match value.text() {
                Some(text) => text_fault(form, text).map_or(Ok(()), |fault| Err(Error::param(place, fault))),
                None if matches!(value, Json::Number(_)) => {
                    Err(Error::param(place, "is a number; give it as text, in quotes"))
                }
                None => wrong("text"),
            }
        }
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
    // An empty text of a required member is reported as missing.
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
        Form::Url if length > 255 => Some("has more than 255 characters".to_owned()),
        Form::Url => Kind::Url.fault(text),
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

/// Why a name is not taken: WeChat refuses requests with members that it does not know.
fn unknown(shape: &Shape, name: &str) -> String {
    let near = shape.members.iter().map(|field| field.name).find(|known| is_near(known, name));
    match near {
        Some(known) => format!("is not a parameter of WeChat; did you mean {known}?"),
        None => match V2_NAMES.iter().find(|(old, _)| *old == name) {
            Some((_, new)) => format!("is a name of APIv2; in APIv3 it is {new}"),
            None => "is not a parameter of WeChat; leave it out, or send it with call(method, path, body)".to_owned(),
        },
    }
}

/// Names of APIv2, and those of APIv3 for the same.
const V2_NAMES: &[(&str, &str)] = &[
    ("body", "description"),
    ("total_fee", "amount.total"),
    ("refund_fee", "amount.refund"),
    ("fee_type", "amount.currency"),
    ("refund_fee_type", "amount.currency"),
    ("openid", "payer.openid"),
    ("spbill_create_ip", "scene_info.payer_client_ip"),
    ("device_info", "scene_info.device_id"),
    ("refund_desc", "reason"),
    ("sub_openid", "payer.sub_openid"),
    ("auth_code", "payer.auth_code"),
];

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
