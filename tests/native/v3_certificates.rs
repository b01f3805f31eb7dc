//! The list of platform certificates on aws-lc-rs: the vectors, and lists that are wrong at each stage.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64ct::{Base64, Encoding};
use paysign::v3::{
    ApiV3Keys, Call, Certificates, Head, Merchant, MerchantKey, OrderQuery, PlatformCertificate, Reply, Sent, Signer,
    Verdict, Verifier, WechatpayKeys, answer_text, open_answer, open_certificates,
};
use paysign::{Error, ErrorKind, Outcome};
use serde_json::{Value, json};

use crate::certificates::{Subject, certificate, der_of, pem};
use crate::v3::{text, vectors_made};

/// 2026-07-26.
const NOW: u64 = 1_785_028_800;

/// Opens an answer with these headers.
fn opened(
    (status, head, body): (u16, Head<'_>, &str),
    known: &WechatpayKeys,
    api_v3_key: &str,
    now: u64,
) -> Result<Vec<PlatformCertificate>, Error> {
    let merchant = Merchant::new("wx8888888888888888", "1900009191").unwrap();
    let request = Certificates::default().prepare(&merchant).unwrap();
    let sent = Sent { api: Certificates::API, merchant: &merchant, request: &request, text: "" };
    let reply = Reply { status, request_id: "", head, body: body.as_bytes() };
    open_certificates(&sent, &reply, known, &ApiV3Keys::new(&[api_v3_key]).unwrap(), now)
}

fn head(headers: &Value) -> Head<'_> {
    Head {
        timestamp: text(headers, "Wechatpay-Timestamp"),
        nonce: text(headers, "Wechatpay-Nonce"),
        serial: text(headers, "Wechatpay-Serial"),
        signature: text(headers, "Wechatpay-Signature"),
        signature_type: text(headers, "Wechatpay-Signature-Type"),
    }
}

/// A case of the vectors, with keys that are known.
fn of_vectors(case: &Value, known: &WechatpayKeys, key: &str) -> Result<Vec<PlatformCertificate>, Error> {
    opened((200, head(&case["headers"]), text(case, "body")), known, key, case["now"].as_u64().unwrap())
}

#[test]
fn the_good_list_of_the_vectors_opens_and_the_changed_and_the_foreign_one_do_not() {
    let vectors = vectors_made();
    let cases = vectors["certificates"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let found = of_vectors(case, &WechatpayKeys::default(), text(&vectors, "apiv3_key"));
        if case["code"].is_null() {
            let list = found.unwrap();
            let mut serials: Vec<&str> = list.iter().map(|one| one.serial_no.as_str()).collect();
            let mut wanted: Vec<&str> =
                case["serials"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
            serials.sort_unstable();
            wanted.sort_unstable();
            assert_eq!(serials, wanted);
            continue;
        }
        let error = found.unwrap_err();
        let wanted = (text(case, "code"), Some(text(case, "field")));
        assert_eq!((error.kind().code(), error.field()), wanted, "{error}");
        assert_eq!((error.status(), error.outcome()), (Some(200), Outcome::Unknown));
    }
}

#[test]
fn each_certificate_of_the_list_becomes_a_key_and_another_api_v3_key_is_the_diagnosis() {
    let vectors = vectors_made();
    let case = &vectors["certificates"][0];
    let list = of_vectors(case, &WechatpayKeys::default(), text(&vectors, "apiv3_key")).unwrap();
    let keys = list.iter().try_fold(WechatpayKeys::default(), |keys, one| keys.with_certificate(&one.pem)).unwrap();
    assert_eq!(keys.preferred(), list[0].serial_no);
    for one in &list {
        assert_eq!(keys.verify(&paysign::v3::serial(&one.serial_no).unwrap(), b"", b""), Verdict::Wrong);
        assert!(one.effective_time < one.expire_time && one.expire_time > i64::try_from(NOW).unwrap());
    }
    let error = of_vectors(case, &WechatpayKeys::default(), &"f".repeat(32)).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Decrypt, Some("apiV3Key")), "{error}");
}

