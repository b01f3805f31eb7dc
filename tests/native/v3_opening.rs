//! Answers and notices of APIv3 that are wrong at each stage: the first wrong stage is reported, whatever follows it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RsaKeyPair};
use base64ct::{Base64, Encoding};
use paysign::v3::{
    ApiV3Keys, Call, Expect, Head, Merchant, MerchantKey, NoticeKind, Opened, OrderQuery, Reply, Sent, Signer,
    WechatpayKeys, answer_text, open_answer, open_notice,
};
use paysign::{Error, Outcome};
use serde_json::{Value, json};

use crate::certificates::pem;

const NOW: u64 = 1_785_028_800;
const ID: &str = "PUB_KEY_ID_0119";
const KEY: &str = "0123456789abcdef0123456789ABCDEF";
const OLD_KEY: &str = "fedcba9876543210fedcba9876543210";
const STRANGE_KEY: &str = "ffffffffffffffffffffffffffffffff";

/// WeChat's side of a test: its own key, and a stranger's.
struct Side {
    wechat: MerchantKey,
    stranger: MerchantKey,
    keys: WechatpayKeys,
}

fn side() -> Side {
    let [wechat, stranger] = [(); 2].map(|()| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
    let public = pem("PUBLIC KEY", wechat.public_key().as_der().unwrap().as_ref());
    let signer =
        |pair: &RsaKeyPair| MerchantKey::of_serial(&pem("PRIVATE KEY", pair.as_der().unwrap().as_ref()), "1A").unwrap();
    Side {
        wechat: signer(&wechat),
        stranger: signer(&stranger),
        keys: WechatpayKeys::default().with_public_key(ID, &public).unwrap(),
    }
}

fn merchant() -> Merchant {
    Merchant::new("wx8888888888888888", "1900009191").unwrap()
}

fn order() -> Value {
    json!({
        "appid": "wx8888888888888888", "mchid": "1900009191", "out_trade_no": "a1", "transaction_id": "42",
        "trade_state": "SUCCESS", "payer": { "openid": "o1" }, "amount": { "total": 100, "currency": "CNY" },
    })
}

/// A message before it is signed. Each stage can be spoilt without the others.
#[derive(Clone)]
struct Message {
    resource: Value,
    event_type: &'static str,
    resource_tail: &'static str,
    sealed_with: &'static str,
    algorithm: &'static str,
    tail: &'static str,
    by_stranger: bool,
    serial: &'static str,
    timestamp: u64,
    signature_type: &'static str,
    has_nonce: bool,
}

impl Default for Message {
    fn default() -> Self {
        Self {
            resource: order(),
            event_type: "TRANSACTION.SUCCESS",
            resource_tail: "",
            sealed_with: KEY,
            algorithm: "AEAD_AES_256_GCM",
            tail: "",
            by_stranger: false,
            serial: ID,
            timestamp: NOW,
            signature_type: "WECHATPAY2-SHA256-RSA2048",
            has_nonce: true,
        }
    }
}

fn sealed(key: &str, plain: &str) -> String {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_bytes()).unwrap());
    let mut bytes = plain.as_bytes().to_vec();
    let nonce = Nonce::try_assume_unique_for_key(b"abcdefghijkl").unwrap();
    key.seal_in_place_append_tag(nonce, Aad::from(b"transaction"), &mut bytes).unwrap();
    Base64::encode_string(&bytes)
}

