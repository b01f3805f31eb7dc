//! Decrypted resources of notices: which ones are payments and refunds, which are paid, and which are refused.

use paysign::Error;
use paysign::v3::{Expect, Merchant, Notice, NoticeKind, read_resource};
use serde_json::{Value, json};

fn merchant() -> Merchant {
    Merchant::new("wx8888888888888888", "1900009191").unwrap()
}

fn read(event_type: &str, resource: &Value) -> Result<Notice, Error> {
    read_resource(event_type, resource.to_string().as_bytes(), &Expect::of(&merchant()))
}

fn kind(event_type: &str, resource: &Value) -> (NoticeKind, bool) {
    let notice = read(event_type, resource).unwrap();
    assert_eq!(&serde_json::to_value(&notice.resource).unwrap(), resource, "the resource stays whole");
    (notice.kind, notice.paid)
}

fn payment() -> Value {
    json!({
        "appid": "wx8888888888888888", "mchid": "1900009191", "out_trade_no": "a1", "transaction_id": "42",
        "trade_state": "SUCCESS", "amount": { "total": 100, "currency": "CNY" },
    })
}

fn refund() -> Value {
    json!({
        "mchid": "1900009191", "out_trade_no": "a1", "out_refund_no": "r1", "refund_id": "5", "refund_status": "SUCCESS",
        "amount": { "total": 100, "refund": 40 },
    })
}

/// The same resource with another member. A path has at most two names.
fn with(resource: &Value, path: &str, value: Value) -> Value {
    let mut changed = resource.clone();
    match path.split_once('.') {
        Some((outer, inner)) => changed[outer][inner] = value,
        None => changed[path] = value,
    }
    changed
}

const EVENTS: [&str; 4] = ["TRANSACTION.SUCCESS", "REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED"];

#[test]
fn a_member_of_another_type_does_not_count_as_absent_and_null_does() {
    for event in EVENTS {
        let good = if event == "TRANSACTION.SUCCESS" { payment() } else { refund() };
        for field in ["amount.currency", "sub_mchid", "sub_appid"] {
            for value in [json!(1), json!(true), json!(["USD"]), json!({ "a": "USD" })] {
                let error = read(event, &with(&good, field, value.clone())).unwrap_err();
                assert_eq!((error.kind().code(), error.field()), ("ERR_MISMATCH", Some(field)), "{event} {value}");
            }
            assert!(read(event, &with(&good, field, Value::Null)).is_ok(), "{event} {field}");
            assert!(read(event, &with(&good, field, json!("1900000109"))).is_ok(), "{event} {field}");
        }
    }
    let combined = json!({ "combine_mchid": "1900009191", "combine_out_trade_no": "P1", "sub_mchid": 1 });
    assert_eq!(read("TRANSACTION.SUCCESS", &combined).unwrap_err().field(), Some("sub_mchid"));
}

#[test]
fn an_order_is_paid_when_it_succeeded_even_if_it_was_refunded_later() {
    for (state, paid) in [("SUCCESS", true), ("REFUND", true), ("NOTPAY", false), ("CLOSED", false), ("NEW", false)] {
        let said = with(&payment(), "trade_state", json!(state));
        assert_eq!(kind("TRANSACTION.SUCCESS", &said), (NoticeKind::Payment, paid), "{state}");
        for event in ["TRANSACTION.FAIL", "TRANSACTION.success", "TRANSACTION.SUCCESS2", "TRANSACTION."] {
            assert_eq!(kind(event, &said), (NoticeKind::Payment, false), "{event} {state}");
        }
    }
    for state in ["SUCCESS", "REFUND"] {
        let paid = with(&payment(), "trade_state", json!(state));
        for field in ["transaction_id", "amount.total"] {
            let error = read("TRANSACTION.SUCCESS", &with(&paid, field, Value::Null)).unwrap_err();
            assert_eq!(error.field(), Some(field), "{state}");
        }
    }
}

