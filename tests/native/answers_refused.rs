//! X6, S1, S11: after an answer that is malformed, not signed, or about something else the outcome is unknown.

use paysign::SignType;

use crate::calls::{call, calls, judged};
use crate::support::{APPID, Fields, KEY, MCH_ID, OTHER_KEY, fields, signed_by, with, without, xml};

const HMAC: SignType = SignType::HmacSha256;

#[test]
fn a_body_that_is_not_an_answer_leaves_the_outcome_unknown_for_every_api() {
    let gzip: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xb3\xa9\xc8\xcd\xb1\x03\0\x16\x8d\x3f\x7e\x05\0\0\0";
    let bodies: [&[u8]; 16] = [
        b"",
        b" ",
        b"\n",
        b"\xef\xbb\xbf",
        b"success",
        b"OK",
        b"{\"return_code\":\"SUCCESS\"}",
        b"{\"code\":\"SYSTEM_ERROR\"}",
        b"<html><head><title>502 Bad Gateway</title></head><body></body></html>",
        b"<!DOCTYPE html><html><body>advert</body></html>",
        b"<xml/>",
        b"<xml>",
        b"<root><return_code>SUCCESS</return_code></root>",
        b"<XML><return_code>SUCCESS</return_code></XML>",
        b"\xff\xfe<\0x\0m\0l\0>\0",
        gzip,
    ];
    for call in calls() {
        for body in bodies {
            let (code, _, outcome) = call.judge_body(body);
            let what = String::from_utf8_lossy(body);
            assert_eq!((code, outcome), ("ERR_XML", "unknown"), "{}: {what}", call.api.name);
        }
    }
}

#[test]
fn an_advert_around_a_good_answer_spoils_it() {
    for call in calls() {
        let good = xml(&signed_by(&call.answer, KEY, HMAC));
        for body in
            [format!("<script>x</script>{good}"), format!("{good}<script>x</script>"), format!("<html>{good}</html>")]
        {
            assert_eq!(call.judge_body(body.as_bytes()).0, "ERR_XML", "{body}");
        }
    }
}

#[test]
fn an_answer_cut_off_at_any_byte_is_never_half_read() {
    for call in calls() {
        let body = xml(&signed_by(&call.answer, KEY, HMAC));
        let name = call.api.name;
        assert_eq!(call.judge_body(body.as_bytes()).0, "accepted", "{name}");
        for length in 0..body.len() {
            let (code, _, outcome) = call.judge_body(&body.as_bytes()[..length]);
            assert_eq!((code, outcome), ("ERR_XML", "unknown"), "{name}: {length} bytes");
        }
        for length in 1..body.len() {
            let (code, ..) = call.judge_body(&body.as_bytes()[length..]);
            assert_eq!(code, "ERR_XML", "{name} without the first {length} bytes");
        }
    }
}

#[test]
fn an_answer_that_is_not_signed_with_this_key_in_this_way_is_not_believed() {
    for call in calls() {
        let good = signed_by(&call.answer, KEY, HMAC);
        let wrong = [
            call.answer.clone(),
            with(&good, &[("sign", "")]),
            with(&good, &[("sign", &good["sign"].to_lowercase())]),
            with(&good, &[("sign", &good["sign"][..63])]),
            signed_by(&call.answer, OTHER_KEY, HMAC),
            signed_by(&call.answer, KEY, SignType::Md5),
            signed_by(&with(&call.answer, &[("sign_type", "MD5")]), KEY, SignType::Md5),
            with(&without(&good, &["sign"]), &[("paySign", &good["sign"])]),
            with(&good, &[("__proto__", "1")]),
            with(&good, &[("result_code", "FAIL")]),
            without(&good, &["nonce_str"]),
        ];
        for answer in wrong {
            let judgement = call.judge_body(xml(&answer).as_bytes());
            assert_eq!(judgement, judged("ERR_SIGNATURE", "sign"), "{}: {answer:?}", call.api.name);
        }
    }
}

