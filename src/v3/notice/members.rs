//! Members of a resource, of the type that WeChat documents.

use crate::error::Error;
use crate::field::Kind;
use crate::v3::json::Json;

pub(super) fn text_of<'a, Text: AsRef<str>>(
    resource: &'a Json<Text>,
    path: &[&str],
    kind: Kind,
) -> Result<&'a str, Error> {
    let name = || path.join(".");
    let value = resource.at(path).ok_or_else(|| Error::mismatch(&name(), "is missing from the notice"))?;
    let text = value.text().ok_or_else(|| not_text(path, value))?;
    kind.fault(text).map_or(Ok(text), |fault| Err(Error::mismatch(&name(), fault)))
}

/// A member of another type must not count as absent: an absent one has a meaning of its own.
pub(super) fn optional_text_of<Text: AsRef<str>>(resource: &Json<Text>, path: &[&str]) -> Result<(), Error> {
    match resource.at(path) {
        Some(value) if value.text().is_none() => Err(not_text(path, value)),
        _ => Ok(()),
    }
}

fn not_text<Text: AsRef<str>>(path: &[&str], value: &Json<Text>) -> Error {
    Error::mismatch(&path.join("."), format_args!("is {}, not text", value.kind()))
}

pub(super) fn amount_of<Text: AsRef<str>>(resource: &Json<Text>, name: &str) -> Result<(), Error> {
    let fail = |fault: &str| Err(Error::mismatch(&format!("amount.{name}"), fault));
    match resource.at(&["amount", name]).map(Json::integer) {
        Some(Some(fen)) if fen > 0 => Ok(()),
        Some(_) => fail("must be a whole number of fen above zero"),
        None => fail("is missing from the notice"),
    }
}
