//! Requests of APIv3 that WeChat would refuse, and answers that a shop must not act on.

use paysign::v3::{
    Answer, CloseOrder, Limits, Merchant, Refund, Request, api, check_body, complete, prepare, read_json,
};
use paysign::{Error, Outcome};
use serde_json::{Value, json};

fn merchant() -> Merchant {
    Merchant::new("wx8888888888888888", "1900009191").unwrap()
}

fn prepared(name: &str, params: &Value) -> Result<Request, Error> {
    let params = read_json(params.to_string().as_bytes(), Limits::PARAMS, "params").unwrap();
    prepare(api(name).unwrap(), &merchant(), &params)
}

fn judged(name: &str, params: &Value, answer: &Value) -> Result<Answer, Error> {
    let request = prepared(name, params).unwrap();
    complete(api(name).unwrap(), &merchant(), &request.asked, answer.to_string().as_bytes())
}

/// The same object with another member at a path such as `detail.goods_detail.0.quantity`.
fn with(object: &Value, path: &str, value: Value) -> Value {
    let mut changed = object.clone();
    let pointer = format!("/{}", path.replace('.', "/"));
    let (outer, name) = pointer.rsplit_once('/').unwrap();
    let outer = changed.pointer_mut(outer).unwrap();
    match name.parse::<usize>() {
        Ok(index) => outer[index] = value,
        Err(_) => outer[name] = value,
    }
    changed
}

fn order() -> Value {
    json!({
        "description": "茶", "out_trade_no": "a-1234", "notify_url": "https://shop.example/n",
        "amount": { "total": 100 },
        "payer": { "openid": "o1", "identity": { "type": "IDCARD", "number": "A".repeat(214), "name": "名".repeat(71) } },
        "detail": { "cost_price": 0, "goods_detail": [{ "merchant_goods_id": "g1", "quantity": 1, "unit_price": 0 }] },
        "limit_pay": ["no_balance", "no_credit", "no_debit", "balance_only"],
        "subsidy_info": { "subsidy_detail": [{
            "subsidy_period_type": "PERIOD",
            "subsidy_plan": [{ "subsidy_installment_num": 12, "subsidy_percent": 0 }],
        }] },
        "time_expire": "2028-02-29T23:59:59.5+08:00",
    })
}

fn refund() -> Value {
    json!({
        "out_trade_no": "a-1234", "out_refund_no": "r@1", "amount": { "refund": 40, "total": 100, "currency": "CNY" },
        "goods_detail": [{ "merchant_goods_id": "g1", "unit_price": 1, "refund_amount": 0, "refund_quantity": 1 }],
    })
}

#[test]
fn a_member_that_wechat_would_refuse_is_named_before_the_request_is_sent() {
    assert!(prepared("jsapiOrder", &order()).is_ok());
    assert!(prepared("refund", &refund()).is_ok());
    let goods = "detail.goods_detail.0";
    let plan = "subsidy_info.subsidy_detail.0.subsidy_plan.0";
    for (name, path, value, field, words) in [
        (
            "jsapiOrder",
            "out_trade_no",
            json!("a@1234"),
            "out_trade_no",
            "6 to 32 characters out of 0-9 A-Z a-z _ - | *",
        ),
        ("jsapiOrder", "out_trade_no", json!("a1234"), "out_trade_no", "5 characters"),
        ("jsapiOrder", "out_trade_no", json!("a".repeat(33)), "out_trade_no", "33 characters"),
        ("jsapiOrder", "out_trade_no", json!("号号号号号号"), "out_trade_no", "6 to 32"),
        ("jsapiOrder", "time_expire", json!("2026-02-29T23:59:59+08:00"), "time_expire", "2018-06-08T10:34:56+08:00"),
        ("jsapiOrder", "time_expire", json!("2026-01-01T10:00:00.Z"), "time_expire", "2018-06-08T10:34:56+08:00"),
        ("jsapiOrder", &format!("{goods}.quantity"), json!(0), "detail.goods_detail[0].quantity", "above zero"),
        ("jsapiOrder", &format!("{goods}.quantity"), json!("1"), "detail.goods_detail[0].quantity", "is text"),
        ("refund", "goods_detail.0.refund_quantity", json!(0), "goods_detail[0].refund_quantity", "above zero"),
        (
            "jsapiOrder",
            "limit_pay.1",
            json!("nocredit"),
            "limit_pay[1]",
            "no_balance, no_credit, no_debit, balance_only",
        ),
        ("jsapiOrder", "limit_pay.0", json!(""), "limit_pay[0]", "must be one of"),
        ("jsapiOrder", "limit_pay.0", json!(1), "limit_pay[0]", "must be one of"),
        ("jsapiOrder", "payer.identity.type", json!("PASSPORT"), "payer.identity.type", "OVERSEA_PASSPORT"),
        ("jsapiOrder", "payer.identity.number", json!("A".repeat(215)), "payer.identity.number", "215 bytes"),
        ("jsapiOrder", "payer.identity.name", json!(""), "payer.identity.name", "is missing"),
        ("jsapiOrder", "payer.identity.name", json!("名".repeat(72)), "payer.identity.name", "216 bytes"),
        ("jsapiOrder", "payer.sp_openid", json!("o2"), "payer.sp_openid", "service provider"),
        ("jsapiOrder", "payer.openid", json!(""), "payer.openid", "is missing"),
        (
            "jsapiOrder",
            "subsidy_info.subsidy_detail.0.subsidy_period_type",
            json!("WEEKLY"),
            "subsidy_info.subsidy_detail[0].subsidy_period_type",
            "DAILY, PERIOD",
        ),
        (
            "jsapiOrder",
            &format!("{plan}.subsidy_installment_num"),
            json!(4),
            "subsidy_info.subsidy_detail[0].subsidy_plan[0].subsidy_installment_num",
            "3, 6, 12",
        ),
        (
            "jsapiOrder",
            &format!("{plan}.subsidy_percent"),
            json!("100"),
            "subsidy_info.subsidy_detail[0].subsidy_plan[0].subsidy_percent",
            "0, 100",
        ),
    ] {
        let good = if name == "refund" { refund() } else { order() };
        let error = prepared(name, &with(&good, path, value)).unwrap_err();
        assert_eq!((error.kind().code(), error.field()), ("ERR_PARAM", Some(field)), "{error}");
        assert!(error.message().contains(words), "{error}");
    }
    assert!(prepared("orderQuery", &json!({ "out_trade_no": "a@1" })).is_ok(), "an old order may have such a number");
}