#[test]
fn one_changed_byte_anywhere_is_an_error_or_the_same_answer() {
    for call in calls() {
        let name = call.api.name;
        let good = signed_by(&call.answer, KEY, HMAC);
        let body = xml(&good).into_bytes();
        let (mut same, mut refused) = (0, 0);
        for at in 0..body.len() {
            for byte in [b'1', b'a', b'<', b'\n', 0x80] {
                let mut changed = body.clone();
                changed[at] = byte;
                if let Ok(read) = call.complete(HMAC, &changed) {
                    assert!(read.iter().all(|(name, value)| good[name] == value), "{name}: byte {at} is {byte}");
                    assert_eq!(read.len(), good.len(), "{name}: byte {at} is {byte}");
                    same += 1;
                } else {
                    refused += 1;
                }
            }
        }
        assert!(same > 0 && refused > 4 * body.len(), "{name}: {same} the same, {refused} refused");
    }
}

#[test]
fn an_answer_without_a_clear_result_is_no_answer() {
    for call in calls() {
        for name in ["return_code", "result_code"] {
            for text in ["", "success", "OK", "SUCCESS ", "FAILED", "fail", "0"] {
                let got = call.judge(&with(&call.answer, &[(name, text)]));
                assert_eq!(got, judged("ERR_MISMATCH", name), "{}: {text:?}", call.api.name);
            }
            let without = call.judge(&without(&call.answer, &[name]));
            assert_eq!(without, judged("ERR_MISMATCH", name), "{}", call.api.name);
        }
        let empty = call.judge_body(b"<xml></xml>");
        assert_eq!(empty, judged("ERR_MISMATCH", "return_code"), "{}", call.api.name);
        let bare = call.judge_body(b"<xml><return_code>SUCCESS</return_code></xml>");
        assert_eq!(bare, judged("ERR_SIGNATURE", "sign"), "{}", call.api.name);
    }
}

#[test]
fn an_answer_for_another_merchant_or_app_is_refused() {
    for call in calls() {
        for (name, other) in
            [("appid", "wx1"), ("appid", ""), ("mch_id", "1900000108"), ("mch_id", ""), ("mch_id", "19000001090")]
        {
            let api = call.api.name;
            let judgement = call.judge(&with(&call.answer, &[(name, other)]));
            assert_eq!(judgement, judged("ERR_MISMATCH", name), "{api}: {other}");
            let failed = with(&call.answer, &[(name, other), ("result_code", "FAIL"), ("err_code", "ORDERNOTEXIST")]);
            assert_eq!(call.judge(&failed), judged("ERR_MISMATCH", name), "{api}: its result is not believed either");
        }
        for name in ["appid", "mch_id"] {
            let judgement = call.judge(&without(&call.answer, &[name]));
            assert_eq!(judgement, judged("ERR_MISMATCH", name), "{}", call.api.name);
        }
    }
}

#[test]
fn the_answer_to_another_order_is_refused() {
    let always = [("unifiedOrder", "trade_type"), ("orderQuery", "out_trade_no"), ("orderQuery", "transaction_id")];
    let where_present = [("unifiedOrder", "device_info"), ("closeOrder", "out_trade_no")];
    for (name, field) in always.into_iter().chain(where_present) {
        let call = call(name);
        let asked = &call.request[field];
        for other in ["2", &asked.to_lowercase().replace("jsapi", "Jsapi"), &format!("{asked}0")] {
            if other != asked {
                let answer = with(&call.answer, &[(field, other)]);
                assert_eq!(call.judge(&answer), judged("ERR_MISMATCH", field), "{name}: {other}");
            }
        }
        assert_eq!(call.judge(&with(&call.answer, &[(field, asked)])).0, "accepted", "{name}: {field}");
    }
    for (name, field) in always {
        let call = call(name);
        assert_eq!(call.judge(&without(&call.answer, &[field])), judged("ERR_MISMATCH", field), "{name}");
    }
    for (name, field) in where_present {
        let call = call(name);
        assert_eq!(call.judge(&without(&call.answer, &[field])).0, "accepted", "{name} may leave it out");
    }
}

