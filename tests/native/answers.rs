//! `complete`: a good answer is read whole, and the sentences "not paid" and "failed" are told apart from "unknown".

use paysign::{CloseOrderAnswer, ERR_CODES, OrderQueryAnswer, Outcome, SignType, UnifiedOrderAnswer, err_code};

use crate::calls::{call, calls, judged};
use crate::support::{BOTH, Fields, KEY, fields, merchant, signed_by, with, without, xml};

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
fn typed_answers_hold_numbers_as_numbers() {
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
            assert_eq!((error.kind().code(), error.outcome()), ("ERR_REFUSED", Outcome::Rejected));
            assert_eq!((error.return_msg(), error.field(), error.err_code()), (Some(said), None, None));
        }
        assert_eq!(call.judge_body(b"<xml><return_code>FAIL</return_code></xml>").0, "ERR_REFUSED");
    }
}

#[test]
fn what_a_refusal_says_is_cut_and_cannot_write_into_a_terminal() {
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
fn a_refusal_with_anything_more_in_it_is_no_refusal() {
    for call in calls() {
        for (name, value) in [
            ("result_code", "SUCCESS"),
            ("trade_state", "NOTPAY"),
            ("err_code", "ORDERNOTEXIST"),
            ("prepay_id", "wx1"),
            ("sign", "9A0A8659F005D6984697E2CA0A9CF3B7"),
            ("__proto__", "1"),
            ("Return_code", "SUCCESS"),
        ] {
            let refusal = fields(&[("return_code", "FAIL"), ("return_msg", "x"), (name, value)]);
            assert_eq!(call.judge_body(xml(&refusal).as_bytes()), judged("ERR_SIGNATURE", name));
        }
        // Not even a signature helps: there is nothing that such an answer could tell.
        let signed = call.judge(&with(&call.answer, &[("return_code", "FAIL")]));
        assert_eq!((signed.0, signed.2), ("ERR_SIGNATURE", "unknown"));
        let empty = fields(&[("return_code", "FAIL"), ("return_msg", "x"), ("prepay_id", "")]);
        assert_eq!(call.judge_body(xml(&empty).as_bytes()).0, "ERR_REFUSED", "an empty field says nothing");
    }
}

#[test]
fn a_failed_call_keeps_wechats_code_and_tells_whether_money_may_have_moved() {
    let known = [
        ("SYSTEMERROR", "unknown"),
        ("BANKERROR", "unknown"),
        ("USERPAYING", "unknown"),
        ("ORDERPAID", "unknown"),
        ("ERROR", "unknown"),
        ("TRADE_STATE_ERROR", "unknown"),
        ("ORDERNOTEXIST", "rejected"),
        ("ORDERCLOSED", "rejected"),
        ("OUT_TRADE_NO_USED", "rejected"),
        ("INVALID_REQUEST", "rejected"),
        ("PARAM_ERROR", "rejected"),
        ("LACK_PARAMS", "rejected"),
        ("NOAUTH", "rejected"),
        ("NOTENOUGH", "rejected"),
        ("APPID_NOT_EXIST", "rejected"),
        ("MCHID_NOT_EXIST", "rejected"),
        ("APPID_MCHID_NOT_MATCH", "rejected"),
        ("SIGNERROR", "rejected"),
        ("XML_FORMAT_ERROR", "rejected"),
        ("REQUIRE_POST_METHOD", "rejected"),
        ("POST_DATA_EMPTY", "rejected"),
        ("NOT_UTF8", "rejected"),
        ("BIZERR_NEED_RETRY", "unknown"),
        ("FREQUENCY_LIMITED", "rejected"),
        ("INVALID_REQ_TOO_MUCH", "rejected"),
        ("TRADE_OVERDUE", "rejected"),
        ("USER_ACCOUNT_ABNORMAL", "rejected"),
        ("REFUND_FEE_MISMATCH", "rejected"),
        ("ORDER_NOT_READY", "rejected"),
        ("INVALID_TRANSACTIONID", "rejected"),
        ("REFUNDNOTEXIST", "rejected"),
        ("AUTHCODEEXPIRE", "rejected"),
        ("AUTH_CODE_ERROR", "rejected"),
        ("AUTH_CODE_INVALID", "rejected"),
        ("NOTSUPORTCARD", "rejected"),
        ("BUYER_MISMATCH", "rejected"),
        ("ORDERREVERSED", "rejected"),
        ("TRADE_ERROR", "rejected"),
        ("REVERSE_EXPIRE", "rejected"),
        ("NO_BILL_EXIST", "rejected"),
        ("BILL_CREATING", "rejected"),
    ];
    assert!(ERR_CODES.iter().all(|row| known.iter().any(|(code, _)| *code == row.code)), "a row has no line here");
    let unknown = ["", "SOMETHING_NEW", "systemerror", "ORDERNOTEXIST ", "toString", "__proto__"];
    let unknown = unknown.map(|code| (code, "unknown"));
    for call in calls() {
        for (code, outcome) in known.into_iter().chain(unknown) {
            let failed = with(&call.answer, &[("result_code", "FAIL"), ("err_code", code), ("err_code_des", "原因")]);
            let body = xml(&signed_by(&failed, KEY, SignType::Md5));
            let error = call.complete(SignType::Md5, body.as_bytes()).unwrap_err();
            assert_eq!((error.kind().code(), error.outcome().as_str()), ("ERR_FAILED", outcome), "{code}");
            assert_eq!((error.err_code(), error.err_code_des()), (Some(code), Some("原因")));
            assert_eq!(err_code(code).is_some(), known.iter().any(|(known, _)| *known == code), "{code}");
        }
    }
}

#[test]
fn a_failed_call_is_believed_only_when_it_is_signed() {
    for call in calls() {
        let failed = with(&call.answer, &[("result_code", "FAIL"), ("err_code", "ORDERNOTEXIST")]);
        assert_eq!(call.judge_body(xml(&failed).as_bytes()), judged("ERR_SIGNATURE", "sign"));
        let other = signed_by(&failed, crate::support::OTHER_KEY, SignType::HmacSha256);
        assert_eq!(call.judge_body(xml(&other).as_bytes()), judged("ERR_SIGNATURE", "sign"));
    }
}