#[test]
fn an_order_may_list_6000_goods_with_names_of_256_characters() {
    let goods = json!({
        "merchant_goods_id": "g".repeat(32), "wechatpay_goods_id": "w".repeat(32), "goods_name": "茶".repeat(128),
        "quantity": 1, "unit_price": 100,
    });
    let large = with(&order(), "detail.goods_detail", json!(vec![goods; 6_000]));
    assert!(large.to_string().len() > 3_000_000);
    let body = prepared("jsapiOrder", &large).unwrap().seal(|_| Ok("A".repeat(344))).unwrap().body;
    assert!(check_body(&body).is_ok(), "a call by path takes the same body");
}

#[test]
fn a_refund_repeats_the_numbers_and_the_amounts_that_were_asked() {
    let answer = json!({
        "refund_id": "5", "out_refund_no": "r@1", "out_trade_no": "a-1234", "transaction_id": "42", "status": "PROCESSING",
        "amount": { "refund": 40, "total": 100 }, "promotion_detail": [{ "promotion_id": "1", "goods_detail": [] }],
    });
    assert!(judged("refund", &refund(), &answer).is_ok());
    for (path, value, field) in [
        ("amount.refund", json!(41), "amount.refund"),
        ("amount.refund", json!(4), "amount.refund"),
        ("amount.refund", json!("40"), "amount.refund"),
        ("amount.total", json!(40), "amount.total"),
        ("amount.total", Value::Null, "amount.total"),
        ("amount", Value::Null, "amount.refund"),
        ("amount", json!([]), "amount"),
        ("promotion_detail", json!({}), "promotion_detail"),
        ("out_refund_no", json!("r@2"), "out_refund_no"),
        ("out_trade_no", json!("a-1235"), "out_trade_no"),
    ] {
        let error = judged("refund", &refund(), &with(&answer, path, value)).unwrap_err();
        assert_eq!((error.kind().code(), error.field()), ("ERR_MISMATCH", Some(field)), "{error}");
        assert_eq!(error.outcome(), Outcome::Unknown);
    }
}

#[test]
fn a_query_of_an_order_that_succeeded_has_its_payment_and_its_total() {
    let params = json!({ "out_trade_no": "a-1234" });
    let paid = json!({
        "appid": "wx8888888888888888", "mchid": "1900009191", "out_trade_no": "a-1234", "trade_state": "SUCCESS",
        "transaction_id": "42", "amount": { "total": 100 }, "scene_info": { "device_id": "till-1" },
    });
    assert!(judged("orderQuery", &params, &paid).is_ok());
    for (path, value, field) in [
        ("transaction_id", Value::Null, "transaction_id"),
        ("transaction_id", json!(""), "transaction_id"),
        ("amount.total", Value::Null, "amount.total"),
        ("amount", Value::Null, "amount.total"),
    ] {
        let lacking = with(&paid, path, value);
        let error = judged("orderQuery", &params, &lacking).unwrap_err();
        assert_eq!((error.kind().code(), error.field()), ("ERR_MISMATCH", Some(field)), "{error}");
        assert!(judged("orderQuery", &params, &with(&lacking, "trade_state", json!("NOTPAY"))).is_ok());
    }
}

#[test]
fn a_close_succeeds_whatever_the_body_of_its_success_is() {
    for name in ["jsapiOrder", "orderQuery", "refund", "refundQuery"] {
        assert!(api(name).unwrap().has_answer(), "{name}");
    }
    let close = api("closeOrder").unwrap();
    assert!(!close.has_answer());
    for body in ["", "{", "null", "<html>", "{\"mchid\":\"1\"}"] {
        let answer = complete(close, &merchant(), &[], body.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&answer).unwrap(), "{}", "{body}");
    }
}

#[test]
fn the_structs_of_requests_have_the_same_members() {
    let typed: Refund = serde_json::from_value(refund()).unwrap();
    assert_eq!(typed.goods_detail[0].refund_quantity, 1);
    assert_eq!(serde_json::to_value(&typed).unwrap(), refund());
    let close = CloseOrder { out_trade_no: "a".to_owned() };
    assert_eq!(serde_json::to_value(close).unwrap(), json!({ "out_trade_no": "a" }));
}
