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
        let refunded = with(&lacking, "trade_state", json!("REFUND"));
        assert_eq!(judged("orderQuery", &params, &refunded).unwrap_err().field(), Some(field));
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

/// A combined order as the query answers it.
fn combined_paid() -> Value {
    json!({
        "combine_appid": "wx8888888888888888", "combine_mchid": "1900009191", "combine_out_trade_no": "c-1234",
        "sub_orders": [
            { "mchid": "1900009191", "out_trade_no": "s-1234", "trade_state": "SUCCESS", "transaction_id": "42",
              "amount": { "total_amount": 100 } },
            { "out_trade_no": "s-1235", "trade_state": "NOTPAY" },
        ],
    })
}

#[test]
fn an_entry_of_a_list_is_an_object_whose_declared_members_have_their_types() {
    let params = json!({ "combine_out_trade_no": "c-1234" });
    assert!(judged("combinedOrderQuery", &params, &combined_paid()).is_ok());
    for (path, value, field) in [
        ("sub_orders.0", json!(5), "sub_orders[0]"),
        ("sub_orders.1", Value::Null, "sub_orders[1]"),
        ("sub_orders.0.amount.total_amount", json!("100"), "sub_orders[0].amount.total_amount"),
        ("sub_orders.0.amount", json!([]), "sub_orders[0].amount"),
        ("sub_orders.1.trade_state", json!(5), "sub_orders[1].trade_state"),
        ("sub_orders.1.out_trade_no", Value::Null, "sub_orders[1].out_trade_no"),
        ("sub_orders", json!([]), "sub_orders"),
        ("sub_orders", Value::Null, "sub_orders"),
        ("combine_mchid", json!("1900009192"), "combine_mchid"),
        ("combine_mchid", Value::Null, "combine_mchid"),
    ] {
        let error = judged("combinedOrderQuery", &params, &with(&combined_paid(), path, value)).unwrap_err();
        assert_eq!((error.kind().code(), error.field()), ("ERR_MISMATCH", Some(field)), "{error}");
        assert!(!error.message().contains("query the order"), "{error}");
    }
    let harmless = json!([{ "goods_detail": [{}], "type": "COUPON" }, {}]);
    let answer = json!({
        "refund_id": "5", "out_refund_no": "r@1", "out_trade_no": "a-1234", "status": "SUCCESS",
        "amount": { "refund": 40, "total": 100, "from": [{ "account": "A_NEW_ONE" }, {}] }, "promotion_detail": harmless,
    });
    assert!(judged("refund", &refund(), &answer).is_ok(), "an entry may lack any other member");
}

#[test]
fn an_order_of_a_combined_order_that_is_paid_has_its_payment_and_its_total() {
    let params = json!({ "combine_out_trade_no": "c-1234" });
    for state in ["SUCCESS", "REFUND"] {
        let paid = with(&combined_paid(), "sub_orders.0.trade_state", json!(state));
        assert!(judged("combinedOrderQuery", &params, &paid).is_ok());
        for (path, field) in [
            ("sub_orders.0.transaction_id", "sub_orders[0].transaction_id"),
            ("sub_orders.0.amount.total_amount", "sub_orders[0].amount.total_amount"),
        ] {
            let error = judged("combinedOrderQuery", &params, &with(&paid, path, Value::Null)).unwrap_err();
            assert_eq!((error.kind().code(), error.field()), ("ERR_MISMATCH", Some(field)), "{error}");
        }
    }
}

#[test]
fn a_payment_by_code_has_the_amount_that_was_asked_if_it_has_one() {
    let params = json!({
        "description": "茶", "out_trade_no": "a-1234", "amount": { "total": 100 },
        "payer": { "auth_code": "130000000000000000" }, "scene_info": { "store_info": { "out_id": "1" } },
    });
    let answer = json!({
        "appid": "wx8888888888888888", "mchid": "1900009191", "out_trade_no": "a-1234", "trade_state": "USERPAYING",
    });
    assert!(judged("codepay", &params, &answer).is_ok());
    assert!(judged("codepay", &params, &with(&answer, "amount", json!({ "total": 100 }))).is_ok());
    let error = judged("codepay", &params, &with(&answer, "amount", json!({ "total": 1 }))).unwrap_err();
    assert_eq!((error.kind().code(), error.field()), ("ERR_MISMATCH", Some("amount.total")), "{error}");
}

#[test]
fn a_reversal_names_the_merchant_that_asked() {
    let params = json!({ "out_trade_no": "a-1234" });
    let answer = json!({ "mchid": "1900009191", "out_trade_no": "a-1234" });
    assert!(judged("reverse", &params, &answer).is_ok());
    let error = judged("reverse", &params, &with(&answer, "mchid", Value::Null)).unwrap_err();
    assert_eq!((error.kind().code(), error.field()), ("ERR_MISMATCH", Some("mchid")), "{error}");
}

