//! The check of a body that no declaration describes, before it is sent.

use super::check::{NULL, character_fault, place};
use crate::error::Error;
use crate::v3::json::{Json, Limits, read_json};

/// Checks the JSON of a body: an object, without `null` and without characters outside the BMP. WeChat refuses both in every request.
///
/// # Errors
/// `ERR_PARAM` with the path of the member, such as `a.b[0]`. The path is `body` for a text that is not the JSON of an object.
pub fn check_body(text: &str) -> Result<(), Error> {
    let body =
        read_json(text.as_bytes(), Limits::PARAMS, "body").map_err(|error| Error::param("body", error.message()))?;
    if matches!(body, Json::Object(_)) {
        return check_value(&body, "");
    }
    Err(Error::param("body", format_args!("is {}; it must be an object", body.kind())))
}

fn check_value(value: &Json, path: &str) -> Result<(), Error> {
    let fail = |path: &str, fault: String| Err(Error::param(path, fault));
    match value {
        Json::Null => fail(path, NULL.to_owned()),
        Json::Text(text) => character_fault(text).map_or(Ok(()), |fault| fail(path, fault)),
        Json::List(items) => {
            items.iter().enumerate().try_for_each(|(index, item)| check_value(item, &format!("{path}[{index}]")))
        }
        Json::Object(members) => members.iter().try_for_each(|(name, value)| {
            let path = place(path, name);
            character_fault(name).map_or(Ok(()), |fault| fail(&path, fault))?;
            check_value(value, &path)
        }),
        Json::Bool(_) | Json::Number(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_an_object_without_null_and_without_characters_outside_the_bmp() {
        for text in ["{}", r#"{"a":{"b":[1,-1.5,true,"茶\uffff",{}]},"a.b":""}"#, r#" {"名":[[]]} "#] {
            assert!(check_body(text).is_ok(), "{text}");
        }
        for (text, field, words) in [
            (r#"{"a":null}"#, "a", "is null"),
            (r#"{"a":{"b":[null]}}"#, "a.b[0]", "is null"),
            (r#"{"a":[[1,{"c":null}]]}"#, "a[0][1].c", "is null"),
            (r#"{"a":{"b":["x","茶😀"]}}"#, "a.b[1]", "BMP"),
            (r#"{"a":"\ud83d\ude00"}"#, "a", "BMP"),
            (r#"{"a":{"😀":1}}"#, "a.😀", "BMP"),
            (r#"{"b":{"😀":null}}"#, "b.😀", "BMP"),
            ("[1]", "body", "is a list; it must be an object"),
            ("null", "body", "is null; it must be an object"),
            ("\"a\"", "body", "is text; it must be an object"),
            ("", "body", "is empty"),
            ("{\"a\":1,\"a\":2}", "body", "twice"),
            ("{\"a\":\"\\ud83d\"}", "body", "not the JSON"),
        ] {
            let error = check_body(text).unwrap_err();
            assert_eq!((error.kind().code(), error.field()), ("ERR_PARAM", Some(field)), "{text}: {error}");
            assert!(error.message().contains(words), "{text}: {error}");
        }
    }
}
