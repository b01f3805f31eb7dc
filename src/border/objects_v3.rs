//! Requests of APIv3 as serde sees them, on their way to JavaScript objects.

use serde::Serialize;

use crate::v3::Request;

/// A request as data.
#[derive(Serialize)]
pub(crate) struct RequestObject<'a> {
    method: &'static str,
    path: &'a str,
    body: &'a str,
    /// The texts to encrypt, in the order of their marks in the body.
    secrets: &'a [String],
    repeatable: bool,
    /// Places and values that the answer must repeat.
    asked: &'a [(String, String)],
}

impl<'a> RequestObject<'a> {
    pub(crate) fn new(request: &'a Request) -> Self {
        let Request { method, path, body, secrets, repeatable, asked } = request;
        Self { method, path, body, secrets, repeatable: *repeatable, asked }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_has_its_secrets_and_its_places_and_values_as_pairs() {
        let asked = vec![("out_trade_no".to_owned(), "a1".to_owned())];
        let secrets = vec!["张三".to_owned()];
        let request =
            Request { method: "GET", path: "/v3/x".to_owned(), body: String::new(), secrets, repeatable: true, asked };
        assert_eq!(
            serde_json::to_value(RequestObject::new(&request)).unwrap(),
            json!({ "method": "GET", "path": "/v3/x", "body": "", "secrets": ["张三"], "repeatable": true, "asked": [["out_trade_no", "a1"]] })
        );
    }
}
