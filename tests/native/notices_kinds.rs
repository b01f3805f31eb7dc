//! S5: one signed message of each other kind is no payment notice.

use paysign::{Key, Prepay, open_notify, request_payment};

use crate::calls::calls;
use crate::genuine::notice;
use crate::support::{APPID, BOTH, Fields, KEY, MCH_ID, NONCE, fields, signed, signed_by, stored, with, without, xml};

const REFUND: &str = "50000408942018111907145868882";

/// The fields of a paid order that an answer of the gateway has: the more, the closer to a notice.
fn paid_order() -> Fields {
    without(&notice(), &["attach"])
}

/// Every kind of message that the merchant's key signs, and why each is refused.
fn other_messages() -> Vec<(&'static str, Fields)> {
    let paid = paid_order();
    let common = fields(&[
        ("return_code", "SUCCESS"),
        ("result_code", "SUCCESS"),
        ("appid", APPID),
        ("mch_id", MCH_ID),
        ("nonce_str", "IITRi8Iabbblz1Jc"),
    ]);
    let order = fields(&[
        ("appid", APPID),
        ("mch_id", MCH_ID),
        ("nonce_str", NONCE),
        ("body", "test"),
        ("out_trade_no", "1409811653"),
        ("total_fee", "100"),
        ("spbill_create_ip", "127.0.0.1"),
        ("notify_url", "https://example.com/notify"),
        ("trade_type", "JSAPI"),
        ("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"),
    ]);
    let of = |base: &Fields, pairs: &[(&str, &str)]| with(base, pairs);
    vec![
        ("unifiedOrder, its request", order.clone()),
        (
            "unifiedOrder, its request with the result of a notice",
            of(&paid, &[("notify_url", "https://example.com/notify")]),
        ),
        ("unifiedOrder", of(&common, &[("trade_type", "JSAPI"), ("prepay_id", "wx201411101639507cbf")])),
        (
            "unifiedOrder for a code",
            of(&common, &[("trade_type", "NATIVE"), ("prepay_id", "wx2"), ("code_url", "weixin://x")]),
        ),
        (
            "unifiedOrder for a browser",
            of(&common, &[("trade_type", "MWEB"), ("prepay_id", "wx2"), ("mweb_url", "https://x")]),
        ),
        ("unifiedOrder, failed", of(&common, &[("result_code", "FAIL"), ("err_code", "ORDERPAID")])),
        (
            "orderQuery, NOTPAY",
            of(&common, &[("trade_state", "NOTPAY"), ("out_trade_no", "1409811653"), ("total_fee", "100")]),
        ),
        ("orderQuery, NOTPAY with every field of a paid order", of(&paid, &[("trade_state", "NOTPAY")])),
        ("orderQuery, CLOSED", of(&paid, &[("trade_state", "CLOSED")])),
        ("orderQuery, REFUND", of(&paid, &[("trade_state", "REFUND")])),
        ("orderQuery, SUCCESS", of(&paid, &[("trade_state", "SUCCESS"), ("trade_state_desc", "支付成功")])),
        (
            "orderQuery, its request",
            fields(&[("appid", APPID), ("mch_id", MCH_ID), ("nonce_str", NONCE), ("out_trade_no", "1409811653")]),
        ),
        ("orderQuery, failed", of(&common, &[("result_code", "FAIL"), ("err_code", "ORDERNOTEXIST")])),
        ("closeOrder", of(&common, &[("result_msg", "OK")])),
        ("closeOrder, bare", common.clone()),
        (
            "refund, its request",
            of(&without(&order, &["notify_url"]), &[("out_refund_no", "R1"), ("refund_fee", "100")]),
        ),
        ("refund", of(&paid, &[("refund_id", REFUND), ("refund_fee", "100"), ("out_refund_no", "R1")])),
        ("refund, without its numbers", of(&paid, &[("refund_fee", "100")])),
        ("refund, its number alone", of(&paid, &[("out_refund_no", "R1")])),
        ("refundQuery", of(&paid, &[("refund_count", "1"), ("refund_id_0", REFUND), ("refund_status_0", "SUCCESS")])),
        ("refundQuery, a number alone", of(&paid, &[("out_refund_no_0", "R1")])),
        ("refundQuery, its status alone", of(&paid, &[("refund_status_0", "PROCESSING")])),
        ("refund notice", of(&without(&common, &["result_code"]), &[("req_info", "4gS8kbcHysCW7bHqyEU0Mw==")])),
        ("refund notice with every field of a paid order", of(&paid, &[("req_info", "4gS8kbcHysCW7bHqyEU0Mw==")])),
        ("micropay", of(&paid, &[("trade_type", "MICROPAY")])),
        ("micropay by face", of(&paid, &[("trade_type", "FACEPAY")])),
        (
            "micropay, its request",
            of(&without(&order, &["notify_url", "trade_type", "openid"]), &[("auth_code", "120061098828009406")]),
        ),
        ("reverse", of(&common, &[("recall", "N")])),
        ("reverse with every field of a paid order", of(&paid, &[("recall", "N")])),
        ("shortUrl", of(&common, &[("short_url", "weixin://wxpay/s/XXXX")])),
        ("authCodeToOpenid", of(&common, &[("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")])),
        (
            "report, its request",
            of(
                &common,
                &[
                    ("interface_url", "https://api.mch.weixin.qq.com/pay/unifiedorder"),
                    ("user_ip", "127.0.0.1"),
                    ("out_trade_no", "1409811653"),
                ],
            ),
        ),
        (
            "downloadBill, its request",
            fields(&[("appid", APPID), ("mch_id", MCH_ID), ("nonce_str", NONCE), ("bill_date", "20141110")]),
        ),
        (
            "the six values of an app",
            fields(&[
                ("appid", APPID),
                ("partnerid", MCH_ID),
                ("prepayid", "wx2"),
                ("package", "Sign=WXPay"),
                ("noncestr", NONCE),
                ("timestamp", "1414561699"),
            ]),
        ),
    ]
}