/// The query's answer for an order that is not paid, whose `attach` the buyer chose, cut at other places.
#[test]
fn a_text_of_the_buyer_does_not_turn_an_unpaid_answer_into_a_paid_one() {
    let query = call("orderQuery");
    let number = "20150806125346";
    let hidden = format!(
        "mch_id={MCH_ID}&nonce_str=1&out_trade_no={number}&result_code=SUCCESS&return_code=SUCCESS&total_fee=88\
         &trade_state=SUCCESS&transaction_id=1008450740201411110005820873"
    );
    let genuine = fields(&[
        ("appid", APPID),
        ("attach", &format!("x&{hidden}&z=")),
        ("mch_id", MCH_ID),
        ("nonce_str", "2"),
        ("out_trade_no", number),
        ("result_code", "SUCCESS"),
        ("return_code", "SUCCESS"),
        ("trade_state", "NOTPAY"),
        ("transaction_id", "1008450740201411110005820873"),
    ]);
    let genuine = signed_by(&genuine, KEY, SignType::HmacSha256);
    let text = crate::support::text_to_sign(&genuine);
    let rest = text.split_once("&z=").unwrap().1;
    let mut forged = fields(&[("appid", APPID), ("attach", "x"), ("z", rest), ("sign", genuine["sign"].as_str())]);
    for part in hidden.split('&') {
        let (name, value) = part.split_once('=').unwrap();
        forged.insert(name.to_owned(), value.to_owned());
    }
    assert_eq!(crate::support::text_to_sign(&forged), text, "the same text is signed");
    assert_eq!(query.judge_body(xml(&forged).as_bytes()), judged("ERR_MISMATCH", "z"));
    assert_eq!(query.judge_body(xml(&genuine).as_bytes()).0, "accepted");
}

/// R5: an order can always be queried, closed and settled, even if its `attach` looks like a field.
#[test]
fn an_attach_that_reads_like_a_field_does_not_spoil_the_answer_about_an_unpaid_order() {
    let query = call("orderQuery");
    // WeChat leaves out the fields of a payment: nothing comes between attach and mch_id.
    let paid_only: Vec<&str> =
        query.answer.keys().map(String::as_str).filter(|name| ("attach".."mch_id").contains(name)).collect();
    let unpaid = without(&query.answer, &paid_only);
    let texts =
        ["uid=5&coupon_fee=100", "hello&fee_type=CNY", "note&cash_fee=1", "x&err_code=1", "x&trade_state=SUCCESS"];
    for attach in texts {
        for state in ["NOTPAY", "NOPAY", "CLOSED", "REVOKED", "USERPAYING", "PAYERROR", "ACCEPT", "A_NEW_ONE"] {
            let answer = with(&unpaid, &[("attach", attach), ("trade_state", state)]);
            assert_eq!(query.judge(&answer).0, "accepted", "{attach} {state}");
        }
    }
    // Where money was taken, the currency must not hide: WeChat sends bank_type then, and without it the text is ambiguous.
    for state in ["SUCCESS", "REFUND"] {
        let whole = with(&query.answer, &[("attach", "hello&fee_type=CNY"), ("trade_state", state)]);
        assert_eq!(query.judge(&whole).0, "accepted", "{state}");
        let cut = with(&unpaid, &[("attach", "hello&fee_type=CNY"), ("trade_state", state)]);
        assert_eq!(query.judge(&cut), judged("ERR_MISMATCH", "attach"), "{state}");
    }
}

