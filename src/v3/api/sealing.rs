//! Sensitive members: what a request has to encrypt, and where an answer has something to decrypt.

use super::form::{Form, Shape};
use crate::v3::json::Json;

/// The place of an encrypted text in the JSON of a request. No member can have it: WeChat refuses characters outside the BMP.
pub const SECRET_MARK: char = '\u{10ffff}';

/// Moves the sensitive texts out of an object, and puts a mark in the place of each.
pub(super) fn taken_out(shape: &Shape, value: &mut Json, secrets: &mut Vec<String>) {
    let Json::Object(members) = value else { return };
    for (name, value) in members {
        match (shape.member(name).map(|field| field.form), value) {
            (Some(Form::Secret), Json::Text(text)) => {
                secrets.push(std::mem::replace(text, SECRET_MARK.to_string()));
            }
            (Some(Form::Object(inner)), value) => taken_out(inner, value, secrets),
            (Some(Form::List(inner) | Form::ListUpTo(inner, _)), Json::List(items)) => {
                items.iter_mut().for_each(|item| taken_out(inner, item, secrets));
            }
            _ => {}
        }
    }
}

/// The places of encrypted texts in an answer, such as `download_bill_list/0/encrypt_key`.
#[must_use]
pub fn secret_places(shape: &Shape, answer: &Json) -> Vec<String> {
    let mut places = Vec::new();
    put_places(shape, answer, "", &mut places);
    places
}

fn put_places(shape: &Shape, value: &Json, path: &str, places: &mut Vec<String>) {
    for field in shape.members {
        let Some(value) = value.get(field.name) else { continue };
        let place = [path, field.name].concat();
        match (field.form, value) {
            (Form::Secret, Json::Text(_)) => places.push(place),
            (Form::Object(inner), value) => put_places(inner, value, &(place + "/"), places),
            (Form::List(inner) | Form::ListUpTo(inner, _), Json::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    put_places(inner, item, &format!("{place}/{index}/"), places);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v3::api::form::Field;
    use crate::v3::json::{Limits, read_json};

    const fn field(name: &'static str, form: Form) -> Field {
        Field { name, form, required: false, about: "" }
    }

    const RECEIVER: &Shape = &Shape {
        name: "Receiver",
        about: "",
        members: &[field("account", Form::Text(64)), field("name", Form::Secret)],
    };
    const SHARE: &Shape = &Shape {
        name: "Share",
        about: "",
        members: &[field("name", Form::Text(64)), field("receivers", Form::List(RECEIVER))],
    };

    #[test]
    fn secrets_inside_lists_are_taken_out_in_their_order_and_named_by_their_places() {
        let text = r#"{"name":"plain","receivers":[{"account":"a","name":"张三"},{"account":"b"},{"name":"李四"}]}"#;
        let given = read_json(text.as_bytes(), Limits::PARAMS, "the test").unwrap();
        assert_eq!(secret_places(SHARE, &given), ["receivers/0/name", "receivers/2/name"]);
        let (mut sealed, mut secrets) = (given, Vec::new());
        taken_out(SHARE, &mut sealed, &mut secrets);
        assert_eq!(secrets, ["张三", "李四"]);
        let mark = SECRET_MARK.to_string();
        let marked = text.replace("张三", &mark).replace("李四", &mark);
        assert_eq!(serde_json::to_string(&sealed).unwrap(), marked);
    }
}