#[test]
fn no_other_signed_message_is_a_paid_notice() {
    let key = Key::new(KEY).unwrap();
    let mut refused = 0;
    for (kind, message) in other_messages() {
        for sign_type in BOTH {
            let body = xml(&signed_by(&message, KEY, sign_type));
            for expect in [stored(&key, &[sign_type]), paysign::Expect::signed(&key, &[sign_type])] {
                match open_notify(body.as_bytes(), &expect) {
                    Ok(opened) => assert!(!opened.paid && message["result_code"] == "FAIL", "{kind} is a paid notice"),
                    Err(error) => {
                        let expected = if message.contains_key("req_info") { "ERR_DECRYPT" } else { "ERR_MISMATCH" };
                        assert_eq!(error.kind().code(), expected, "{kind}: {error}");
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(refused > 100, "only {refused} messages were refused");
}

#[test]
fn a_failed_answer_to_another_call_is_refused_when_an_order_is_expected() {
    let failed: Vec<_> = other_messages().into_iter().filter(|(kind, _)| kind.ends_with("failed")).collect();
    assert!(failed.len() >= 2, "only {} messages say that a call failed", failed.len());
    for (kind, message) in failed {
        assert!(crate::support::open(xml(&signed(&message)).as_bytes()).is_err(), "{kind}");
    }
}

#[test]
fn our_own_requests_sent_back_are_no_notice() {
    let key = Key::new(KEY).unwrap();
    for call in calls() {
        for sign_type in BOTH {
            let body = call.prepare(sign_type).unwrap().body;
            let error = open_notify(body.as_bytes(), &paysign::Expect::signed(&key, &[sign_type])).unwrap_err();
            assert_eq!(error.kind().code(), "ERR_MISMATCH", "{}", call.api.name);
        }
    }
}

#[test]
fn the_five_values_that_the_phone_has_are_not_a_notice() {
    let key = Key::new(KEY).unwrap();
    for sign_type in BOTH {
        let prepay =
            Prepay { appId: APPID, prepay_id: "wx2", signType: sign_type, timeStamp: 1_414_561_699, nonceStr: NONCE };
        let payment = request_payment(&prepay, &key).unwrap();
        let values = fields(&[
            ("appId", APPID),
            ("timeStamp", &payment.timeStamp),
            ("nonceStr", &payment.nonceStr),
            ("package", &payment.package),
            ("signType", &payment.signType),
            ("sign", &payment.paySign),
        ]);
        for expect in [stored(&key, &[sign_type]), paysign::Expect::signed(&key, &[sign_type])] {
            let body = xml(&values);
            let error = open_notify(body.as_bytes(), &expect).unwrap_err();
            assert_eq!(error.kind().code(), "ERR_MISMATCH", "the signature is right, the message is not: {error}");
        }
    }
}

#[test]
fn each_field_of_another_message_alone_makes_a_notice_another_message() {
    let foreign = [
        "trade_state",
        "prepay_id",
        "code_url",
        "mweb_url",
        "notify_url",
        "recall",
        "short_url",
        "req_info",
        "refund_id",
        "refund_fee",
        "refund_status_0",
        "refund_count",
        "out_refund_no",
        "out_refund_no_0",
    ];
    for name in foreign {
        let (code, field) = crate::support::refusal(&signed(&with(&notice(), &[(name, "1")])));
        let expected = if name == "req_info" { "ERR_DECRYPT" } else { "ERR_MISMATCH" };
        assert_eq!((code.as_str(), field.as_deref()), (expected, Some(name)));
    }
}
