//! `complete`: a good answer is read whole, and the outcomes "rejected" and "unknown" are never confused.

use paysign::{CloseOrderAnswer, ERR_CODES, OrderQueryAnswer, Outcome, SignType, UnifiedOrderAnswer, err_code};
use serde::Deserialize;

use crate::calls::{call, calls, judged};
use crate::support::{BOTH, Fields, KEY, fields, merchant, signed_by, with, without, xml};

/// The failures in the manual, from `failures.json`.
#[derive(Deserialize)]
struct Failures {
    codes: Vec<Code>,
    apis: Vec<Page>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
    outcome: String,
    says: String,
}

#[derive(Deserialize)]
struct Page {
    api: String,
    err_codes: Vec<String>,
}

fn failures() -> Failures {
    let documented: Failures = serde_json::from_str(include_str!("../vectors/failures.json")).unwrap();
    let (codes, pages) = (documented.codes.len(), documented.apis.len());
    assert!(codes > 40 && pages >= 10, "only {codes} codes and {pages} pages were read");
    for Page { api, err_codes } in &documented.apis {
        assert!(!err_codes.is_empty(), "the page of {api} lists nothing");
    }
    documented
}

#[test]
fn a_good_answer_of_every_api_is_read_with_every_field() {
    for call in calls() {
        for sign_type in BOTH {
            let answer = signed_by(&call.answer, KEY, sign_type);
            let body = xml(&answer);
            let read = call.complete(sign_type, body.as_bytes()).unwrap();
            let read: Fields = read.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            assert_eq!(read, answer, "{}", call.api.name);
        }
    }
}

#[test]
fn typed_answers_have_numbers_as_numbers() {
    let merchant = merchant(SignType::HmacSha256);
    let body = |name: &str| xml(&signed_by(&call(name).answer, KEY, SignType::HmacSha256));
    let request = |name: &str| call(name).prepare(SignType::HmacSha256).unwrap();

    let order =
        UnifiedOrderAnswer::complete(&request("unifiedOrder"), &merchant, body("unifiedOrder").as_bytes()).unwrap();
    assert_eq!(order.prepay_id, "wx201411101639507cbf6ffd8b0779950874");
    let query = OrderQueryAnswer::complete(&request("orderQuery"), &merchant, body("orderQuery").as_bytes()).unwrap();
    assert_eq!((query.total_fee, query.cash_fee, query.coupon_count), (Some(88), Some(80), Some(1)));
    assert_eq!((query.fee_type, query.settlement_total_fee), (None, None));
    assert_eq!(query.fields.get("unknown_to_us"), Some("<&>"));
    let closed = CloseOrderAnswer::complete(&request("closeOrder"), &merchant, body("closeOrder").as_bytes()).unwrap();
    assert_eq!(closed.result_msg.as_deref(), Some("OK"));
}

#[test]
fn a_trade_state_is_data_and_no_error() {
    let query = call("orderQuery");
    for state in
        ["SUCCESS", "REFUND", "NOTPAY", "CLOSED", "REVOKED", "USERPAYING", "ACCEPT", "PAYERROR", "SOMETHING_NEW"]
    {
        assert_eq!(query.judge(&with(&query.answer, &[("trade_state", state)])).0, "accepted", "{state}");
    }
    // An unpaid order has neither amounts nor a number of WeChat's.
    let paid_only =
        ["total_fee", "cash_fee", "coupon_fee", "coupon_count", "coupon_id_0", "openid", "bank_type", "time_end"];
    let unpaid = with(&without(&query.answer, &paid_only), &[("trade_state", "NOTPAY")]);
    assert_eq!(query.judge(&unpaid).0, "accepted");
}

#[test]
fn a_refusal_of_the_gateway_is_rejected_and_passes_on_its_reason_alone() {
    for call in calls() {
        for said in ["签名错误", "XML格式错误", "缺少参数", ""] {
            let body = xml(&fields(&[("return_code", "FAIL"), ("return_msg", said)]));
            let error = call.complete(SignType::Md5, body.as_bytes()).unwrap_err();
            let name = call.api.name;
            assert_eq!((error.kind().code(), error.outcome()), ("ERR_REFUSED", Outcome::Rejected), "{name}: {said}");
            let reason = Some(said).filter(|said| !said.is_empty());
            assert_eq!((error.return_msg(), error.field(), error.err_code()), (reason, None, None), "{name}");
        }
        let bare = call.judge_body(b"<xml><return_code>FAIL</return_code></xml>");
        assert_eq!(bare.0, "ERR_REFUSED", "{}", call.api.name);
    }
}

#[test]
fn the_text_of_a_refusal_is_cut_and_cannot_control_a_terminal() {
    let said = format!("line\n&#x202e;\u{85}\u{9b}31m{}", "很".repeat(1000));
    let body = format!("<xml><return_code>FAIL</return_code><return_msg>{said}</return_msg></xml>");
    let error = call("orderQuery").complete(SignType::Md5, body.as_bytes()).unwrap_err();
    for shown in [error.to_string(), format!("{error:?}"), error.return_msg().unwrap().to_owned()] {
        assert!(shown.chars().count() < 400, "{shown}");
        assert!(!shown.chars().any(|one| one.is_control() || one == '\u{202e}'), "{shown}");
        assert!(shown.contains("很很很"), "{shown}");
    }
}

