//! The texts of APIv3 against those that WeChat's pages print, and the declarations of all its APIs.

use std::collections::BTreeSet;

use paysign::v3::{self, Form, Shape};
use serde_json::Value;

pub fn published() -> Value {
    serde_json::from_str(include_str!("../vectors/v3_published.json")).unwrap()
}

#[cfg(feature = "aws-lc")]
pub fn vectors_made() -> Value {
    serde_json::from_str(include_str!("../vectors/v3_made.json")).unwrap()
}

pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

#[test]
fn the_text_of_a_request_is_the_one_that_the_page_prints() {
    let published = published();
    let mut compared = 0;
    for case in published["rsa_sign"].as_array().unwrap() {
        let message = text(case, "message");
        let lines: Vec<&str> = message.splitn(5, '\n').collect();
        let made = match lines.as_slice() {
            [method @ ("GET" | "POST"), path, timestamp, nonce, body] => {
                let body = body.strip_suffix('\n').unwrap();
                v3::request_text(method, path, timestamp.parse().unwrap(), nonce, body)
            }
            [app_id, timestamp, nonce, package, ""] => v3::payment_text(app_id, timestamp, nonce, package),
            other => panic!("{other:?}"),
        };
        assert_eq!(made, message, "{}", text(case, "name"));
        compared += 1;
    }
    assert_eq!(compared, 6);
}

#[test]
fn the_text_of_an_answer_is_the_one_that_the_page_prints() {
    for case in published()["answer_verify"].as_array().unwrap() {
        let headers = &case["headers"];
        let made = v3::answer_text(
            text(headers, "Wechatpay-Timestamp"),
            text(headers, "Wechatpay-Nonce"),
            text(case, "body").as_bytes(),
        );
        assert_eq!(made, text(case, "message").as_bytes());
    }
}

#[test]
fn every_api_and_every_member_is_described_and_every_name_occurs_once() {
    fn check(shape: &Shape) {
        assert!(!shape.about.trim().is_empty(), "{}", shape.name);
        let names: BTreeSet<&str> = shape.members.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), shape.members.len(), "{}", shape.name);
        for field in shape.members {
            assert!(!field.about.trim().is_empty(), "{}.{}", shape.name, field.name);
            if let Form::Object(inner) | Form::List(inner) | Form::ListUpTo(inner, _) = field.form {
                check(inner);
            }
        }
    }
    assert!(v3::ALL.len() >= 5);
    for api in v3::documentation() {
        assert!(api.page.starts_with("https://pay.weixin.qq.com/"), "{}", api.title);
        assert_eq!(v3::api(api.declaration.name).map(|found| found.name), Some(api.declaration.name));
        check(api.declaration.request);
        check(api.declaration.answer);
    }
}