/// Signs a body, and calls with its headers.
fn signed<T>(side: &Side, message: &Message, body: &str, call: impl FnOnce(Head<'_>) -> T) -> T {
    let timestamp = message.timestamp.to_string();
    let text = answer_text(&timestamp, "n0nce", body.as_bytes());
    let signer = if message.by_stranger { &side.stranger } else { &side.wechat };
    let signature = Base64::encode_string(&signer.sign(&text).unwrap());
    call(Head {
        timestamp: &timestamp,
        nonce: if message.has_nonce { "n0nce" } else { "" },
        serial: message.serial,
        signature: &signature,
        signature_type: message.signature_type,
    })
}

fn notice_body(message: &Message) -> String {
    let plain = format!("{}{}", message.resource, message.resource_tail);
    let envelope = json!({
        "id": "EV-1", "create_time": "2026-07-26T09:19:58+08:00", "resource_type": "encrypt-resource",
        "event_type": message.event_type, "summary": "支付成功",
        "resource": {
            "original_type": "transaction", "algorithm": message.algorithm, "nonce": "abcdefghijkl",
            "associated_data": "transaction", "ciphertext": sealed(message.sealed_with, &plain),
        },
    });
    format!("{envelope}{}", message.tail)
}

fn opened(side: &Side, message: &Message) -> Result<Opened, Error> {
    let merchant = merchant();
    let expect = Expect { out_trade_no: Some("a1"), total: Some(100), ..Expect::of(&merchant) };
    let keys = ApiV3Keys::new(&[KEY, OLD_KEY]).unwrap();
    let body = notice_body(message);
    signed(side, message, &body, |head| open_notice(&head, body.as_bytes(), &expect, &side.keys, &keys, NOW))
}

fn answered(side: &Side, message: &Message) -> Result<Value, Error> {
    let merchant = merchant();
    let request = OrderQuery { out_trade_no: Some("a1".to_owned()), ..OrderQuery::default() }.prepare(&merchant)?;
    let sent = Sent { api: OrderQuery::API, merchant: &merchant, request: &request, text: "" };
    let body = format!("{}{}", message.resource, message.tail);
    signed(side, message, &body, |head| {
        let reply = Reply { status: 200, request_id: "1-0", head, body: body.as_bytes() };
        open_answer(&sent, &reply, &side.keys, NOW).map(|answer| serde_json::to_value(&answer).unwrap())
    })
}

/// A stage: how it is spoilt, and the error.
type Stage = (fn(&mut Message), &'static str, Option<&'static str>);

const SIGNATURE: [Stage; 5] = [
    (|message| message.has_nonce = false, "ERR_SIGNATURE", Some("Wechatpay-Nonce")),
    (|message| message.signature_type = "WECHATPAY2-SM2-WITH-SM3", "ERR_SIGNATURE", Some("Wechatpay-Signature-Type")),
    (|message| message.timestamp -= 301, "ERR_SIGNATURE", Some("Wechatpay-Timestamp")),
    (|message| message.serial = "PUB_KEY_ID_9", "ERR_SIGNATURE", Some("Wechatpay-Serial")),
    (|message| message.by_stranger = true, "ERR_SIGNATURE", Some("Wechatpay-Signature")),
];

const NOTICE: [Stage; 7] = [
    (|message| message.tail = "}", "ERR_JSON", None),
    (|message| message.algorithm = "AEAD_SM4_GCM", "ERR_DECRYPT", Some("resource.algorithm")),
    (|message| message.sealed_with = STRANGE_KEY, "ERR_DECRYPT", Some("resource.ciphertext")),
    (|message| message.resource_tail = "}", "ERR_JSON", None),
    (|message| message.resource["mchid"] = json!("1900009192"), "ERR_MISMATCH", Some("mchid")),
    (|message| message.resource["transaction_id"] = json!(42), "ERR_MISMATCH", Some("transaction_id")),
    (|message| message.resource["out_trade_no"] = json!("a2"), "ERR_MISMATCH", Some("out_trade_no")),
];

const ANSWER: [Stage; 4] = [
    (|message| message.tail = "}", "ERR_JSON", None),
    (|message| message.resource["appid"] = json!("wx9"), "ERR_MISMATCH", Some("appid")),
    (|message| message.resource["trade_state"] = Value::Null, "ERR_MISMATCH", Some("trade_state")),
    (|message| message.resource["out_trade_no"] = json!("a2"), "ERR_MISMATCH", Some("out_trade_no")),
];

/// Spoils each stage, alone and together with each later one.
fn each_stage<T: std::fmt::Debug>(stages: &[Stage], open: impl Fn(&Message) -> Result<T, Error>) {
    for (at, (spoil, code, field)) in stages.iter().enumerate() {
        let mut alone = Message::default();
        spoil(&mut alone);
        let mut spoilt = vec![alone.clone()];
        for (later, ..) in &stages[at + 1..] {
            let mut both = alone.clone();
            later(&mut both);
            spoilt.push(both);
        }
        for message in spoilt {
            let error = open(&message).unwrap_err();
            assert_eq!((error.kind().code(), error.field()), (*code, *field), "stage {at}: {error}");
            assert_eq!(error.outcome(), Outcome::Unknown);
        }
    }
}

#[test]
fn a_good_notice_is_opened_with_the_new_key_and_with_the_old_one() {
    let side = side();
    for key in [KEY, OLD_KEY] {
        let Opened { envelope, notice } = opened(&side, &Message { sealed_with: key, ..Message::default() }).unwrap();
        assert_eq!((envelope.id.as_str(), envelope.event_type.as_str()), ("EV-1", "TRANSACTION.SUCCESS"));
        assert_eq!((notice.kind, notice.paid), (NoticeKind::Payment, true));
        assert_eq!(serde_json::to_value(&notice.resource).unwrap(), order());
    }
}

#[test]
fn a_notice_that_is_wrong_at_any_stage_is_refused_for_the_first_one() {
    let side = side();
    each_stage(&[&SIGNATURE[..], &NOTICE].concat(), |message| opened(&side, message));
}

#[test]
fn an_answer_that_is_wrong_at_any_stage_is_refused_for_the_first_one() {
    let side = side();
    assert_eq!(answered(&side, &Message::default()).unwrap(), order());
    each_stage(&[&SIGNATURE[..], &ANSWER].concat(), |message| answered(&side, message));
}

#[test]
fn a_success_that_wechat_has_not_signed_asks_for_a_query_first() {
    let side = side();
    for (spoil, ..) in SIGNATURE {
        let mut message = Message::default();
        spoil(&mut message);
        let error = answered(&side, &message).unwrap_err();
        assert_eq!((error.outcome(), error.status()), (Outcome::Unknown, Some(200)), "{error}");
        assert!(error.message().ends_with("query before anything else"), "{error}");
    }
}

#[test]
fn a_message_is_taken_within_five_minutes_of_the_clock_on_either_side() {
    let side = side();
    for (timestamp, is_taken) in [(NOW - 300, true), (NOW + 300, true), (NOW - 301, false), (NOW + 301, false)] {
        assert_eq!(opened(&side, &Message { timestamp, ..Message::default() }).is_ok(), is_taken, "{timestamp}");
    }
}

#[test]
fn a_probe_is_refused_as_a_probe_with_a_known_and_an_unknown_key() {
    let side = side();
    let (merchant, keys) = (merchant(), ApiV3Keys::new(&[KEY]).unwrap());
    for serial in [ID, "PUB_KEY_ID_9"] {
        let signature = "WECHATPAY/SIGNTEST/cm9iZQ==";
        let (timestamp, body) = (NOW.to_string(), notice_body(&Message::default()));
        let head = Head { timestamp: &timestamp, nonce: "n", serial, signature, signature_type: "" };
        let error = open_notice(&head, body.as_bytes(), &Expect::of(&merchant), &side.keys, &keys, NOW).unwrap_err();
        assert_eq!((error.kind().code(), error.field()), ("ERR_SIGNATURE", Some("Wechatpay-Signature")));
        assert!(error.message().contains("probe of WeChat Pay"), "{error}");
    }
}

#[test]
fn the_stored_order_is_compared_with_payments_and_refunds_and_another_event_is_about_none() {
    let side = side();
    let mut refund = order();
    refund["amount"] = json!({ "total": 100, "refund": 40 });
    for (name, value) in [("refund_id", "5"), ("out_refund_no", "r1"), ("refund_status", "SUCCESS")] {
        refund[name] = json!(value);
    }
    let refund = Message { resource: refund, event_type: "REFUND.SUCCESS", ..Message::default() };
    let good = opened(&side, &refund).unwrap();
    assert_eq!((good.notice.kind, good.notice.paid), (NoticeKind::Refund, false));
    for base in [Message::default(), refund] {
        let mut other = base;
        other.resource["amount"]["total"] = json!(101);
        assert_eq!(opened(&side, &other).unwrap_err().field(), Some("amount.total"));
    }
    let mut unpaid = Message::default();
    unpaid.resource["trade_state"] = json!("NOTPAY");
    unpaid.resource["amount"] = Value::Null;
    assert!(!opened(&side, &unpaid).unwrap().notice.paid);
    let event = Message { event_type: "MCHTRANSFER.BILL.FINISHED", ..Message::default() };
    assert_eq!(opened(&side, &event).unwrap_err().field(), Some("event_type"));
}

#[test]
fn a_refusal_needs_no_signature_and_says_where_the_signed_texts_differ() {
    let side = side();
    let merchant = merchant();
    let request =
        OrderQuery { out_trade_no: Some("a1".to_owned()), ..OrderQuery::default() }.prepare(&merchant).unwrap();
    let text = request.text(NOW, "n0nce");
    let head = Head { timestamp: "", nonce: "", serial: "", signature: "", signature_type: "" };
    let body = json!({
        "code": "SIGN_ERROR", "message": "错误的签名，验签失败",
        "detail": { "sign_information": { "method": "GET", "url": request.path, "sign_message_length": text.len() + 1 } },
    })
    .to_string();
    let reply = Reply { status: 401, request_id: "08F5-268443699", head, body: body.as_bytes() };
    for (text, why) in [(text.as_str(), "the body was changed on its way"), ("", "Check the private key")] {
        let sent = Sent { api: OrderQuery::API, merchant: &merchant, request: &request, text };
        let error = open_answer(&sent, &reply, &side.keys, NOW).unwrap_err();
        assert_eq!((error.kind().code(), error.outcome()), ("ERR_FAILED", Outcome::Rejected));
        assert_eq!((error.status(), error.err_code()), (Some(401), Some("SIGN_ERROR")));
        assert!(error.message().contains(why), "{error}");
    }
    let shown = format!("{reply:?}");
    assert!(shown.contains("401") && !shown.contains("SIGN_ERROR"), "{shown}");
}
