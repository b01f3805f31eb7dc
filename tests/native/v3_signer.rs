//! The signing of APIv3 and its typed calls, with a signer of the test in place of a key.

use paysign::Outcome;
use paysign::v3::{
    Call, CloseOrder, Head, JsapiOrder, Merchant, OrderAmount, OrderPayer, OrderQuery, Reply, Request, Sent, Signer,
    SignerError, Verdict, Verifier, authorization, complete, open_answer, request_payment,
};

const NOW: u64 = 1_785_028_800;
const NONCE: &str = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS";

/// Signs by returning the text, so that a test sees it.
struct Echo(&'static str);

impl Signer for Echo {
    fn serial(&self) -> &str {
        self.0
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(text.to_vec())
    }
}

/// A key store that is away.
struct Away;

impl Signer for Away {
    fn serial(&self) -> &str {
        "0B47"
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignerError> {
        Err("the key store is away\n".into())
    }
}

/// Calls every signature right.
struct Careless;

impl Verifier for Careless {
    fn verify(&self, _: &str, _: &[u8], _: &[u8]) -> Verdict {
        Verdict::Right
    }
}

fn merchant() -> Merchant {
    Merchant::new("wx8888888888888888", "1900009191").unwrap()
}

fn query() -> Request {
    OrderQuery { out_trade_no: Some("a1".to_owned()), ..OrderQuery::default() }.prepare(&merchant()).unwrap()
}

fn order() -> JsapiOrder {
    JsapiOrder {
        description: "茶".to_owned(),
        out_trade_no: "a-1234".to_owned(),
        notify_url: "https://shop.example/n".to_owned(),
        amount: OrderAmount { total: 1, ..OrderAmount::default() },
        payer: OrderPayer { openid: Some("o1".to_owned()), ..OrderPayer::default() },
        ..JsapiOrder::default()
    }
}

#[test]
fn the_header_has_the_members_of_the_signed_text_and_its_signature_in_base64() {
    use base64ct::{Base64, Encoding};
    let request = query();
    let header = authorization(&Echo("0B47D9"), &merchant(), &request, NOW, NONCE).unwrap();
    let text = format!("GET\n/v3/pay/transactions/out-trade-no/a1?mchid=1900009191\n{NOW}\n{NONCE}\n\n");
    assert_eq!(request.text(NOW, NONCE), text);
    let signature = Base64::encode_string(text.as_bytes());
    assert_eq!(
        header,
        format!(
            "WECHATPAY2-SHA256-RSA2048 mchid=\"1900009191\",nonce_str=\"{NONCE}\",signature=\"{signature}\",timestamp=\"{NOW}\",serial_no=\"0B47D9\""
        )
    );
}

#[test]
fn what_would_change_the_header_or_cannot_be_signed_is_refused_before_it_is_sent() {
    let sign = |serial, now, nonce| authorization(&Echo(serial), &merchant(), &query(), now, nonce).unwrap_err();
    for (error, code, field) in [
        (sign("0B47", NOW * 1000, NONCE), "ERR_PARAM", "timestamp"),
        (sign("0B47", 0, NONCE), "ERR_PARAM", "timestamp"),
        (sign("0B47", NOW, ""), "ERR_PARAM", "nonce"),
        (sign("0B47", NOW, "a\",b=\""), "ERR_PARAM", "nonce"),
        (sign("0B47", NOW, &"a".repeat(33)), "ERR_PARAM", "nonce"),
        (sign("", NOW, NONCE), "ERR_CONFIG", "serial"),
        (sign("0B:47", NOW, NONCE), "ERR_CONFIG", "serial"),
        (sign("PUB_KEY_ID_1", NOW, NONCE), "ERR_CONFIG", "serial"),
    ] {
        assert_eq!((error.kind().code(), error.field(), error.outcome()), (code, Some(field), Outcome::NotSent));
    }
    let error = authorization(&Away, &merchant(), &query(), NOW, NONCE).unwrap_err();
    assert_eq!((error.kind().code(), error.outcome()), ("ERR_INTERNAL", Outcome::NotSent));
    assert!(error.message().ends_with("the key store is away\\n"), "{error}");
}

#[test]
fn the_second_signature_covers_app_time_nonce_and_package_and_is_in_no_debug_text() {
    use base64ct::{Base64, Encoding};
    let payment = request_payment(&Echo("0B47"), &merchant(), "wx2", NOW, NONCE).unwrap();
    let text = format!("wx8888888888888888\n{NOW}\n{NONCE}\nprepay_id=wx2\n");
    assert_eq!(payment.paySign, Base64::encode_string(text.as_bytes()));
    assert_eq!((payment.signType, payment.package.as_str()), ("RSA", "prepay_id=wx2"));
    assert_eq!((payment.timeStamp, payment.nonceStr), (NOW.to_string(), NONCE.to_owned()));
    let again = request_payment(&Echo("0B47"), &merchant(), "wx2", NOW, NONCE).unwrap();
    assert!(!format!("{again:?}").contains(&again.paySign));
    for (prepay_id, now, nonce, field) in [
        ("", NOW, NONCE, "prepay_id"),
        ("prepay_id=wx2", NOW, NONCE, "prepay_id"),
        ("wx2\n", NOW, NONCE, "prepay_id"),
        ("wx2", NOW * 1000, NONCE, "timeStamp"),
        ("wx2", NOW, "\n", "nonceStr"),
    ] {
        let error = request_payment(&Echo("0B47"), &merchant(), prepay_id, now, nonce).unwrap_err();
        assert_eq!(error.field(), Some(field));
    }
}

#[test]
fn a_typed_order_is_checked_and_written_as_its_json_is() {
    let request = order().prepare(&merchant()).unwrap();
    assert_eq!(request.path, "/v3/pay/transactions/jsapi");
    assert_eq!(
        request.body,
        r#"{"appid":"wx8888888888888888","mchid":"1900009191","description":"茶","out_trade_no":"a-1234","notify_url":"https://shop.example/n","amount":{"total":1},"payer":{"openid":"o1"}}"#
    );
    let error = JsapiOrder { amount: OrderAmount::default(), ..order() }.prepare(&merchant()).unwrap_err();
    assert_eq!(error.field(), Some("amount.total"));
    let error = JsapiOrder { description: String::new(), ..order() }.prepare(&merchant()).unwrap_err();
    assert_eq!((error.field(), error.kind().code()), (Some("description"), "ERR_PARAM"));
}

#[test]
fn a_typed_answer_has_the_documented_members_and_takes_null_as_absent() {
    let judged = |body: &str| complete(OrderQuery::API, &merchant(), &query().asked, body.as_bytes()).unwrap();
    let good = r#"{"appid":"wx8888888888888888","mchid":"1900009191","out_trade_no":"a1","trade_state":"SUCCESS","attach":null,"transaction_id":"42","amount":{"total":1,"currency":null},"promotion_detail":[{"coupon_id":"c","amount":1,"name":null}],"new":1}"#;
    let answer = OrderQuery::read(&judged(good)).unwrap();
    assert_eq!((answer.out_trade_no.as_str(), answer.trade_state.as_str()), ("a1", "SUCCESS"));
    assert_eq!(answer.promotion_detail.len(), 1);
    let wrong = good.replace(r#""coupon_id":"c""#, r#""coupon_id":5"#);
    let error = complete(OrderQuery::API, &merchant(), &query().asked, wrong.as_bytes()).unwrap_err();
    assert_eq!((error.kind().code(), error.field()), ("ERR_MISMATCH", Some("promotion_detail[0].coupon_id")));
    let close = CloseOrder { out_trade_no: "a1".to_owned() };
    let request = close.prepare(&merchant()).unwrap();
    CloseOrder::read(&complete(CloseOrder::API, &merchant(), &request.asked, b"").unwrap()).unwrap();
}

#[test]
fn a_signature_that_is_not_base64_is_wrong_whatever_the_verifier_says() {
    let (merchant, request, now) = (merchant(), query(), NOW.to_string());
    let sent = Sent { api: OrderQuery::API, merchant: &merchant, request: &request, text: "" };
    let body = br#"{"appid":"wx8888888888888888","mchid":"1900009191","out_trade_no":"a1","trade_state":"NOTPAY"}"#;
    let open = |signature| {
        let head = Head { timestamp: &now, nonce: "n", serial: "0B47", signature, signature_type: "" };
        open_answer(&sent, &Reply { status: 200, request_id: "", head, body }, &Careless, NOW)
    };
    assert!(open("AAAA").is_ok());
    for signature in ["AAA", "AA A", "AAAA\n", "AAB=", "*", "WECHATPAY/SIGNTEST/AAAA*"] {
        let error = open(signature).unwrap_err();
        assert_eq!((error.field(), error.outcome()), (Some("Wechatpay-Signature"), Outcome::Unknown), "{signature}");
    }
}