#[test]
fn a_key_that_is_known_verifies_a_list_that_does_not_have_it() {
    let vectors = vectors_made();
    // The foreign case is signed with a certificate that its list lacks.
    let case = &vectors["certificates"][2];
    let signer = text(&case["headers"], "Wechatpay-Serial");
    let known = vectors["certificates"][0]["body"].clone();
    assert!(known.as_str().unwrap().contains(signer));
    let all = of_vectors(&vectors["certificates"][0], &WechatpayKeys::default(), text(&vectors, "apiv3_key")).unwrap();
    let one = all.iter().find(|one| one.serial_no == signer).unwrap();
    let known = WechatpayKeys::default().with_certificate(&one.pem).unwrap();
    let list = of_vectors(case, &known, text(&vectors, "apiv3_key")).unwrap();
    assert_eq!(list.iter().map(|one| one.serial_no.as_str()).collect::<Vec<_>>(), [&case["serials"][0]]);
}

/// A list that the test signs with the private key of a certificate of the vectors.
struct List {
    vectors: Value,
    entries: Vec<Value>,
}

impl List {
    fn new() -> Self {
        let vectors = vectors_made();
        let platform = &vectors["keys"]["platform_certificate_1"];
        let own = entry(&vectors, text(platform, "serial"), text(platform, "certificate_pem"));
        Self { vectors, entries: vec![own] }
    }

    fn open(&self, now: u64) -> Result<Vec<PlatformCertificate>, Error> {
        self.open_as(200, |head| head, now)
    }

    fn open_as(
        &self,
        status: u16,
        change: impl for<'a> FnOnce(Head<'a>) -> Head<'a>,
        now: u64,
    ) -> Result<Vec<PlatformCertificate>, Error> {
        let platform = &self.vectors["keys"]["platform_certificate_1"];
        let body = json!({ "data": self.entries }).to_string();
        let signer = MerchantKey::of_serial(text(platform, "private_key_pem"), "1A").unwrap();
        let timestamp = now.to_string();
        let signature =
            Base64::encode_string(&signer.sign(&answer_text(&timestamp, "n0nce", body.as_bytes())).unwrap());
        let head = Head {
            timestamp: &timestamp,
            nonce: "n0nce",
            serial: text(platform, "serial"),
            signature: &signature,
            signature_type: "",
        };
        let key = text(&self.vectors, "apiv3_key");
        opened((status, change(head), &body), &WechatpayKeys::default(), key, now)
    }
}

/// An entry of the list, encrypted.
fn entry(vectors: &Value, serial_no: &str, plain: &str) -> Value {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, text(vectors, "apiv3_key").as_bytes()).unwrap());
    let mut bytes = plain.as_bytes().to_vec();
    let nonce = Nonce::try_assume_unique_for_key(b"abcdefghijkl").unwrap();
    key.seal_in_place_append_tag(nonce, Aad::from(b"certificate"), &mut bytes).unwrap();
    json!({
        "serial_no": serial_no, "effective_time": "2026-01-01T08:00:00+08:00", "expire_time": "2031-01-01T08:00:00+08:00",
        "encrypt_certificate": {
            "algorithm": "AEAD_AES_256_GCM", "nonce": "abcdefghijkl", "associated_data": "certificate",
            "ciphertext": Base64::encode_string(&bytes),
        },
    })
}

/// A certificate with a public key of the vectors, valid from 2026 to 2031, and its serial.
fn other(vectors: &Value, serial: u8, names: &[&str], organization: &str) -> (String, String) {
    let spki = der_of(text(&vectors["keys"]["platform_public_key"], "public_key_pem"));
    let der = certificate(&Subject { serial: &[serial], names, organization, spki: &spki });
    (format!("{serial:02X}"), pem("CERTIFICATE", &der))
}

