//! Sensitive members on aws-lc-rs: the vectors, an RSAES-OAEP of the test's own, and whole requests and answers.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64ct::{Base64, Encoding};
use num_bigint::BigUint;
use paysign::v3::{
    ApiV3Keys, Decrypter, Form, Json, Limits, Merchant, MerchantKey, SECRET_MARK, WechatpayKeys, api, check_bill_hash,
    prepare, read_json, secret_places,
};
use paysign::{Error, ErrorKind, read_certificate};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::certificates::{der_of, pem};
use crate::v3::{text, vectors_made};

/// The bytes of a hash of SHA-1.
const HASH: usize = 20;

fn key(vectors: &Value, name: &str) -> MerchantKey {
    MerchantKey::of_serial(text(&vectors["keys"][name], "private_key_pem"), "3A7C").unwrap()
}

/// The keys of WeChat: a certificate and the public key.
fn wechat(vectors: &Value) -> WechatpayKeys {
    let [public, certificate] = ["platform_public_key", "platform_certificate_1"].map(|name| &vectors["keys"][name]);
    WechatpayKeys::default()
        .with_certificate(text(certificate, "certificate_pem"))
        .and_then(|keys| keys.with_public_key(text(public, "id"), text(public, "public_key_pem")))
        .unwrap()
}

/// The numbers n, e and d of a private key of PKCS#8, whose header has 26 bytes.
fn numbers(pem: &str) -> [BigUint; 3] {
    let der = der_of(pem);
    // SEQUENCE with two bytes of length, then the version: INTEGER of one byte.
    let mut rest = &der[26 + 4 + 3..];
    [(); 3].map(|()| {
        let (header, length) = match rest[1] {
            short @ 0..=127 => (2, usize::from(short)),
            _ => (4, usize::from(u16::from_be_bytes([rest[2], rest[3]]))),
        };
        assert_eq!(rest[0], 2, "an INTEGER");
        let (number, after) = rest[header..].split_at(length);
        rest = after;
        BigUint::from_bytes_be(number)
    })
}

/// MGF1 with SHA-1 (RFC 8017, B.2.1), added to the bytes.
fn unmask(bytes: &mut [u8], seed: &[u8]) {
    for (block, count) in bytes.chunks_mut(HASH).zip(0_u32..) {
        let mask = Sha1::digest([seed, &count.to_be_bytes()].concat());
        block.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
}

/// RSAES-OAEP decryption with SHA-1 and no label (RFC 8017, 7.1.2), without aws-lc-rs.
fn decrypted_by_hand(pem: &str, encrypted: &str) -> String {
    let [n, e, d] = numbers(pem);
    assert_eq!(e, BigUint::from(65_537_u32));
    let sealed = Base64::decode_vec(encrypted).unwrap();
    assert_eq!(sealed.len(), 256);
    let number = BigUint::from_bytes_be(&sealed).modpow(&d, &n).to_bytes_be();
    let block = [vec![0; 256 - number.len()], number].concat();
    assert_eq!(block[0], 0);
    let (seed, rest) = block[1..].split_at(HASH);
    let (mut seed, mut rest) = (seed.to_vec(), rest.to_vec());
    unmask(&mut seed, &rest);
    unmask(&mut rest, &seed);
    let (label, padded) = rest.split_at(HASH);
    assert_eq!(label, Sha1::digest(b"").as_slice());
    let end = padded.iter().position(|byte| *byte != 0).unwrap();
    assert_eq!(padded[end], 1);
    String::from_utf8(padded[end + 1..].to_vec()).unwrap()
}

#[test]
fn every_vector_is_decrypted_by_its_key_alone() {
    let vectors = vectors_made();
    let mut compared = 0;
    for case in vectors["oaep_sha1"]["cases"].as_array().unwrap() {
        let (own, encrypted, plain) = (text(case, "key"), text(case, "ciphertext"), text(case, "plaintext"));
        for name in vectors["keys"].as_object().unwrap().keys() {
            let found = key(&vectors, name).decrypt(encrypted);
            assert_eq!(found.ok().as_deref().map(String::as_str), (name == own).then_some(plain), "{name}");
        }
        assert_eq!(decrypted_by_hand(text(&vectors["keys"][own], "private_key_pem"), encrypted), plain);
        compared += 1;
    }
    assert_eq!(compared, 5);
}

#[test]
fn a_text_that_does_not_decrypt_is_one_error_whatever_the_cause() {
    let vectors = vectors_made();
    let key = key(&vectors, "platform_public_key");
    let cases = &vectors["oaep_sha1"]["cases"];
    let good = text(&cases[0], "ciphertext");
    let mut changed = Base64::decode_vec(good).unwrap();
    changed[100] ^= 1;
    // No UTF-8: a character of three bytes without its last one.
    let spoilt = wechat_bytes(&vectors, &"字".as_bytes()[..2]);
    for wrong in [
        "",
        "=",
        &good[4..],
        &format!("{good}\n"),
        &good.replace('/', "_"),
        &Base64::encode_string(&changed),
        &Base64::encode_string(&[0; 256]),
        &Base64::encode_string(&[255; 256]),
        &Base64::encode_string(&[&changed[..], &[0]].concat()),
        text(&vectors["oaep_sha1"]["sha256"], "ciphertext"),
        text(&cases[1], "ciphertext"),
        &spoilt,
    ] {
        let error = key.decrypt(wrong).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Decrypt, Some("text")), "{wrong}");
        assert_eq!(error, key.decrypt("").unwrap_err(), "{wrong}");
    }
}

