//! The keys of APIv3 on aws-lc-rs: published signatures, the files of the platform, and secrets.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RsaKeyPair};
use base64ct::{Base64, Encoding};
use paysign::read_certificate;
use paysign::v3::{ApiV3Keys, Decrypter, Merchant, MerchantKey, Signer, Verdict, Verifier, WechatpayKeys};

use crate::certificates::{Subject, certificate, der_of, pem};
use crate::v3::{published, text};

/// 2026-07-26.
const NOW: u64 = 1_785_028_800;
const SERIAL: &str = "408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB";

fn merchant() -> Merchant {
    Merchant::new("wx8888888888888888", "1900009191").unwrap()
}

fn private_key() -> String {
    text(&published()["test_key"], "private_key_pem").to_owned()
}

fn spki() -> Vec<u8> {
    der_of(text(&published()["test_key"], "public_key_pem"))
}

/// The certificate of the published key, as PEM.
fn own_certificate(names: &[&str]) -> String {
    pem("CERTIFICATE", &certificate(&Subject { names, spki: &spki(), ..Subject::default() }))
}

#[test]
fn every_published_signature_is_made_again() {
    let published = published();
    let key = MerchantKey::of_serial(&private_key(), SERIAL).unwrap();
    let mut compared = 0;
    for case in published["rsa_sign"].as_array().unwrap() {
        let signature = Base64::encode_string(&key.sign(text(case, "message").as_bytes()).unwrap());
        assert_eq!(signature, text(case, "signature"), "{}", text(case, "name"));
        compared += 1;
    }
    assert_eq!(compared, 6);
}

#[test]
fn the_published_answer_verifies_and_no_changed_bit_of_it_does() {
    let published = published();
    let case = &published["answer_verify"][0];
    let (message, signature) = (text(case, "message"), text(&case["headers"], "Wechatpay-Signature"));
    let signature = Base64::decode_vec(signature).unwrap();
    let id = text(&case["headers"], "Wechatpay-Serial");
    let keys = WechatpayKeys::default().with_public_key(id, text(case, "public_key_pem")).unwrap();
    assert_eq!(keys.verify(id, message.as_bytes(), &signature), Verdict::Right);
    assert_eq!(keys.verify("PUB_KEY_ID_1", message.as_bytes(), &signature), Verdict::UnknownKey);
    for at in 0..message.len() {
        let mut changed = message.as_bytes().to_vec();
        changed[at] ^= 1;
        assert_eq!(keys.verify(id, &changed, &signature), Verdict::Wrong, "byte {at}");
    }
    for wrong in [&signature[..255], &[&signature[..], &[0]].concat(), &[]] {
        assert_eq!(keys.verify(id, message.as_bytes(), wrong), Verdict::Wrong);
    }
    let other = WechatpayKeys::default().with_public_key(id, text(&published["test_key"], "public_key_pem")).unwrap();
    assert_eq!(other.verify(id, message.as_bytes(), &signature), Verdict::Wrong);
}

#[test]
fn the_published_certificate_is_decrypted_also_by_the_second_key_and_no_change_opens() {
    let published = published();
    let case = &published["aes_gcm"][0];
    let sealed = Base64::decode_vec(text(case, "ciphertext")).unwrap();
    let (nonce, associated) = (text(case, "nonce").as_bytes(), text(case, "associated_data").as_bytes());
    let (key, other) = (text(case, "apiv3_key"), "f".repeat(32));
    for keys in [&[key][..], &[&other, key], &[key, &other]] {
        let plain = ApiV3Keys::new(keys).unwrap().decrypt(nonce, associated, &sealed).unwrap();
        assert_eq!(std::str::from_utf8(&plain).unwrap(), text(case, "plaintext"));
    }
    let right = ApiV3Keys::new(&[key]).unwrap();
    assert!(ApiV3Keys::new(&[&other]).unwrap().decrypt(nonce, associated, &sealed).is_none());
    assert!(right.decrypt(nonce, b"transaction", &sealed).is_none());
    assert!(right.decrypt(b"14b16c03dc1c", associated, &sealed).is_none());
    assert!(right.decrypt(b"short", associated, &sealed).is_none());
    for length in [0, 15, 16, sealed.len() - 1] {
        assert!(right.decrypt(nonce, associated, &sealed[..length]).is_none(), "{length} bytes");
    }
    let platform = WechatpayKeys::default().with_certificate(text(case, "plaintext")).unwrap();
    assert_eq!(platform.preferred(), text(case, "serial_no"));
    assert_eq!(platform.verify(text(case, "serial_no"), b"", b""), Verdict::Wrong, "the key is known by its serial");
}

