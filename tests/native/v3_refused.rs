//! Refusals of APIv3: the advice by status, code and `detail`, and whether money may have moved.

use paysign::v3::{Head, Refusal, api, err_codes, refused, request_text, unknown_serial};
use paysign::{Error, Outcome};
use serde_json::{Value, json};

const SIGNED_BODY: &str = "{\"description\":\"茶\"}";

fn signed() -> String {
    request_text("POST", "/v3/pay/transactions/jsapi", 1_785_028_800, "n0nce", SIGNED_BODY)
}

fn refusal(status: u16, body: &Value) -> Error {
    let body = body.to_string();
    refused(api("jsapiOrder"), "jsapiOrder", &Refusal { status, request_id: "", body: body.as_bytes() }, &signed())
}

#[test]
fn a_401_names_the_line_that_wechat_saw_otherwise_in_both_forms_of_detail() {
    let seen = |head: &str| {
        json!({
            "method": "POST", "url": "/v3/pay/transactions/jsapi", "sign_message_length": signed().len(),
            "truncated_sign_message": format!("{head}\n{{\"descri\n"),
        })
    };
    for (head, words) in [
        ("POST\n/v3/pay/transactions/jsapi\n1785028801\nn0nce", "the timestamp 1785028801"),
        ("POST\n/v3/pay/transactions/jsapi\n1785028800\nn1nce", "the nonce n1nce"),
        ("POST\n/v3/pay/transactions/jsapi\n1785028800\nn0nce", "equal length"),
    ] {
        for detail in [
            json!({ "issue": "sign not match", "sign_information": seen(head) }),
            json!({ "detail": { "issue": "sign not match" }, "sign_information": seen(head) }),
            json!({ "detail": { "issue": "sign not match", "sign_information": seen(head) } }),
        ] {
            let error =
                refusal(401, &json!({ "code": "SIGN_ERROR", "message": "错误的签名，验签失败", "detail": detail }));
            assert!(error.message().contains(words), "{error}");
            assert!(error.message().contains("(sign not match)"), "{error}");
            let status = json!({ "code": "SIGN_ERROR", "message": "", "detail": detail });
            assert!(!refusal(400, &status).message().contains(words), "only a 401 is about the signature");
        }
    }
}

#[test]
fn the_words_of_a_message_decide_at_status_401_only() {
    let said = |status, code: &str| refusal(status, &json!({ "code": code, "message": "商户证书序列号有误" }));
    assert!(said(401, "SIGN_ERROR").message().contains("apiclient_cert.pem"));
    for status in [400, 403, 404, 429, 500, 503] {
        for (code, advice) in [("ORDER_CLOSED", "order with a new number"), ("A_NEW_CODE", "")] {
            let error = said(status, code);
            assert!(!error.message().contains("apiclient_cert.pem"), "{error}");
            assert!(error.message().contains(advice), "{error}");
        }
    }
}

#[test]
fn a_202_asks_for_the_same_request_again_and_its_outcome_is_unknown() {
    for name in ["jsapiOrder", "closeOrder", "refund", "refundQuery"] {
        for body in ["", "{}", "{\"code\":\"SYSTEM_ERROR\",\"message\":\"x\"}", "{\"code\":\"ACCEPTED\"}"] {
            let refusal = Refusal { status: 202, request_id: "08-268449538", body: body.as_bytes() };
            let error = refused(api(name), name, &refusal, "");
            assert_eq!(error.outcome(), Outcome::Unknown);
            assert!(error.message().ends_with("has not done it: repeat it with the same numbers"), "{error}");
        }
    }
}

#[test]
fn a_payer_who_enters_a_password_may_pay_yet() {
    let body = br#"{"code":"USERPAYING","message":"need password"}"#;
    let outcome = |name| {
        let error = refused(api(name), name, &Refusal { status: 400, request_id: "", body }, "");
        error.outcome()
    };
    assert_eq!([outcome("codepay"), outcome("reverse")], [Outcome::Unknown; 2]);
    assert_eq!(outcome("closeOrder"), Outcome::Rejected);
}

