//! `prepare`: each missing or malformed field is named before anything is sent, and the signed text is what is sent.

use paysign::{Limits, OrderQuery, Params, SignType, UnifiedOrder, parse_xml, prepare};

use crate::calls::{Call, call, calls, every_call};
use crate::support::{APPID, BOTH, Fields, KEY, MCH_ID, NONCE, fields, merchant, signed_by, with, without};

/// The field that is named when the good request is changed like this.
fn named(call: &Call, request: &Fields) -> Option<String> {
    let params = Params::from_pairs(request).unwrap();
    let error = prepare(call.api, &merchant(SignType::Md5), params, NONCE).err()?;
    assert_eq!((error.kind().code(), error.outcome().as_str()), ("ERR_PARAM", "not-sent"), "{error}");
    Some(error.field().unwrap().to_owned())
}

#[test]
fn a_good_request_is_signed_and_written_with_the_ids_of_the_merchant() {
    for call in calls() {
        for sign_type in BOTH {
            let own = [("appid", APPID), ("mch_id", MCH_ID), ("nonce_str", NONCE), ("sign_type", sign_type.as_str())];
            let wanted = signed_by(&with(&call.request, &own), KEY, sign_type);
            let request = call.prepare(sign_type).unwrap();
            let sent = parse_xml(request.body.as_bytes(), &Limits::ANSWER).unwrap();
            assert_eq!(sent, Params::from_pairs(&wanted).unwrap(), "{}", call.api.name);
            let sent_to = (request.path, request.certificate);
            assert_eq!(sent_to, (call.api.path, call.api.certificate), "{}", call.api.name);
        }
    }
}

#[test]
fn each_path_is_the_one_of_the_manual() {
    for call in every_call() {
        let declared = (call.api.path.to_owned(), call.api.certificate);
        assert_eq!(declared, call.manual, "{}", call.api.name);
    }
}

#[test]
fn an_api_with_one_way_of_signing_is_signed_that_way_whatever_the_merchant_prefers() {
    let mut forced = 0;
    for call in every_call() {
        forced += usize::from(call.sign_type.is_some());
        for sign_type in BOTH {
            let request = call.prepare(sign_type).unwrap();
            let sent = parse_xml(request.body.as_bytes(), &Limits::ANSWER).unwrap();
            let expected = if call.sign_type.as_deref().unwrap_or(sign_type.as_str()) == "MD5" { 32 } else { 64 };
            assert_eq!(sent.text("sign").len(), expected, "{} {sign_type:?}", call.api.name);
        }
    }
    assert!(forced >= 3, "only {forced} APIs have one way of signing");
}

#[test]
fn an_item_level_refund_has_its_own_path() {
    let refund = call("refund");
    let detail = with(&refund.request, &[("detail", "{\"goods_detail\":[]}")]);
    let sent = |request| crate::calls::Call { request, ..call("refund") }.prepare(SignType::Md5).unwrap().path;
    assert_eq!((sent(refund.request), sent(detail)), ("/secapi/pay/refund", "/secapi/pay/refundv2"));
}

#[test]
fn each_required_field_is_named_when_it_is_missing_or_empty() {
    let mut required = 0;
    for call in every_call() {
        let api = call.api.name;
        for field in call.request.keys() {
            let expected = call.required.get(field).map(String::as_str);
            let missing = named(&call, &without(&call.request, &[field]));
            assert_eq!(missing.as_deref(), expected, "{api} without {field}");
            let empty = named(&call, &with(&call.request, &[(field, "")]));
            assert_eq!(empty.as_deref(), expected, "{api} with an empty {field}");
            required += usize::from(expected.is_some());
        }
        for field in call.required.keys() {
            assert!(call.request.contains_key(field), "{api}: the example has no {field}");
        }
    }
    assert!(required > 20, "only {required} fields are required");
}