#[test]
fn a_refund_has_one_number_of_its_order() {
    let error = prepared("refund", &with(&refund(), "transaction_id", json!("42"))).unwrap_err();
    assert_eq!((error.kind().code(), error.field()), ("ERR_PARAM", Some("transaction_id")), "{error}");
    assert!(error.message().contains("pass one of transaction_id and out_trade_no"), "{error}");
    let both = json!({ "out_trade_no": "a-1234", "transaction_id": "42" });
    assert!(prepared("orderQuery", &both).is_ok(), "a query prefers WeChat's number");
}

fn combined_order() -> Value {
    json!({
        "combine_out_trade_no": "c-1234", "notify_url": "https://shop.example/n",
        "sub_orders": [{
            "mchid": "1900009191", "sub_mchid": "1900013511", "attach": "x",
            "amount": { "total_amount": 1, "currency": "CNY" }, "out_trade_no": "s-1234", "description": "茶",
        }],
        "combine_payer_info": { "openid": "o1", "identity": { "type": "IDCARD", "number": "1", "name": "名" } },
    })
}

#[test]
fn words_lengths_and_numbers_of_entries_are_those_of_the_documents() {
    let abnormal = json!({ "refund_id": "50", "out_refund_no": "r1", "type": "MERCHANT_BANK_CARD" });
    let codepay = json!({ "description": "茶" });
    let sub_orders = |count| json!(vec![combined_order()["sub_orders"][0].clone(); count]);
    let goods = json!({ "merchant_goods_id": "g", "quantity": 1, "unit_price": 0 });
    for (name, good, path, value, field, words) in [
        ("refund", refund(), "funds_account", json!("UNAVAILABLE"), "funds_account", "AVAILABLE"),
        (
            "refund",
            refund(),
            "amount.from",
            json!([{ "account": "BASIC", "amount": 1 }]),
            "amount.from[0].account",
            "AVAILABLE, UNAVAILABLE",
        ),
        ("refund", refund(), "reason", json!(""), "reason", "is empty; leave it out"),
        ("jsapiOrder", order(), "attach", json!(""), "attach", "is empty; leave it out"),
        ("jsapiOrder", order(), "payer.sp_openid", json!(""), "payer.sp_openid", "is empty; leave it out"),
        ("jsapiOrder", order(), "payer", json!({}), "payer.openid", "is missing"),
        ("orderQuery", json!({ "out_trade_no": "a" }), "transaction_id", json!(""), "transaction_id", "is empty"),
        ("abnormalRefund", abnormal.clone(), "bank_type", json!("icbc_debit"), "bank_type", "as WeChat spells it"),
        ("jsapiOrder", order(), "subsidy_info", json!({}), "subsidy_info.subsidy_detail", "is missing"),
        (
            "jsapiOrder",
            order(),
            "subsidy_info.subsidy_detail.0.subsidy_plan",
            json!([]),
            "subsidy_info.subsidy_detail[0].subsidy_plan",
            "is missing",
        ),
        (
            "jsapiOrder",
            order(),
            "detail.goods_detail",
            json!(vec![goods; 6_001]),
            "detail.goods_detail",
            "has 6001 entries; at most 6000 are allowed",
        ),
        (
            "combinedJsapiOrder",
            combined_order(),
            "sub_orders",
            sub_orders(51),
            "sub_orders",
            "has 51 entries; at most 50",
        ),
        (
            "combinedJsapiOrder",
            combined_order(),
            "sub_orders.0.amount.currency",
            json!("CNY456789"),
            "sub_orders[0].amount.currency",
            "at most 8",
        ),
        ("combinedJsapiOrder", combined_order(), "sub_orders.0.mchid", json!("x1"), "sub_orders[0].mchid", "digits"),
        (
            "combinedJsapiOrder",
            combined_order(),
            "sub_orders.0.sub_mchid",
            json!("x1"),
            "sub_orders[0].sub_mchid",
            "digits",
        ),
        ("fundFlowBill", json!({ "bill_date": "2026-07-25" }), "sub_mchid", json!("x1"), "sub_mchid", "digits"),
        ("codepay", codepay, "colour", json!(1), "colour", "leave it out"),
    ] {
        let error = prepared(name, &with(&good, path, value)).unwrap_err();
        assert_eq!((error.kind().code(), error.field()), ("ERR_PARAM", Some(field)), "{error}");
        assert!(error.message().contains(words), "{error}");
    }
    assert!(!prepared("jsapiOrder", &with(&order(), "payer", json!({}))).unwrap_err().message().contains("one of"));
    assert!(prepared("combinedJsapiOrder", &with(&combined_order(), "sub_orders", sub_orders(50))).is_ok());
    assert_eq!(prepared("combinedJsapiOrder", &combined_order()).unwrap().secrets, ["名", "1"]);
    assert!(prepared("abnormalRefund", &with(&abnormal, "bank_type", json!("A_NEW_BANK"))).is_ok());
    let url = |length: usize| json!(format!("https://shop.example/{}", "n".repeat(length - 21)));
    for (name, good, most) in [("refund", refund(), 256), ("jsapiOrder", order(), 255)] {
        assert!(prepared(name, &with(&good, "notify_url", url(most))).is_ok());
        let error = prepared(name, &with(&good, "notify_url", url(most + 1))).unwrap_err();
        assert!(error.message().contains(&format!("at most {most}")), "{error}");
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