#[test]
fn a_refusal_that_was_cut_off_does_not_say_that_no_money_moved() {
    let whole = r#"{"code":"USERPAYING","message":"need password"}"#;
    for name in ["codepay", "reverse", "refund", "jsapiOrder", "closeOrder"] {
        for status in [400, 401, 403, 404, 405] {
            for length in 1..whole.len() {
                let body = whole.as_bytes().get(..length).unwrap_or_default();
                let error = refused(api(name), name, &Refusal { status, request_id: "", body }, "");
                let expected = match name {
                    "jsapiOrder" | "closeOrder" => Outcome::Rejected,
                    _ => Outcome::Unknown,
                };
                assert_eq!(error.outcome(), expected, "{name} {status}: {error}");
                assert!(error.message().contains(&format!("HTTP status {status};")), "{error}");
                assert_eq!(
                    error.message().contains("Correct the request"),
                    expected == Outcome::Rejected && status != 401
                );
            }
        }
    }
}

#[test]
fn the_advice_is_that_of_the_call() {
    let said = |name: &str, status: u16, code: &str| {
        let body = json!({ "code": code, "message": "x" }).to_string();
        let body = if code.is_empty() { "" } else { &body };
        let refusal = Refusal { status, request_id: "", body: body.as_bytes() };
        refused(api(name), name, &refusal, "").message().to_owned()
    };
    for (name, status, code, words) in [
        ("codepay", 500, "SYSTEM_ERROR", "call settle with isPayCode"),
        ("codepay", 500, "BANK_ERROR", "call settle with isPayCode"),
        ("codepay", 502, "", "call settle with isPayCode"),
        ("codepay", 403, "NOT_ENOUGH", "ask for another way to pay, with a new number"),
        ("refund", 403, "NOT_ENOUGH", "top up the account"),
        ("refund", 500, "SYSTEM_ERROR", "query, then repeat with the same numbers"),
        ("refundQuery", 404, "RESOURCE_NOT_EXISTS", "check the number"),
        ("certificates", 404, "RESOURCE_NOT_EXISTS", "no platform certificate"),
        ("call by path", 404, "RESOURCE_NOT_EXISTS", "for platform certificates"),
        ("tradeBill", 500, "SYSTEM_ERROR", "ask again"),
        ("certificates", 503, "", "ask again"),
        ("orderQuery", 500, "A_NEW_CODE", "ask again"),
    ] {
        let message = said(name, status, code).to_lowercase();
        assert!(message.contains(&words.to_lowercase()), "{name} {code}: {message}");
    }
    for name in ["refundQuery", "orderQuery"] {
        assert!(!said(name, 404, "RESOURCE_NOT_EXISTS").contains("certificate"), "{name}");
    }
}

#[test]
fn an_unknown_certificate_leads_to_the_list_too() {
    let head = Head { timestamp: "", nonce: "", serial: "0B47", signature: "", signature_type: "" };
    let message = unknown_serial("the notice", &head).message().to_owned();
    assert!(message.contains("wechatpayKeys") && message.contains("downloadCertificates"), "{message}");
}

#[test]
fn every_known_code_has_an_advice_of_its_own_and_is_listed_once() {
    let codes = err_codes();
    assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
    for code in ["ORDER_PAID", "ORDERPAID", "FREQUENCY_LIMITED", "RESOURCE_NOT_EXISTS"] {
        assert!(codes.contains(&code), "{code}");
    }
    let told = |code: &str| refusal(500, &json!({ "code": code, "message": "m" })).message().to_owned();
    let general = told("BRAND_NEW").replace("BRAND_NEW", "");
    for code in codes {
        assert_ne!(told(code).replace(code, ""), general, "{code}");
    }
}
