//! Wycheproof's vectors of RSA and AES-256-GCM through the code of the feature `aws-lc` that uses them, and the doctor's cipher.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64ct::{Base64, Encoding};
use paysign::v3::{ApiV3Keys, Decrypter, MerchantKey, Verdict, Verifier, WechatpayKeys};
use serde_json::Value;

/// One case: its number, bytes, and its result.
struct Case {
    number: u64,
    bytes: Vec<Vec<u8>>,
    is_valid: bool,
    is_invalid: bool,
}

fn cases(list: &Value) -> Vec<Case> {
    let read = |case: &Value| {
        let case = case.as_array().unwrap();
        let (last, rest) = case.split_last().unwrap();
        let bytes = rest[1..].iter().map(|text| Base64::decode_vec(text.as_str().unwrap()).unwrap()).collect();
        let (is_valid, is_invalid) = (last == "valid", last == "invalid");
        assert!(is_valid || is_invalid || last == "acceptable", "{last}");
        Case { number: rest[0].as_u64().unwrap(), bytes, is_valid, is_invalid }
    };
    list.as_array().unwrap().iter().map(read).collect()
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/wycheproof_v3.json")).unwrap()
}

#[test]
fn a_signature_is_right_or_wrong_as_wycheproof_says() {
    let (mut right, mut wrong) = (0, 0);
    for key in vectors()["RSA PKCS#1 v1.5"]["keys"].as_array().unwrap() {
        let pem = key["public_key_pem"].as_str().unwrap();
        let keys = WechatpayKeys::default().with_public_key("PUB_KEY_ID_1", pem).unwrap();
        for Case { number, bytes, is_valid, is_invalid } in cases(&key["cases"]) {
            let verdict = keys.verify("PUB_KEY_ID_1", &bytes[0], &bytes[1]);
            assert!(verdict != Verdict::UnknownKey, "{number}");
            assert!(!is_valid || verdict == Verdict::Right, "{number}");
            assert!(!is_invalid || verdict == Verdict::Wrong, "{number}");
            right += usize::from(is_valid);
            wrong += usize::from(is_invalid);
        }
    }
    assert_eq!((right, wrong), (9, 249));
}

#[test]
fn a_sensitive_text_opens_or_not_as_wycheproof_says() {
    let vectors = &vectors()["RSA-OAEP"];
    let key = MerchantKey::of_serial(vectors["private_key_pem"].as_str().unwrap(), "1A").unwrap();
    let (mut opened, mut refused) = (0, 0);
    for Case { number, bytes, is_valid, .. } in cases(&vectors["cases"]) {
        let [text, sealed, label] = bytes.as_slice() else { panic!("{number}") };
        // WeChat has no label, and its texts are UTF-8.
        let expected = std::str::from_utf8(text).ok().filter(|_| is_valid && label.is_empty());
        let found = key.decrypt(&Base64::encode_string(sealed)).ok();
        assert_eq!(found.as_deref().map(String::as_str), expected, "{number}");
        if expected.is_some() { opened += 1 } else { refused += 1 }
    }
    assert_eq!(opened + refused, 36);
    assert!(opened >= 5 && refused >= 19, "{opened} opened, {refused} refused");
}

/// The cases whose nonce has 12 bytes. The crate decrypts with no other one.
fn ciphers() -> Vec<Case> {
    let all = cases(&vectors()["AES-256-GCM"]["cases"]);
    assert_eq!(all.len(), 105);
    all.into_iter().filter(|case| case.bytes[1].len() == 12).collect()
}

#[test]
fn a_resource_decrypts_or_not_as_wycheproof_says() {
    let (mut by_keys, mut refused) = (0, 0);
    for Case { number, bytes, is_valid, .. } in ciphers() {
        let [key, nonce, data, text, sealed] = bytes.as_slice() else { panic!("{number}") };
        let expected = is_valid.then_some(text.as_slice());
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).unwrap());
        let mut room = sealed.clone();
        let nonce_of_12 = Nonce::try_assume_unique_for_key(nonce).unwrap();
        let found = cipher.open_in_place(nonce_of_12, Aad::from(data), &mut room).ok().map(|found| &*found);
        assert_eq!(found, expected, "{number}");
        refused += usize::from(!is_valid);
        // A merchant's key is text.
        if let Ok(key) = std::str::from_utf8(key) {
            let found = ApiV3Keys::new(&[key]).unwrap().decrypt(nonce, data, sealed);
            assert_eq!(found.as_ref().map(|found| found.as_slice()), expected, "{number}");
            by_keys += 1;
        }
    }
    assert_eq!((by_keys, refused), (27, 27));
}

#[cfg(feature = "doctor")]
#[test]
fn the_doctors_cipher_decrypts_or_not_as_wycheproof_says() {
    use aes_gcm::aead::{Aead, Payload};
    use aes_gcm::{Aes256Gcm, KeyInit};
    let mut refused = 0;
    for Case { number, bytes, is_valid, .. } in ciphers() {
        let [key, nonce, aad, text, msg] = bytes.as_slice() else { panic!("{number}") };
        let cipher = Aes256Gcm::new_from_slice(key).unwrap();
        let found = cipher.decrypt(nonce.as_slice().try_into().unwrap(), Payload { msg, aad }).ok();
        assert_eq!(found.as_ref(), is_valid.then_some(text), "{number}");
        refused += usize::from(!is_valid);
    }
    assert_eq!(refused, 27);
}
