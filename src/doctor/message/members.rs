//! The members of a JSON text as the fields of a message.

use super::json::Json;
use super::style::Style;

impl Json {
    /// The members as names and values. A nested value is written without blanks; `null` is an empty text.
    pub(super) fn fields(self) -> Vec<(String, String)> {
        match self {
            Self::Object(members) => match <[_; 1]>::try_from(members) {
                Ok([(name, inner @ Self::Object(_))]) if matches!(name.as_str(), "xml" | "root") => inner.fields(),
                Ok([member]) => vec![field(member)],
                Err(members) => members.into_iter().map(field).collect(),
            },
            Self::List(items) => items.into_iter().next().map(Self::fields).unwrap_or_default(),
            _ => Vec::new(),
        }
    }
}

fn field((name, value): (String, Json)) -> (String, String) {
    let text = match value {
        Json::Raw(raw) if raw == "null" => String::new(),
        Json::Raw(text) | Json::Text(text) => text,
        // Readers of XML make a list of each element.
        Json::List(items) if matches!(items.as_slice(), [Json::Text(_)]) => {
            return field((name, items.into_iter().next().unwrap_or(Json::Raw(String::new()))));
        }
        nested => nested.written(Style::COMPACT),
    };
    (name, text)
}