#[test]
fn a_private_key_is_read_in_both_forms_and_from_one_line() {
    let der = der_of(&private_key());
    // The header of PKCS#8 for RSA has 26 bytes; the rest is PKCS#1.
    let traditional = pem("RSA PRIVATE KEY", &der[26..]);
    let expected = MerchantKey::of_serial(&private_key(), SERIAL).unwrap().sign(b"a").unwrap();
    for text in [&traditional, &traditional.replace('\n', "\\n"), &private_key().replace('\n', "\\r\\n")] {
        assert_eq!(MerchantKey::of_serial(text, SERIAL).unwrap().sign(b"a").unwrap(), expected, "{text}");
    }
}

#[test]
fn the_serial_is_that_of_the_certificate_or_the_written_one_in_whole_bytes() {
    let made = |names| MerchantKey::of_certificate(&private_key(), &own_certificate(names), &merchant(), NOW);
    let key = made(&["1900009191"]).unwrap();
    assert_eq!(key.serial(), "3A7C");
    assert!(made(&["示例商店"]).is_ok());
    for (written, serial) in [(SERIAL, SERIAL), ("b4:47:d", "0B447D"), ("0B447D", "0B447D")] {
        assert_eq!(MerchantKey::of_serial(&private_key(), written).unwrap().serial(), serial);
    }
}

#[test]
fn files_that_cannot_work_are_refused_with_the_option_and_the_remedy() {
    let published = published();
    let (own, public) = (private_key(), text(&published["test_key"], "public_key_pem"));
    let platform = text(&published["aes_gcm"][0], "plaintext");
    let small = pem("PRIVATE KEY", &der_of(&own)[..600]);
    let serial = |key: &str| MerchantKey::of_serial(key, SERIAL).map(drop);
    let pair = |certificate: &str| MerchantKey::of_certificate(&own, certificate, &merchant(), NOW).map(drop);
    let own_later = MerchantKey::of_certificate(&own, &own_certificate(&["1900009191"]), &merchant(), 4_102_444_800);
    let keys = WechatpayKeys::default;
    // The certificate of another key, with this merchant's number.
    let spki = read_certificate(&der_of(platform)).unwrap().spki;
    let other =
        pem("CERTIFICATE", &certificate(&Subject { names: &["1900009191"], spki: &spki, ..Subject::default() }));
    for (made, field, why) in [
        (serial(""), "privateKey", "apiclient_key.pem"),
        (serial(public), "privateKey", "not a private key"),
        (serial(platform), "privateKey", "not a private key"),
        (serial(&small), "privateKey", "whole"),
        (serial(&pem("ENCRYPTED PRIVATE KEY", &[1])), "privateKey", "openssl pkey"),
        (MerchantKey::of_serial(&own, "PUB_KEY_ID_1").map(drop), "serial", "40 hexadecimal"),
        (MerchantKey::of_serial(&own, "0").map(drop), "serial", "40 hexadecimal"),
        (pair(&own), "certificate", "apiclient_cert.pem"),
        (pair(&pem("CERTIFICATE", &[0x30, 0])), "certificate", "X.509"),
        (pair(platform), "certificate", "platform certificate"),
        (pair(&other), "certificate", "belong"),
        (own_later.map(drop), "certificate", "expired"),
        (pair(&own_certificate(&["1900009192"])), "certificate", "another merchant"),
        (keys().with_public_key("PUB_KEY_ID_1", &own).map(drop), "wechatpayKeys", "pub_key.pem"),
        (keys().with_public_key("PUB_KEY_ID_1", platform).map(drop), "wechatpayKeys", "pub_key.pem"),
        (keys().with_public_key(SERIAL, public).map(drop), "wechatpayKeys", "PUB_KEY_ID_"),
        (keys().with_public_key("PUB_KEY_ID_1", &pem("PUBLIC KEY", &[0x30, 0])).map(drop), "wechatpayKeys", "RSA"),
        (keys().with_certificate(public).map(drop), "wechatpayKeys", "platform certificate"),
        (keys().with_certificate(&own_certificate(&["1900009191"])).map(drop), "wechatpayKeys", "a merchant's"),
        (ApiV3Keys::new(&[]).map(drop), "apiV3Key", "missing"),
        (ApiV3Keys::new(&[&"a".repeat(31)]).map(drop), "apiV3Key", "31 bytes"),
        (ApiV3Keys::new(&[&"a".repeat(32), ""]).map(drop), "apiV3Key", "0 bytes"),
    ] {
        let error = made.unwrap_err();
        assert_eq!((error.kind().code(), error.field()), ("ERR_CONFIG", Some(field)), "{error}");
        assert!(error.message().contains(why), "{error}");
    }
}