#[test]
fn fields_that_depend_on_each_other_are_required_together() {
    let order = call("unifiedOrder");
    let native = with(&without(&order.request, &["openid"]), &[("trade_type", "NATIVE")]);
    assert_eq!(named(&order, &native).as_deref(), Some("product_id"));
    assert_eq!(named(&order, &with(&native, &[("product_id", "12235413214070356458058")])), None);
    for trade_type in ["APP", "MWEB"] {
        let request = with(&without(&order.request, &["openid"]), &[("trade_type", trade_type)]);
        assert_eq!(named(&order, &request), None, "{trade_type}");
    }
    let query = call("orderQuery");
    assert_eq!(named(&query, &fields(&[])).as_deref(), Some("transaction_id"));
    assert_eq!(named(&query, &fields(&[("out_trade_no", "1")])), None);
    assert_eq!(named(&query, &fields(&[("transaction_id", "1")])), None);
}

#[test]
fn each_malformed_field_is_named() {
    let long = "1".repeat(33);
    let url = format!("https://example.com/{}", "x".repeat(237));
    let cases: [(&str, &str, &[&str]); 14] = [
        (
            "unifiedOrder",
            "total_fee",
            &["0", "-1", "+1", "1.0", "0.88", "1e2", "0x58", "088", " 88", "１", "9007199254740992", "NaN"],
        ),
        ("unifiedOrder", "out_trade_no", &["a b", "a&b=1", "订单", "a/b", "a.b", &long]),
        (
            "unifiedOrder",
            "spbill_create_ip",
            &["localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4:80", "::g", "example.com"],
        ),
        (
            "unifiedOrder",
            "notify_url",
            &[
                "example.com/n",
                "ftp://a/b",
                "//a/b",
                "https://",
                "https:///n",
                "https://a/b?c=1",
                "https://a/b#c",
                "https://a b",
                "javascript:1",
                &url,
            ],
        ),
        ("unifiedOrder", "trade_type", &["jsapi", "MICROPAY", "JSAPI,APP", "0"]),
        ("unifiedOrder", "openid", &["o 1", "o&1", "用户"]),
        ("unifiedOrder", "time_start", &["2009-12-25", "20091225091", "200912250910100", "2009122509101x"]),
        ("unifiedOrder", "time_expire", &["0", "tomorrow", "1414561699000"]),
        ("unifiedOrder", "limit_pay", &["no-credit", "NO_CREDIT", "no_debit"]),
        ("unifiedOrder", "profit_sharing", &["y", "yes", "true", "1"]),
        ("orderQuery", "transaction_id", &["a b", "4&2", "号"]),
        ("closeOrder", "out_trade_no", &["a b", "a,b", &long]),
        ("unifiedOrder", "device_info", &["a&fee_type=USD", "a=b"]),
        ("micropay", "device_info", &["till&cash_fee=1"]),
    ];
    for (name, field, texts) in cases {
        for text in texts {
            let call = call(name);
            assert_eq!(named(&call, &with(&call.request, &[(field, text)])).as_deref(), Some(field), "{name}: {text}");
        }
    }
}

#[test]
fn a_value_at_the_edge_of_its_form_is_sent() {
    let url = format!("https://example.com/{}", "x".repeat(236));
    let order = call("unifiedOrder");
    for (field, text) in [
        ("total_fee", "1"),
        ("total_fee", "9007199254740991"),
        ("out_trade_no", "a"),
        ("out_trade_no", "0123456789_-|*ABCDEFGHIJabcdefgh"),
        ("spbill_create_ip", "::1"),
        ("spbill_create_ip", "2001:db8::8a2e:370:7334"),
        ("notify_url", url.as_str()),
        ("notify_url", "http://10.0.0.1:8080/"),
        ("detail", "{\"goods_detail\":[{\"goods_name\":\"<&>\"}]}"),
        ("attach", "a=1&b=2"),
        ("body", "腾讯-游戏 😀"),
        ("time_expire", "20091227091010"),
        ("a_field_that_came_later", "1"),
    ] {
        assert_eq!(named(&order, &with(&order.request, &[(field, text)])), None, "{field} {text}");
    }
}