/// Bytes that are encrypted for the public key of WeChat by hand, with a seed of zeros.
fn wechat_bytes(vectors: &Value, plain: &[u8]) -> String {
    let [n, e, _] = numbers(text(&vectors["keys"]["platform_public_key"], "private_key_pem"));
    let mut rest = [Sha1::digest(b"").as_slice(), &vec![0; 214 - plain.len()], &[1], plain].concat();
    let mut seed = vec![0; HASH];
    unmask(&mut rest, &seed);
    unmask(&mut seed, &rest);
    let number = BigUint::from_bytes_be(&[&seed[..], &rest].concat()).modpow(&e, &n).to_bytes_be();
    Base64::encode_string(&[vec![0; 256 - number.len()], number].concat())
}

#[test]
fn what_the_preferred_key_encrypts_an_oaep_by_hand_decrypts() {
    let vectors = vectors_made();
    let keys = wechat(&vectors);
    let public = &vectors["keys"]["platform_public_key"];
    assert_eq!(keys.preferred(), text(public, "id"));
    let longest = format!("{}x", "字".repeat(71));
    for plain in ["张三", "110101199003077571", "", &longest] {
        let encrypted = keys.encrypt(plain).unwrap();
        assert_ne!(keys.encrypt(plain).unwrap(), encrypted, "the seed is random");
        assert_eq!(decrypted_by_hand(text(public, "private_key_pem"), &encrypted), plain);
    }
    let certificate = &vectors["keys"]["platform_certificate_1"];
    let keys = WechatpayKeys::default().with_certificate(text(certificate, "certificate_pem")).unwrap();
    assert_eq!(keys.preferred(), text(certificate, "serial"));
    let encrypted = keys.encrypt("张三").unwrap();
    assert_eq!(decrypted_by_hand(text(certificate, "private_key_pem"), &encrypted), "张三");
}

#[test]
fn a_text_that_is_too_long_and_keys_that_are_none_are_refused() {
    let vectors = vectors_made();
    let length = usize::try_from(vectors["oaep_sha1"]["too_long"]["plaintext_bytes"].as_u64().unwrap()).unwrap();
    let refused = |keys: &WechatpayKeys, plain: &str| {
        let error = keys.encrypt(plain).unwrap_err();
        (error.kind(), error.field().unwrap().to_owned(), error.message().to_owned())
    };
    let (kind, field, message) = refused(&wechat(&vectors), &"x".repeat(length));
    assert_eq!((kind, field.as_str()), (ErrorKind::Param, "text"));
    assert!(message.contains("215 bytes") && message.contains("214"), "{message}");
    let (kind, field, _) = refused(&WechatpayKeys::default(), "张三");
    assert_eq!((kind, field.as_str()), (ErrorKind::Config, "wechatpayKeys"));
}

fn params() -> Value {
    json!({
        "description": "茶", "out_trade_no": "a-1234", "notify_url": "https://shop.example/n", "amount": { "total": 1 },
        "payer": { "openid": "o1", "identity": { "type": "IDCARD", "number": "110101199003077571", "name": "张三" } },
    })
}