#[test]
fn the_public_key_is_preferred_to_certificates_and_a_serial_is_found_in_any_spelling() {
    let published = published();
    let wechat = text(&published["test_key"], "public_key_pem");
    let platform =
        Subject { serial: &[0x0b, 0x47], names: &["Tenpay.com sign"], organization: "Tenpay.com", spki: &spki() };
    let keys = WechatpayKeys::default().with_certificate(&pem("CERTIFICATE", &certificate(&platform))).unwrap();
    assert_eq!((keys.preferred(), WechatpayKeys::default().preferred()), ("0B47", ""));
    assert_eq!(keys.verify("B47", b"a", b""), Verdict::Wrong, "the canonical serial has no leading zero");
    let both = keys.with_public_key("PUB_KEY_ID_1", wechat).unwrap();
    assert_eq!(both.preferred(), "PUB_KEY_ID_1");
    assert_eq!(both.verify("B47", b"a", b""), Verdict::Wrong, "the certificate is kept");
}

#[test]
fn no_debug_text_and_no_refusal_shows_a_key() {
    let (pem_text, secret) = (private_key(), "0123456789abcdef0123456789ABCDEF");
    let key = MerchantKey::of_serial(&pem_text, SERIAL).unwrap();
    let keys = ApiV3Keys::new(&[secret]).unwrap();
    let public = WechatpayKeys::default().with_public_key("PUB_KEY_ID_1", &pem("PUBLIC KEY", &spki())).unwrap();
    let damaged = pem_text.replacen("MII", "MIJ", 1);
    let long = format!("{secret}0");
    let shown = format!(
        "{key:?} {key:#?} {keys:?} {keys:#?} {public:?} {:?} {:?} {:?} {:?}",
        MerchantKey::of_serial(&damaged, SERIAL).unwrap_err(),
        MerchantKey::of_certificate(&pem_text, &pem_text, &merchant(), NOW).unwrap_err(),
        ApiV3Keys::new(&[&long]).unwrap_err(),
        WechatpayKeys::default().with_public_key(&pem_text, &pem_text).unwrap_err(),
    );
    assert!(shown.contains("[key]") && shown.contains(SERIAL) && shown.contains("PUB_KEY_ID_1"), "{shown}");
    assert!(!shown.contains(&secret[..8]), "{shown}");
    for line in pem_text.lines().filter(|line| line.len() > 16) {
        assert!(!shown.contains(&line[..16]), "{shown}");
    }
}

#[test]
fn a_fresh_key_signs_what_its_own_public_key_alone_verifies() {
    let [one, other] = [(); 2].map(|()| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
    let signer = MerchantKey::of_serial(&pem("PRIVATE KEY", one.as_der().unwrap().as_ref()), SERIAL).unwrap();
    let public = |pair: &RsaKeyPair| pem("PUBLIC KEY", pair.public_key().as_der().unwrap().as_ref());
    let keys = WechatpayKeys::default()
        .with_public_key("PUB_KEY_ID_1", &public(&one))
        .and_then(|keys| keys.with_public_key("PUB_KEY_ID_2", &public(&other)))
        .unwrap();
    let signature = signer.sign(b"text").unwrap();
    assert_eq!(keys.verify("PUB_KEY_ID_1", b"text", &signature), Verdict::Right);
    assert_eq!(keys.verify("PUB_KEY_ID_2", b"text", &signature), Verdict::Wrong);
}