#[test]
fn the_answer_to_another_call_is_no_answer_to_this_one() {
    let mut refused = 0;
    for asked in calls() {
        for answered in calls().iter().filter(|answered| answered.api.name != asked.api.name) {
            let (code, _, outcome) = asked.judge(&answered.answer);
            // Closing has no data of its own, so the answer to another call about the same order says as much. The two
            // queries of refunds have the same answer.
            let same_page = ("refundQuery", "refundQueryV2") == (asked.api.name, answered.api.name);
            let enough = asked.api.name == "closeOrder" || same_page;
            let is_refused = (code, outcome) == ("ERR_MISMATCH", "unknown");
            assert!(enough || is_refused, "{} by {}: {code}", asked.api.name, answered.api.name);
            refused += usize::from(is_refused);
        }
    }
    assert!(refused > 40, "only {refused} answers were refused");
}

#[test]
fn an_answer_about_another_refund_is_refused() {
    let query = call("refundQueryV2");
    let accepted = |answer: &Fields| query.judge(answer).0 == "accepted";
    assert!(accepted(&query.answer));
    for name in ["refund_id", "out_refund_no"] {
        let numbered = format!("{name}_0");
        for other in ["R2", "R11", "r1", ""] {
            let answer = with(&query.answer, &[(&numbered, other)]);
            assert_eq!(query.judge(&answer), judged("ERR_MISMATCH", name), "{other}");
        }
        let told = query.answer[&numbered].clone();
        let second = with(&query.answer, &[(&numbered, "R2"), (&format!("{name}_1"), &told)]);
        assert!(accepted(&second), "{name}: it may be any of the list");
        let elsewhere = with(&query.answer, &[(&numbered, "R2"), (name, &told), (&format!("{name}_x"), &told)]);
        assert_eq!(query.judge(&elsewhere), judged("ERR_MISMATCH", name), "elsewhere");
    }
}

#[test]
fn an_answer_without_its_purpose_is_refused() {
    for (name, field) in [("unifiedOrder", "prepay_id"), ("orderQuery", "trade_state"), ("orderQuery", "out_trade_no")]
    {
        let call = call(name);
        assert_eq!(call.judge(&without(&call.answer, &[field])), judged("ERR_MISMATCH", field), "{name}");
        assert_eq!(call.judge(&with(&call.answer, &[(field, "")])), judged("ERR_MISMATCH", field), "{name}, empty");
    }
}

#[test]
fn an_amount_in_an_answer_is_a_canonical_decimal_integer() {
    let query = call("orderQuery");
    for field in ["total_fee", "settlement_total_fee", "cash_fee", "coupon_fee", "coupon_count"] {
        for text in ["88.0", "+88", "-88", "088", "8e1", "0x58", " 88", "88 ", "８８", "9007199254740992", "NaN"] {
            assert_eq!(query.judge(&with(&query.answer, &[(field, text)])), judged("ERR_MISMATCH", field), "{text}");
        }
    }
}

#[test]
fn an_unverified_answer_shows_only_the_reason_of_a_refusal() {
    let canary = "CANARYOFTHEBODY";
    for call in calls() {
        let mut answer = without(&call.answer, &["return_code", "result_code", "return_msg"]);
        answer.values_mut().for_each(|value| *value = format!("{canary}{value}"));
        for result in ["SUCCESS", "FAIL"] {
            let unsigned = with(&answer, &[("return_code", result), ("result_code", result)]);
            let bodies = [xml(&unsigned), xml(&signed_by(&unsigned, OTHER_KEY, HMAC)), format!("{}x", xml(&unsigned))];
            for body in bodies {
                let error = call.complete(HMAC, body.as_bytes()).unwrap_err();
                let told = [format!("{error} {error:?}"), format!("{:?} {:?}", error.err_code(), error.return_msg())];
                assert!(!told.concat().contains(canary), "{}: {told:?}", call.api.name);
            }
        }
    }
    let forged = xml(&fields(&[("return_code", "FAIL"), ("return_msg", "said"), ("prepay_id", canary)]));
    assert!(!call("unifiedOrder").complete(HMAC, forged.as_bytes()).unwrap_err().to_string().contains(canary));
}