#[test]
fn a_request_is_sealed_with_the_key_that_its_header_names() {
    let vectors = vectors_made();
    let (keys, merchant) = (wechat(&vectors), Merchant::new("wx8888888888888888", "1900009191").unwrap());
    let given: Json = read_json(params().to_string().as_bytes(), Limits::PARAMS, "the test").unwrap();
    let request = prepare(api("jsapiOrder").unwrap(), &merchant, &given).unwrap();
    // serde_json sorts the names.
    assert_eq!(request.secrets, ["张三", "110101199003077571"]);
    let sealed = request.seal(|text| keys.encrypt(text)).unwrap();
    assert!(sealed.secrets.is_empty() && !sealed.body.contains(SECRET_MARK));
    let body: Value = serde_json::from_str(&sealed.body).unwrap();
    let mut wanted = params();
    wanted["appid"] = "wx8888888888888888".into();
    wanted["mchid"] = "1900009191".into();
    let opener = key(&vectors, "platform_public_key");
    let mut opened = body.clone();
    for name in ["number", "name"] {
        let encrypted = text(&body["payer"]["identity"], name);
        opened["payer"]["identity"][name] = opener.decrypt(encrypted).unwrap().as_str().into();
    }
    assert_eq!(opened, wanted);
}

#[test]
fn an_encrypted_text_of_an_answer_is_found_and_decrypted_by_the_merchant() {
    let vectors = vectors_made();
    let case = &vectors["oaep_sha1"]["cases"][3];
    let answer = json!({ "download_bill_list": [{ "bill_sequence": 1, "encrypt_key": case["ciphertext"] }] });
    let answer: Json = read_json(answer.to_string().as_bytes(), Limits::ANSWER, "the test").unwrap();
    let api = api("subMerchantFundFlowBill").unwrap();
    assert!(matches!(api.answer.member("download_bill_list").unwrap().form, Form::List(_)));
    assert_eq!(secret_places(api.answer, &answer), ["download_bill_list/0/encrypt_key"]);
    let Some(Json::List(files)) = answer.get("download_bill_list") else { panic!("a list") };
    let encrypted = files[0].get("encrypt_key").and_then(Json::text).unwrap();
    assert_eq!(key(&vectors, "merchant").decrypt(encrypted).unwrap().as_str(), text(case, "plaintext"));
}

#[test]
fn an_encrypted_bill_opens_with_the_key_of_its_entry() {
    let vectors = vectors_made();
    let (secret, bill) = ("0123456789abcdefghijklmnopqrstuv", "交易时间\n");
    let merchant = &vectors["keys"]["merchant"];
    let own = WechatpayKeys::default()
        .with_public_key("PUB_KEY_ID_1", &pem("PUBLIC KEY", &spki(merchant)))
        .and_then(|keys| keys.encrypt(secret))
        .unwrap();
    let sealing = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, secret.as_bytes()).unwrap());
    let mut file = bill.as_bytes().to_vec();
    let nonce = || Nonce::try_assume_unique_for_key(b"abcdefghijkl").unwrap();
    sealing.seal_in_place_append_tag(nonce(), Aad::from(b""), &mut file).unwrap();
    let opened = key(&vectors, "merchant").decrypt(&own).unwrap();
    let plain = ApiV3Keys::new(&[&opened]).unwrap().decrypt(b"abcdefghijkl", b"", &file).unwrap();
    assert_eq!(plain.as_slice(), bill.as_bytes());
    assert_eq!(check_bill_hash("SHA1", &hex_of(&Sha1::digest(bill)), &plain), Ok(()));
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The public key of a certificate of the vectors.
fn spki(key: &Value) -> Vec<u8> {
    read_certificate(&der_of(text(key, "certificate_pem"))).unwrap().spki
}

#[test]
fn a_bill_has_the_hash_of_its_answer_in_either_case_or_is_refused() {
    // FIPS 180: the hash of abc.
    let hash = "a9993e364706816aba3e25717850c26c9cd0d89d";
    assert_eq!(check_bill_hash("SHA1", hash, b"abc"), Ok(()));
    assert_eq!(check_bill_hash("SHA1", &hash.to_uppercase(), b"abc"), Ok(()));
    let kind = |checked: Result<(), Error>| checked.unwrap_err().kind();
    assert_eq!(kind(check_bill_hash("SHA1", hash, b"abd")), ErrorKind::Bill);
    assert_eq!(kind(check_bill_hash("SHA1", &hash[1..], b"abc")), ErrorKind::Bill);
    assert_eq!(kind(check_bill_hash("SHA256", hash, b"abc")), ErrorKind::Mismatch);
}