#[test]
fn an_entry_that_cannot_be_trusted_refuses_the_list_with_its_reason() {
    let list = List::new();
    let (serial, good) = other(&list.vectors, 0x0b, &["Tenpay.com sign"], "Tenpay.com");
    let (_, by_name) = other(&list.vectors, 0x0b, &["1900009191"], "x");
    let (_, by_organization) = other(&list.vectors, 0x0b, &["x"], "微信商户系统");
    let with = |name: &str, value: Value| {
        let mut changed = entry(&list.vectors, &serial, &good);
        changed["encrypt_certificate"][name] = value;
        changed
    };
    for (wrong, code, why) in [
        (entry(&list.vectors, "0C", &good), "ERR_MISMATCH", "the serial 0B"),
        (entry(&list.vectors, "x", &good), "ERR_MISMATCH", "the serial 0B"),
        (entry(&list.vectors, &serial, &by_name), "ERR_MISMATCH", "a merchant's"),
        (entry(&list.vectors, &serial, &by_organization), "ERR_MISMATCH", "a merchant's"),
        (entry(&list.vectors, &serial, "x"), "ERR_MISMATCH", "not a certificate"),
        (entry(&list.vectors, &serial, &pem("CERTIFICATE", &[0x30, 0])), "ERR_MISMATCH", "not a certificate"),
        (with("nonce", "short".into()), "ERR_MISMATCH", "nonce"),
        (with("nonce", "bbcdefghijkl".into()), "ERR_DECRYPT", "apiV3Key"),
        (with("associated_data", "".into()), "ERR_DECRYPT", "apiV3Key"),
        (with("associated_data", Value::Null), "ERR_DECRYPT", "apiV3Key"),
        (with("ciphertext", "AAAA".into()), "ERR_DECRYPT", "apiV3Key"),
        (with("ciphertext", "*".into()), "ERR_DECRYPT", "apiV3Key"),
        (with("ciphertext", 5.into()), "ERR_MISMATCH", "another form"),
        (json!({ "serial_no": "0B" }), "ERR_MISMATCH", "is missing"),
    ] {
        let wrong = List { entries: vec![list.entries[0].clone(), wrong], vectors: list.vectors.clone() };
        let error = wrong.open(NOW).unwrap_err();
        assert_eq!((error.kind().code(), error.outcome()), (code, Outcome::Unknown), "{error}");
        assert!(error.message().contains(why), "{error}");
    }
}

#[test]
fn a_serial_without_its_zero_is_the_same_and_an_algorithm_that_is_not_supported_is_left_out() {
    let mut list = List::new();
    let (serial, pem) = other(&list.vectors, 0x0b, &["Tenpay.com sign"], "Tenpay.com");
    let mut foreign = entry(&list.vectors, "SM2", "x");
    foreign["encrypt_certificate"]["algorithm"] = "AEAD_SM4_GCM".into();
    list.entries.extend([entry(&list.vectors, "b", &pem), foreign]);
    let serials = |list: Vec<PlatformCertificate>| list.into_iter().map(|one| one.serial_no).collect::<Vec<_>>();
    let own = text(&list.vectors["keys"]["platform_certificate_1"], "serial").to_owned();
    let found = serials(list.open(NOW).unwrap());
    assert_eq!(found.len(), 2);
    assert!(found.contains(&serial) && found.contains(&own), "{found:?}");
}

#[test]
fn the_newest_certificate_that_is_valid_already_comes_first_and_an_expired_one_is_left_out() {
    let mut list = List::new();
    let (serial, pem) = other(&list.vectors, 0x0b, &["Tenpay.com sign"], "Tenpay.com");
    list.entries.push(entry(&list.vectors, &serial, &pem));
    let own = text(&list.vectors["keys"]["platform_certificate_1"], "serial").to_owned();
    let serials = |now: u64| -> Vec<String> { list.open(now).unwrap().into_iter().map(|one| one.serial_no).collect() };
    // It is valid from 2026-01-01 to 2031-01-01, and the certificate of the vectors is older and ends earlier.
    let (start, end) = (1_767_225_600, 1_924_992_000);
    assert_eq!(serials(NOW), [serial.as_str(), &own]);
    assert_eq!(serials(start), [serial.as_str(), &own]);
    assert_eq!(serials(start - 1), [own.as_str(), &serial]);
    assert_eq!(serials(end), [serial.as_str()]);
    let error = list.open(end + 1).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Mismatch, Some("certificates")), "{error}");
    assert!(error.message().contains("expired"), "{error}");
}

