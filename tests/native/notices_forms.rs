//! S6, S7: the form of each field is checked after the signature, and no field hides in its neighbour.

use crate::genuine::notice;
use crate::support::{
    Fields, KEY, open, refusal, refused, signature_of_text, signed, text_to_sign, with, without, xml,
};
use paysign::SignType;

/// Everything that JavaScript or a careless parser takes for the number 100.
const COERCIONS: [&str; 26] = [
    "100.0",
    "100.",
    "+100",
    "-100",
    "0100",
    "00100",
    "1e2",
    "1E2",
    "0x64",
    "0X64",
    "0b1100100",
    "0o144",
    "144o",
    " 100",
    "100 ",
    "100\n",
    "\t100",
    "１００",
    "1_00",
    "1,00",
    "100n",
    "100fen",
    "१००",
    "Infinity",
    "NaN",
    "100\u{a0}",
];

#[test]
fn an_amount_is_a_canonical_decimal_integer() {
    for name in ["total_fee", "cash_fee", "coupon_fee", "coupon_count", "settlement_total_fee"] {
        for text in COERCIONS {
            let got = refusal(&signed(&with(&notice(), &[(name, text)])));
            assert_eq!(got, refused("ERR_MISMATCH", name), "{text:?}");
        }
        for text in ["9007199254740992", "18446744073709551616", "-0", "null", "undefined", "true", "[100]", "一百"] {
            let got = refusal(&signed(&with(&notice(), &[(name, text)])));
            assert_eq!(got, refused("ERR_MISMATCH", name), "{text:?}");
        }
    }
    assert_eq!(refusal(&signed(&with(&notice(), &[("total_fee", "0")]))), refused("ERR_MISMATCH", "total_fee"));
}

#[test]
fn a_field_that_is_always_there_has_to_be_there_in_a_paid_notice() {
    let mandatory = [
        "nonce_str",
        "openid",
        "trade_type",
        "bank_type",
        "total_fee",
        "cash_fee",
        "transaction_id",
        "out_trade_no",
        "time_end",
    ];
    for name in mandatory {
        assert_eq!(refusal(&signed(&without(&notice(), &[name]))), refused("ERR_MISMATCH", name), "none");
        assert_eq!(refusal(&signed(&with(&notice(), &[(name, "")]))), refused("ERR_MISMATCH", name), "empty");
    }
}

#[test]
fn a_field_that_may_be_missing_may_be_missing() {
    let optional = [
        "attach",
        "coupon_count",
        "coupon_fee",
        "device_info",
        "fee_type",
        "is_subscribe",
        "settlement_total_fee",
        "return_msg",
    ];
    for name in optional {
        assert!(open(xml(&signed(&without(&notice(), &[name]))).as_bytes()).unwrap().paid, "{name}");
        assert!(open(xml(&signed(&with(&notice(), &[(name, "")]))).as_bytes()).unwrap().paid, "{name}");
    }
    assert!(open(xml(&signed(&without(&notice(), &optional))).as_bytes()).unwrap().paid);
}

#[test]
fn a_number_or_id_keeps_to_its_characters() {
    let cases = [
        ("out_trade_no", &["a b", "a&b", "a=b", "号", "a\n", "<1>", "123456789012345678901234567890123"][..]),
        ("transaction_id", &["4 2", "4&2", "4=2", "號", "4\n", "4|2"]),
        ("openid", &["o 1", "o&1", "o=1"]),
        ("nonce_str", &["n 1", "n&1", "n=1"]),
        ("bank_type", &["CMB&", "a=b", ""]),
        ("fee_type", &["C&Y", "CNY ", "人民币", "C=Y"]),
        ("trade_type", &["jsapi", "JSAPI ", "MICROPAY", "FACEPAY", "Jsapi", "a&b"]),
        (
            "time_end",
            &[
                "2014-09-03",
                "2014090313154",
                "201409031315400",
                "2014090313154x",
                "１２３４５６７８９０１２３４",
                "20140903131540 ",
            ],
        ),
        ("sign_type", &["NONE", "md5", "HMAC", "MD5&x=1"]),
    ];
    for (name, texts) in cases {
        for text in texts {
            let got = refusal(&signed(&with(&notice(), &[(name, text)])));
            assert_eq!(got, refused("ERR_MISMATCH", name), "{text:?}");
        }
    }
}