#[test]
fn a_refusal_in_other_members_keeps_wechats_words_and_is_uncertain_where_money_moves() {
    let moving = ["refund", "reverse", "micropay"];
    for call in calls() {
        let name = call.api.name;
        for (members, words, code) in [
            (&[("retmsg", "参数错误"), ("retcode", "1")][..], Some("参数错误"), Some("1")),
            (&[("error_code", "CERT_ERROR"), ("error_msg", "证书验证失败")], Some("证书验证失败"), Some("CERT_ERROR")),
            (
                &[("return_msg", "x"), ("result_code", "FAIL"), ("err_code", "PARAM_ERROR")],
                Some("x"),
                Some("PARAM_ERROR"),
            ),
            (&[("return_msg", "x"), ("appid", "wx1"), ("mch_id", "1")], Some("x"), None),
        ] {
            let body = xml(&fields(&[&[("return_code", "FAIL")], members].concat()));
            let error = call.complete(SignType::Md5, body.as_bytes()).unwrap_err();
            assert_eq!(
                (error.kind().code(), error.return_msg(), error.err_code()),
                ("ERR_REFUSED", words, code),
                "{name}: {body}"
            );
            let outcome = if moving.contains(&name) { Outcome::Unknown } else { Outcome::Rejected };
            assert_eq!(error.outcome(), outcome, "{name}: {body}");
        }
    }
}

#[test]
fn an_answer_that_states_a_result_is_no_refusal() {
    for call in calls() {
        for (name, value) in [
            ("result_code", "SUCCESS"),
            ("trade_state", "NOTPAY"),
            ("prepay_id", "wx1"),
            ("sign", "9A0A8659F005D6984697E2CA0A9CF3B7"),
            ("__proto__", "1"),
            ("Return_code", "SUCCESS"),
        ] {
            let refusal = fields(&[("return_code", "FAIL"), ("return_msg", "x"), (name, value)]);
            let judgement = call.judge_body(xml(&refusal).as_bytes());
            assert_eq!(judgement, judged("ERR_SIGNATURE", name), "{}", call.api.name);
        }
        // A signature changes nothing: such an answer has nothing to verify.
        let signed = call.judge(&with(&call.answer, &[("return_code", "FAIL")]));
        assert_eq!((signed.0, signed.2), ("ERR_SIGNATURE", "unknown"), "{}", call.api.name);
        let empty = fields(&[("return_code", "FAIL"), ("return_msg", "x"), ("prepay_id", "")]);
        assert_eq!(call.judge_body(xml(&empty).as_bytes()).0, "ERR_REFUSED", "an empty field says nothing");
    }
}

#[test]
fn a_failed_call_keeps_wechats_code_and_says_whether_money_may_have_moved() {
    let documented = failures();
    let known: Vec<(&str, &str)> =
        documented.codes.iter().map(|row| (row.code.as_str(), row.outcome.as_str())).collect();
    let unknown = ["", "SOMETHING_NEW", "systemerror", "ORDERNOTEXIST ", "toString", "__proto__"];
    let unknown = unknown.map(|code| (code, "unknown"));
    for call in calls() {
        for (code, outcome) in known.iter().copied().chain(unknown) {
            let failed = with(&call.answer, &[("result_code", "FAIL"), ("err_code", code), ("err_code_des", "原因")]);
            let body = xml(&signed_by(&failed, KEY, SignType::Md5));
            let error = call.complete(SignType::Md5, body.as_bytes()).unwrap_err();
            let name = call.api.name;
            assert_eq!((error.kind().code(), error.outcome().as_str()), ("ERR_FAILED", outcome), "{name}: {code}");
            assert_eq!(
                (error.err_code(), error.err_code_des()),
                (Some(code).filter(|code| !code.is_empty()), Some("原因")),
                "{name}"
            );
            assert_eq!(err_code(code).is_some(), known.iter().any(|(known, _)| *known == code), "{code}");
        }
    }
}

#[test]
fn every_documented_code_has_its_meaning_in_two_languages_its_outcome_and_what_to_do() {
    let documented = failures();
    for Code { code, outcome, says } in &documented.codes {
        let row = err_code(code).unwrap_or_else(|| panic!("{code} is missing"));
        assert_eq!(row.outcome.as_str(), outcome, "{code}");
        assert!(row.advice.contains(says.as_str()), "{code}: {}", row.advice);
        assert!(row.meaning.is_ascii() && row.meaning.contains(' '), "{code}: {}", row.meaning);
        let chinese = row.meaning_zh.chars().filter(|character| ('\u{4e00}'..='\u{9fff}').contains(character)).count();
        assert!(chinese >= 2, "{code}: {}", row.meaning_zh);
    }
    for Page { api, err_codes } in &documented.apis {
        assert!(paysign::api(api).is_some(), "{api}");
        for code in err_codes {
            assert!(documented.codes.iter().any(|row| row.code == *code), "{api}: {code}");
        }
    }
    for row in ERR_CODES {
        assert!(documented.codes.iter().any(|known| known.code == row.code), "{}: no page names it", row.code);
    }
}

#[test]
fn a_failed_call_is_believed_only_when_it_is_signed() {
    for call in calls() {
        let failed = with(&call.answer, &[("result_code", "FAIL"), ("err_code", "ORDERNOTEXIST")]);
        let other = signed_by(&failed, crate::support::OTHER_KEY, SignType::HmacSha256);
        for (what, body) in [("unsigned", xml(&failed)), ("signed by another", xml(&other))] {
            assert_eq!(call.judge_body(body.as_bytes()), judged("ERR_SIGNATURE", "sign"), "{} {what}", call.api.name);
        }
    }
}