#[test]
fn a_list_without_a_certificate_that_can_be_used_does_not_say_that_one_has_expired() {
    let mut list = List::new();
    let mut foreign = entry(&list.vectors, "SM2", "x");
    foreign["encrypt_certificate"]["algorithm"] = "AEAD_SM4_GCM".into();
    for (entries, field, words) in
        [(vec![], "data", "no platform certificate"), (vec![foreign], "Wechatpay-Serial", "the unknown key")]
    {
        list.entries = entries;
        let error = list.open(NOW).unwrap_err();
        assert_eq!(error.field(), Some(field), "{error}");
        assert!(error.message().contains(words) && !error.message().contains("expired"), "{error}");
    }
}

#[test]
fn a_certificate_verifies_until_its_end_and_not_after_it() {
    let list = List::new();
    let serial = text(&list.vectors["keys"]["platform_certificate_1"], "serial");
    let own = list.open(NOW).unwrap().into_iter().find(|one| one.serial_no == serial).unwrap();
    let keys = WechatpayKeys::default().with_certificate(&own.pem).unwrap();
    let canonical = paysign::v3::serial(serial).unwrap();
    assert_eq!(keys.valid_until(&canonical), Some(own.expire_time));
    assert_eq!(keys.valid_until("1A"), None);
    let end = u64::try_from(own.expire_time).unwrap();
    let answer = r#"{"appid":"wx8888888888888888","mchid":"1900009191","out_trade_no":"a1","trade_state":"NOTPAY"}"#;
    let signer = MerchantKey::of_serial(text(&list.vectors["keys"]["platform_certificate_1"], "private_key_pem"), "1A");
    let signer = signer.unwrap();
    let open = |now: u64| {
        let timestamp = now.to_string();
        let signed = signer.sign(&answer_text(&timestamp, "n0nce", answer.as_bytes())).unwrap();
        let signature = Base64::encode_string(&signed);
        let head = Head { timestamp: &timestamp, nonce: "n0nce", serial, signature: &signature, signature_type: "" };
        let merchant = Merchant::new("wx8888888888888888", "1900009191").unwrap();
        let query = OrderQuery { out_trade_no: Some("a1".to_owned()), ..OrderQuery::default() };
        let request = query.prepare(&merchant).unwrap();
        let sent = Sent { api: OrderQuery::API, merchant: &merchant, request: &request, text: "" };
        open_answer(&sent, &Reply { status: 200, request_id: "", head, body: answer.as_bytes() }, &keys, now)
    };
    assert!(open(end).is_ok());
    let error = open(end + 1).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Signature, Some("Wechatpay-Serial")), "{error}");
    assert!(error.message().contains("has expired"), "{error}");
}

#[test]
fn an_answer_that_is_not_signed_or_that_refuses_has_no_list() {
    let list = List::new();
    type Change = for<'a> fn(Head<'a>) -> Head<'a>;
    for (change, field) in [
        ((|head| Head { serial: "", ..head }) as Change, "Wechatpay-Serial"),
        (|head| Head { serial: "PUB_KEY_ID_1", ..head }, "Wechatpay-Serial"),
        (|head| Head { timestamp: "1785028499", ..head }, "Wechatpay-Timestamp"),
        (|head| Head { nonce: "other", ..head }, "Wechatpay-Signature"),
        (|head| Head { signature_type: "WECHATPAY2-SM2-WITH-SM3", ..head }, "Wechatpay-Signature-Type"),
    ] {
        let error = list.open_as(200, change, NOW).unwrap_err();
        assert_eq!((error.kind(), error.field(), error.status()), (ErrorKind::Signature, Some(field), Some(200)));
    }
    let error = list.open_as(404, |head| head, NOW).unwrap_err();
    assert_eq!((error.outcome(), error.status()), (Outcome::Rejected, Some(404)), "{error}");
}