#[test]
fn a_value_that_xml_cannot_carry_or_that_signers_read_differently_is_named() {
    let order = call("unifiedOrder");
    for field in ["body", "attach", "a_field_that_came_later"] {
        for text in [
            "\0",
            "a\u{1}b",
            "\u{fffe}",
            "x\u{ffff}",
            "\u{1b}[31m",
            "a\rb",
            "a\r\nb",
            " a",
            "a ",
            "a\n",
            "\u{a0}a",
            " ",
        ] {
            assert_eq!(named(&order, &with(&order.request, &[(field, text)])).as_deref(), Some(field), "{text:?}");
        }
    }
}

#[test]
fn the_merchants_own_fields_may_be_repeated_but_not_changed() {
    for call in calls() {
        let own = [("appid", APPID), ("mch_id", MCH_ID), ("sign_type", "MD5"), ("nonce_str", "abc")];
        assert_eq!(named(&call, &with(&call.request, &own)), None, "{}", call.api.name);
        for (field, text) in [
            ("appid", "wx1"),
            ("mch_id", "1"),
            ("sign_type", "HMAC-SHA256"),
            ("sign_type", "NONE"),
            ("sign", "9A0A"),
            ("sign", ""),
        ] {
            let named = named(&call, &with(&call.request, &[(field, text)]));
            assert_eq!(named.as_deref(), Some(field), "{}: {text}", call.api.name);
        }
    }
}

#[test]
fn a_nonce_is_letters_digits_underscores_and_hyphens() {
    for call in calls() {
        let params = || Params::from_pairs(&call.request).unwrap();
        for nonce in ["", "a b", "a.b", "测", "123456789012345678901234567890123"] {
            let error = prepare(call.api, &merchant(SignType::Md5), params(), nonce).unwrap_err();
            let refusal = (error.kind().code(), error.field());
            assert_eq!(refusal, ("ERR_PARAM", Some("nonce_str")), "{}: {nonce}", call.api.name);
        }
        let request = prepare(call.api, &merchant(SignType::Md5), params(), "a-B_1").unwrap();
        assert!(request.body.contains("<nonce_str>a-B_1</nonce_str>"), "{}", call.api.name);
    }
}

#[test]
fn only_nonce_and_signature_differ_when_a_request_is_repeated() {
    for call in calls() {
        let read = |nonce: &str| -> Fields {
            let params = Params::from_pairs(&call.request).unwrap();
            let request = prepare(call.api, &merchant(SignType::HmacSha256), params, nonce).unwrap();
            let sent = parse_xml(request.body.as_bytes(), &Limits::ANSWER).unwrap();
            sent.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        };
        let (one, other) = (read("one"), read("other"));
        let differing: Vec<&String> = one.keys().filter(|name| one[*name] != other[*name]).collect();
        assert_eq!(differing, ["nonce_str", "sign"], "{}", call.api.name);
        assert_eq!(read("one"), one, "{}", call.api.name);
    }
}

#[test]
fn a_typed_request_is_the_same_as_its_fields() {
    let call = call("unifiedOrder");
    let text = |name: &str| call.request[name].clone();
    let typed = UnifiedOrder {
        body: text("body"),
        device_info: Some(text("device_info")),
        out_trade_no: text("out_trade_no"),
        total_fee: 88,
        spbill_create_ip: text("spbill_create_ip"),
        notify_url: text("notify_url"),
        trade_type: text("trade_type"),
        openid: Some(text("openid")),
        ..UnifiedOrder::default()
    };
    let merchant = merchant(SignType::HmacSha256);
    assert_eq!(typed.prepare(&merchant, NONCE).unwrap(), call.prepare(SignType::HmacSha256).unwrap());
    let free = UnifiedOrder { total_fee: 0, ..typed };
    assert_eq!(free.prepare(&merchant, NONCE).unwrap_err().field(), Some("total_fee"));
    assert_eq!(OrderQuery::default().prepare(&merchant, NONCE).unwrap_err().field(), Some("transaction_id"));
}

#[test]
fn a_notify_url_has_only_characters_of_a_url() {
    let order = call("unifiedOrder");
    for url in
        ["https://example.com/a\nb", "https://example.com/a\tb", "https://exa\nmple.com/", "https://example.com/通知"]
    {
        assert_eq!(
            named(&order, &with(&order.request, &[("notify_url", url)])).as_deref(),
            Some("notify_url"),
            "{url:?}"
        );
    }
}
