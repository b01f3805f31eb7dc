//! Published vectors of MD5, HMAC and AES, through the code of this crate that uses them.

use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256};
use base64ct::{Base64, Encoding};
use hmac::{Hmac, Mac};
use md5::{Digest, Md5};
use paysign::{Key, Params, SignType, sign, verify};
use sha2::Sha256;

use self::cipher::{decrypt_cbc, decrypt_ecb};
use crate::support::hmac_sha256;

/// Declared again here, since the crate does not export single blocks.
#[path = "../../src/cipher.rs"]
mod cipher;

/// The cases of one primitive: bytes, and a word where there is one.
fn cases(primitive: &str, count: usize) -> Vec<Vec<Vec<u8>>> {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("../vectors/primitives.json")).unwrap();
    let cases: Vec<Vec<String>> = serde_json::from_value(vectors[primitive]["cases"].clone()).unwrap();
    assert_eq!(cases.len(), count, "{primitive}");
    let bytes = |text: &String| hex::decode(text).unwrap_or_else(|_| text.clone().into_bytes());
    cases.iter().map(|case| case.iter().map(bytes).collect()).collect()
}

fn code<M: Mac + KeyInit>(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

#[test]
fn md5_has_the_digests_of_rfc_1321() {
    for case in cases("MD5", 7) {
        assert_eq!(Md5::digest(&case[0]).to_vec(), case[1], "{case:?}");
    }
}

#[test]
fn hmac_has_the_codes_of_rfc_2202_and_rfc_4231() {
    for case in cases("HMAC-MD5", 7) {
        assert_eq!(code::<Hmac<Md5>>(&case[0], &case[1]), case[2], "{case:?}");
    }
    #[cfg(feature = "certificate")]
    for case in cases("HMAC-SHA1", 7) {
        assert_eq!(code::<Hmac<sha1::Sha1>>(&case[0], &case[1]), case[2], "{case:?}");
    }
    for case in cases("HMAC-SHA256", 6) {
        assert_eq!(code::<Hmac<Sha256>>(&case[0], &case[1]), case[2], "{case:?}");
    }
}

#[test]
fn hmac_sha256_takes_and_refuses_what_wycheproof_says_and_so_does_the_signer_of_the_tests() {
    let mut signed_by_the_tests = 0;
    for case in cases("Wycheproof HMAC-SHA256", 174) {
        let [key, text, tag, result] = case.as_slice() else { panic!("{case:?}") };
        let computed = code::<Hmac<Sha256>>(key, text);
        assert_eq!(computed[..tag.len()] == *tag, result == b"valid", "{case:?}");
        if key.len() <= 64 {
            assert_eq!(hmac_sha256(key, text), computed, "{case:?}");
            signed_by_the_tests += 1;
        }
    }
    assert!(signed_by_the_tests > 100, "only {signed_by_the_tests} keys were short enough");
}

/// A merchant's key is printable, and a signed text ends in it. So the published keys are used as text, in hexadecimal. The
/// expected signature comes from the signer of the tests, which passes the same vectors in the test above.
#[test]
fn the_library_signs_the_published_messages_as_the_vectors_code_would() {
    let mut signed = 0;
    for case in cases("Wycheproof HMAC-SHA256", 174) {
        let (key, value) = (hex::encode(&case[0]), hex::encode(&case[1]));
        let (Ok(held), false) = (Key::new(&key), value.is_empty()) else { continue };
        let mut params = Params::from_pairs([("v", &value)]).unwrap();
        let expected = hex::encode_upper(hmac_sha256(key.as_bytes(), format!("v={value}&key={key}").as_bytes()));
        assert_eq!(sign(&params, &held, SignType::HmacSha256), expected, "{case:?}");
        params.set("sign", expected).unwrap();
        assert!(verify(&params, &held, SignType::HmacSha256), "{case:?}");
        signed += 1;
    }
    assert!(signed > 100, "only {signed} were signed");
}

/// Appends a block of padding to the published blocks, which the crate's function requires.
fn padded<C: BlockCipherEncrypt>(cipher: &C, ciphertext: &[u8], before: Option<&[u8]>) -> String {
    let mut block = Array::try_from(&[16_u8; 16][..]).unwrap();
    for (byte, mask) in block.iter_mut().zip(before.into_iter().flatten()) {
        *byte ^= mask;
    }
    cipher.encrypt_block(&mut block);
    Base64::encode_string(&[ciphertext, &block].concat())
}

#[test]
fn aes_256_ecb_decrypts_every_block_of_nist() {
    for case in cases("AES-256-ECB", 415) {
        let [key, ciphertext, plaintext] = case.as_slice() else { panic!("{case:?}") };
        let key: &[u8; 32] = key.as_slice().try_into().unwrap();
        let text = padded(&Aes256::new(key.into()), ciphertext, None);
        assert_eq!(decrypt_ecb(key, &text).unwrap().as_slice(), plaintext, "{case:?}");
    }
}

#[test]
fn aes_128_cbc_decrypts_every_block_of_nist() {
    for case in cases("AES-128-CBC", 294) {
        let [key, first, ciphertext, plaintext] = case.as_slice() else { panic!("{case:?}") };
        let cipher = Aes128::new(key.as_slice().try_into().unwrap());
        let text = padded(&cipher, ciphertext, ciphertext.last_chunk::<16>().map(<[u8; 16]>::as_slice));
        let decrypted = decrypt_cbc(&Base64::encode_string(key), &Base64::encode_string(first), &text).unwrap();
        assert_eq!(decrypted.as_slice(), plaintext, "{case:?}");
    }
}