#[test]
fn a_new_word_in_an_open_list_of_wechat_is_accepted() {
    let cases = [
        ("trade_type", "APPLET"),
        ("trade_type", "NEW_WAY-2"),
        ("trade_type", "Applet"),
        ("trade_type", "支付"),
        ("bank_type", "一家新银行"),
        ("bank_type", "NEW-BANK (1)"),
        ("is_subscribe", "UNKNOWN"),
        ("is_subscribe", "a b"),
        ("cash_fee_type", "数字人民币"),
        ("coupon_type_0", "A KIND OF ITS OWN"),
        ("coupon_id_0", "号 1"),
        ("promotion_detail", r#"{"promotion_detail":[{"name":"a=b&c"}]}"#),
        ("brand_new_field", "a=1&b=2"),
        ("rate_value", "x"),
        ("return_msg", "支付成功"),
    ];
    for (name, text) in cases {
        let genuine = signed(&with(&notice(), &[(name, text)]));
        let body = xml(&genuine);
        let opened = open(body.as_bytes()).unwrap_or_else(|error| panic!("{name}={text}: {error}"));
        assert!(opened.paid, "{name}={text}");
        assert_eq!(opened.fields.text(name), text, "{name}");
    }
}

#[test]
fn each_result_is_one_exact_word() {
    for name in ["return_code", "result_code"] {
        for text in [
            "",
            "success",
            "Success",
            "SUCCESS ",
            " SUCCESS",
            "SUCCESSFUL",
            "OK",
            "1",
            "true",
            "ＳＵＣＣＥＳＳ",
            "SUCCESS\u{200b}",
        ] {
            assert_eq!(refusal(&signed(&with(&notice(), &[(name, text)]))), refused("ERR_MISMATCH", name), "{text:?}");
        }
        assert_eq!(refusal(&signed(&without(&notice(), &[name]))), refused("ERR_MISMATCH", name), "none");
    }
    assert_eq!(refusal(&signed(&with(&notice(), &[("return_code", "FAIL")]))), refused("ERR_MISMATCH", "return_code"));
    let failed = xml(&signed(&with(&notice(), &[("result_code", "FAIL")])));
    assert!(!open(failed.as_bytes()).unwrap().paid, "a failed payment is genuine, and not paid");
}

/// The genuine message with this field moved into the value of the field before it. The signed text is the same.
fn swallowed(message: &Fields, place: usize) -> (String, Fields) {
    let said: Vec<(&String, &String)> = message.iter().filter(|(name, _)| *name != "sign").collect();
    let ((into, kept), (name, value)) = (said[place - 1], said[place]);
    let swallowed = with(&without(message, &[name]), &[(into, &format!("{kept}&{name}={value}"))]);
    (name.clone(), swallowed)
}

#[test]
fn a_field_that_means_something_cannot_be_swallowed_by_its_neighbour() {
    // The other fields are texts of the shop and of the buyer, or say nothing about money.
    let harmless = ["attach", "device_info", "is_subscribe", "return_msg"];
    let mut refused = 0;
    for changes in [
        &[][..],
        &["coupon_fee", "coupon_count"],
        &["fee_type"],
        &["settlement_total_fee"],
        &["device_info"],
        &["attach"],
    ] {
        for currency in ["CNY", "HKD"] {
            let message = without(&signed(&without(&with(&notice(), &[("fee_type", currency)]), changes)), &["sign"]);
            let sign = signature_of_text(&text_to_sign(&message), KEY, SignType::Md5);
            for place in 1..message.len() {
                let (name, forged) = swallowed(&message, place);
                assert_eq!(text_to_sign(&forged), text_to_sign(&message), "the same text is signed: {name}");
                let (code, _) = refusal(&with(&forged, &[("sign", &sign)]));
                assert!(code == "ERR_MISMATCH" || harmless.contains(&name.as_str()), "{name}: {code}");
                refused += usize::from(code == "ERR_MISMATCH");
            }
        }
    }
    assert!(refused > 150, "only {refused} messages were refused");
}

#[test]
fn a_currency_or_a_discount_hidden_in_a_free_text_is_found() {
    for (into, text) in [
        ("device_info", "x&fee_type=JPY"),
        ("device_info", "x&a=1&fee_type=JPY"),
        ("device_info", "x&fee_type="),
        ("return_msg", "OK&settlement_total_fee=1"),
        ("return_msg", "OK&sign_type=MD5"),
    ] {
        let message = with(&without(&notice(), &["fee_type", "settlement_total_fee"]), &[(into, text)]);
        assert_eq!(refusal(&signed(&message)), refused("ERR_MISMATCH", into), "{text}");
    }
}

#[test]
fn a_text_of_the_shop_with_the_signs_of_the_signed_text_is_not_lost() {
    for text in [
        "user=1&coupon=2",
        "user=1&openid=o2&total_fee=5&fee_type=CNY",
        "a&b",
        "=",
        "&",
        "&&==",
        "https://example.com/?a=1&b=2",
        "{\"a\":\"x&y=1\"}",
        "&amp;total=1",
    ] {
        let message = signed(&with(&notice(), &[("attach", text)]));
        let body = xml(&message);
        let opened = open(body.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(opened.fields.get("attach"), Some(text));
    }
}

/// The notice of a cheap order whose `attach` the buyer chose, cut at other places. Its signed text is the same as that of
/// another order.
#[test]
fn a_text_of_the_buyer_does_not_turn_a_notice_into_the_notice_of_another_order() {
    let hidden = "bank_type=C&cash_fee=1&mch_id=1900000109&nonce_str=1&openid=o&out_trade_no=EXPENSIVE";
    let genuine = with(&notice(), &[("attach", &format!("x&{hidden}&p="))]);
    let genuine = signed(&without(&genuine, &["coupon_fee", "coupon_count", "settlement_total_fee", "return_msg"]));
    let signed_text = text_to_sign(&genuine);
    let rest = &signed_text[signed_text.find("&p=").unwrap() + "&p=".len()..signed_text.find("&result_code=").unwrap()];
    let mut forged = with(&genuine, &[("attach", "x"), ("p", rest)]);
    forged = without(&forged, &["device_info", "fee_type", "is_subscribe"]);
    forged
        .extend(hidden.split('&').map(|part| part.split_once('=').unwrap()).map(|(n, v)| (n.to_owned(), v.to_owned())));
    assert_eq!(text_to_sign(&forged), signed_text, "the same text is signed");

    let body = xml(&forged);
    let key = paysign::Key::new(KEY).unwrap();
    let opened = paysign::open_notify(body.as_bytes(), &paysign::Expect::signed(&key, &[SignType::Md5]));
    assert_eq!(opened.map(|notice| notice.out_trade_no().to_owned()).map_err(|e| e.kind().code()), Err("ERR_MISMATCH"));
}

#[test]
fn a_currency_cannot_be_pushed_into_a_field_that_nobody_knows() {
    let genuine = signed(&with(&notice(), &[("device_info", "x&fee_type=CNY&g="), ("fee_type", "JPY")]));
    let forged = with(&genuine, &[("device_info", "x"), ("fee_type", "CNY"), ("g", "&fee_type=JPY")]);
    assert_eq!(text_to_sign(&forged), text_to_sign(&genuine), "the same text is signed");
    assert_eq!(refusal(&forged), refused("ERR_MISMATCH", "g"));
}

/// Shops of a service provider differ only in `sub_mch_id`: it is as much an identity as `mch_id`.
#[test]
fn the_identity_of_a_sub_merchant_cannot_be_swallowed() {
    let provider = with(&notice(), &[("sub_appid", "wx1"), ("sub_mch_id", "1900000110"), ("sub_openid", "o1")]);
    let provider = signed(&without(&provider, &["settlement_total_fee"]));
    let hidden = "OK&sub_appid=wx1&sub_mch_id=1900000110&sub_openid=o1";
    let forged = with(&without(&provider, &["sub_appid", "sub_mch_id", "sub_openid"]), &[("return_msg", hidden)]);
    assert_eq!(text_to_sign(&forged), text_to_sign(&provider), "the same text is signed");
    assert_eq!(refusal(&forged), refused("ERR_MISMATCH", "return_msg"));
    assert!(open(xml(&provider).as_bytes()).unwrap().paid);
}