#[test]
fn a_documented_event_without_a_member_that_it_must_have_is_refused() {
    let payments = ["mchid", "out_trade_no", "trade_state", "transaction_id", "amount.total"];
    let refunds =
        ["mchid", "out_trade_no", "out_refund_no", "refund_id", "refund_status", "amount.total", "amount.refund"];
    for event in EVENTS {
        let (good, fields) =
            if event == "TRANSACTION.SUCCESS" { (payment(), &payments[..]) } else { (refund(), &refunds[..]) };
        for field in fields {
            for value in [Value::Null, json!(true)] {
                let error = read(event, &with(&good, field, value)).unwrap_err();
                assert_eq!((error.kind().code(), error.field()), ("ERR_MISMATCH", Some(*field)), "{event}");
            }
        }
    }
}

#[test]
fn an_undocumented_event_is_of_another_kind_unless_it_has_the_whole_form() {
    for event in ["TRANSACTION.FAIL", "TRANSACTION.PAY_BACK"] {
        assert_eq!(kind(event, &payment()), (NoticeKind::Payment, false));
        for field in ["mchid", "out_trade_no", "trade_state", "transaction_id", "amount"] {
            let lacking = with(&payment(), field, Value::Null);
            assert_eq!(kind(event, &lacking), (NoticeKind::Other, false), "{event} {field}");
        }
        let failed = json!({ "plan_id": 5, "mchid": "1900009191", "amount": { "currency": 1 } });
        assert_eq!(kind(event, &failed), (NoticeKind::Other, false));
    }
    for event in ["REFUND.PROCESSING", "REFUND.NEW", "REFUND.success"] {
        assert_eq!(kind(event, &refund()), (NoticeKind::Refund, false));
        for field in ["mchid", "out_trade_no", "out_refund_no", "refund_id", "refund_status", "amount"] {
            assert_eq!(
                kind(event, &with(&refund(), field, Value::Null)),
                (NoticeKind::Other, false),
                "{event} {field}"
            );
        }
    }
    for event in ["TRANSACTION.FAIL", "REFUND.NEW"] {
        for (field, value) in [("mchid", "1"), ("sp_mchid", "1"), ("appid", "wx1"), ("sp_appid", "wx1")] {
            let error = read(event, &json!({ field: value })).unwrap_err();
            assert_eq!(error.field(), Some(field), "{event}");
        }
        assert_eq!(read(event, &json!({ "sub_mchid": 1 })).unwrap_err().field(), Some("sub_mchid"));
        assert_eq!(kind(event, &json!({})), (NoticeKind::Other, false));
    }
    assert_eq!(kind("MCHTRANSFER.BILL.FINISHED", &json!({ "mchid": "1" })), (NoticeKind::Other, false));
}

#[test]
fn the_total_of_a_stored_order_is_in_cny() {
    let merchant = merchant();
    let expect = Expect { total: Some(100), ..Expect::of(&merchant) };
    let judge = |resource: Value| read_resource("TRANSACTION.SUCCESS", resource.to_string().as_bytes(), &expect);
    for currency in [Value::Null, json!("CNY")] {
        assert!(judge(with(&payment(), "amount.currency", currency)).unwrap().paid);
    }
    let error = judge(with(&payment(), "amount.currency", json!("JPY"))).unwrap_err();
    assert_eq!(error.field(), Some("amount.currency"));
}

#[test]
fn the_default_expectation_accepts_no_notice_of_any_event() {
    let nobody = with(&with(&payment(), "mchid", json!("")), "appid", json!(""));
    let merchant = merchant();
    for event in ["TRANSACTION.SUCCESS", "REFUND.SUCCESS", "COUPON.USE"] {
        for resource in [payment(), refund(), nobody.clone(), json!({})] {
            for (field, expect) in [
                ("appid", Expect::default()),
                ("mchid", Expect { appid: merchant.appid(), ..Expect::default() }),
                ("appid", Expect { mchid: merchant.mchid(), ..Expect::default() }),
            ] {
                let error = read_resource(event, resource.to_string().as_bytes(), &expect).unwrap_err();
                assert_eq!((error.kind().code(), error.field()), ("ERR_CONFIG", Some(field)), "{event} {resource}");
            }
        }
    }
}
