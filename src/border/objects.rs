//! Requests and answers as serde sees them, on their way to JavaScript objects.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::field::integer;
use crate::v2::api::{Base, Declaration, Family, Field, Reads, Request, numbers};
use crate::v2::params::Params;

/// A request as data.
#[derive(serde::Serialize)]
pub(crate) struct RequestObject<'a> {
    path: &'static str,
    base: &'static str,
    body: &'a str,
    certificate: bool,
    repeatable: bool,
    reads: &'static str,
    /// Names and values that the answer must repeat.
    asked: &'a [(String, String)],
}

impl<'a> RequestObject<'a> {
    pub(crate) fn new(api: &Declaration, request: &'a Request) -> Self {
        let Request { path, body, certificate, repeatable, asked } = request;
        let base = match api.base {
            Base::Pay => "pay",
            Base::Sandbox => "sandbox",
        };
        let reads = match api.reads {
            Reads::Fields => "fields",
            Reads::Bill => "a bill",
            Reads::Comments => "comments",
        };
        Self { path, base, body, certificate: *certificate, repeatable: *repeatable, reads, asked }
    }
}

/// A judged answer.
#[cfg(any(test, feature = "calls"))]
#[derive(serde::Serialize)]
pub(crate) struct AnswerObject<'a> {
    pub(crate) typed: TypedMembers<'a>,
    /// Every field. They are pairs: as a member of a plain object, `__proto__` would be lost.
    pub(crate) fields: Vec<(&'a str, &'a str)>,
}

/// The documented members of an answer whose names end with `suffix`, as numbers, texts and lists.
pub(crate) struct TypedMembers<'a> {
    pub(crate) members: &'a [Field],
    pub(crate) families: &'a [Family],
    pub(crate) answer: &'a Params<'a>,
    pub(crate) suffix: String,
}

impl Serialize for TypedMembers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        for member in self.members {
            let text = self.answer.text(&[member.name, &self.suffix].concat());
            // Below 2^53, as the field's form was checked.
            match integer(text).filter(|_| member.kind.is_integer()) {
                _ if text.is_empty() => {}
                Some(number) => object.serialize_entry(member.name, &number)?,
                None => object.serialize_entry(member.name, text)?,
            }
        }
        for Family { name, item } in self.families {
            let number = |number| Self {
                members: item.members,
                families: item.families,
                answer: self.answer,
                suffix: format!("{}_{number}", self.suffix),
            };
            let items: Vec<Self> = numbers(item, self.answer, &self.suffix).into_iter().map(number).collect();
            object.serialize_entry(name, &items)?;
        }
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::v2::api::api;

    fn typed(api_name: &str, pairs: &[(&str, &str)]) -> serde_json::Value {
        let declaration = api(api_name).unwrap();
        let answer = Params::from_pairs(pairs.iter().copied()).unwrap();
        let typed = TypedMembers {
            members: declaration.answer,
            families: declaration.families,
            answer: &answer,
            suffix: String::new(),
        };
        let fields = answer.iter().collect();
        serde_json::to_value(AnswerObject { typed, fields }).unwrap()
    }

    #[test]
    fn numbers_are_numbers_absent_members_are_left_out_and_every_field_is_a_pair() {
        let answer =
            typed("orderQuery", &[("total_fee", "88"), ("out_trade_no", "1"), ("attach", ""), ("__proto__", "x")]);
        assert_eq!(answer["typed"], json!({ "total_fee": 88, "out_trade_no": "1", "coupons": [] }));
        assert_eq!(
            answer["fields"],
            json!([["__proto__", "x"], ["attach", ""], ["out_trade_no", "1"], ["total_fee", "88"]])
        );
    }

    #[test]
    fn a_request_has_the_fields_that_the_answer_must_repeat_as_pairs() {
        let request = Request {
            path: "/pay/orderquery",
            body: "<xml></xml>".to_owned(),
            certificate: false,
            repeatable: true,
            asked: vec![("out_trade_no".to_owned(), "1".to_owned())],
        };
        assert_eq!(
            serde_json::to_value(RequestObject::new(api("orderQuery").unwrap(), &request)).unwrap(),
            json!({
                "path": "/pay/orderquery", "base": "pay", "body": "<xml></xml>", "certificate": false, "repeatable": true, "reads": "fields",
                "asked": [["out_trade_no", "1"]]
            })
        );
    }

    #[test]
    fn numbered_fields_become_lists_and_lists_within_them() {
        let answer = typed(
            "refundQuery",
            &[
                ("refund_id_0", "a"),
                ("refund_fee_0", "9007199254740991"),
                ("coupon_refund_id_0_0", "c"),
                ("refund_id_1", "b"),
            ],
        );
        let refunds = &answer["typed"]["refunds"];
        assert_eq!((&refunds[0]["refund_id"], &refunds[1]["refund_id"]), (&json!("a"), &json!("b")));
        assert_eq!(refunds[0]["refund_fee"], json!(9_007_199_254_740_991_u64));
        assert_eq!(refunds[0]["coupons"][0]["coupon_refund_id"], json!("c"));
        assert_eq!(refunds[1]["coupons"], json!([]));
    }
}
