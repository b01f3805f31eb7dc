//! Encrypted input: refund notices and the user's data, as strangers and as the owner of the key can send them.

use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256};
use base64ct::{Base64, Encoding};
use md5::{Digest, Md5};
use paysign::{ErrorKind, Key, NoticeKind, decrypt_user_data, open_notify};

use super::read_by_roxmltree;
use crate::support::{APPID, BOTH, KEY, MCH_ID, stored};

/// The log-in that the data of `user_data` belongs to.
const SESSION_KEY: &str = "tiihtNczf5v6AKRyjwEUhQ==";
const IV: &str = "r7BXXKkLb8qrSNn05n0qiA==";

/// The text of `req_info`. After an odd first byte the rest is the plain text, which is encrypted here.
pub fn req_info(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    let inside = pad(rest, *mode);
    let digits: String = Md5::digest(KEY).iter().map(|byte| format!("{byte:02x}")).collect();
    let cipher = Aes256::new(&Array::try_from(digits.as_bytes()).unwrap());
    let text = match (mode % 2, std::str::from_utf8(rest)) {
        (1, _) => Base64::encode_string(&encrypt(&cipher, &inside, None)),
        (_, Ok(text)) if !text.contains(['<', '&', ']', '\0']) => text.to_owned(),
        _ => return,
    };
    let body = format!(
        "<xml><return_code>SUCCESS</return_code><appid>{APPID}</appid><mch_id>{MCH_ID}</mch_id><req_info>{text}</req_info></xml>"
    );
    let key = Key::new(KEY).unwrap();
    match open_notify(body.as_bytes(), &stored(&key, &BOTH)) {
        Ok(notice) => {
            assert_eq!((notice.kind, notice.paid), (NoticeKind::Refund, false));
            assert_eq!((notice.out_trade_no(), notice.total_fee()), ("1409811653", Some(100)));
            if mode % 2 == 1 {
                // An accepted text has the fields that a conforming parser reads, and the ids from outside.
                let plain = std::str::from_utf8(unpadded(&inside).unwrap()).unwrap();
                let read = read_by_roxmltree(&plain.replace("\r\n", "\n").replace('\r', "\n")).unwrap();
                for (name, value) in &read {
                    assert_eq!(notice.fields.get(name), Some(value.as_str()));
                }
                assert_eq!(notice.fields.len(), read.len() + 3);
            }
        }
        Err(error) => {
            let told = error.to_string();
            match error.kind() {
                // Every failure has the same sentence: a forger learns from each difference.
                ErrorKind::Decrypt => assert!(told.contains("cannot be opened"), "{told}"),
                ErrorKind::Mismatch | ErrorKind::Xml => {}
                _ => panic!("{error:?}"),
            }
            assert!(!told.contains(KEY) && !told.contains(&digits), "a key is told");
        }
    }
}

/// `encryptedData`; for an odd first byte the JSON in it, which is encrypted here.
pub fn user_data(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    if mode % 2 == 0 {
        // Any three texts: no panic, and one error.
        let text = String::from_utf8_lossy(rest);
        let mut parts = text.splitn(3, '\0');
        let mut part = |otherwise| parts.next().unwrap_or(otherwise).to_owned();
        let (encrypted, iv, session_key) = (part(""), part(IV), part(SESSION_KEY));
        if let Err(error) = decrypt_user_data(&encrypted, &iv, &session_key) {
            assert_eq!((error.kind(), error.field()), (ErrorKind::Decrypt, Some("encryptedData")));
        }
        return;
    }
    let inside = pad(rest, *mode);
    let key = Base64::decode_vec(SESSION_KEY).unwrap();
    let cipher = Aes128::new(&Array::try_from(key.as_slice()).unwrap());
    let encrypted = Base64::encode_string(&encrypt(&cipher, &inside, Some(&Base64::decode_vec(IV).unwrap())));
    let expected = unpadded(&inside).and_then(|plain| std::str::from_utf8(plain).ok());
    assert_eq!(decrypt_user_data(&encrypted, IV, SESSION_KEY).ok().as_deref(), expected);
}

/// With the padding of PKCS#7, or in some modes with padding from the data itself.
fn pad(data: &[u8], mode: u8) -> Vec<u8> {
    let mut padded = data.to_vec();
    if mode & 2 == 0 {
        let missing = 16 - data.len() % 16;
        padded.resize(data.len() + missing, u8::try_from(missing).unwrap());
    } else {
        padded.truncate(data.len() / 16 * 16);
    }
    padded
}

/// RFC 5652, section 6.3, written out.
fn unpadded(padded: &[u8]) -> Option<&[u8]> {
    let last = *padded.last()?;
    let content = padded.len().checked_sub(usize::from(last))?;
    let right = (1..=16).contains(&last) && padded[content..].iter().all(|byte| *byte == last);
    right.then(|| &padded[..content])
}

/// ECB, or CBC where there is a first block.
fn encrypt<C: BlockCipherEncrypt>(cipher: &C, plain: &[u8], first: Option<&[u8]>) -> Vec<u8> {
    let mut before = first.map(<[u8]>::to_vec);
    let mut encrypted = Vec::with_capacity(plain.len());
    for block in plain.chunks_exact(16) {
        let mut block = Array::try_from(block).unwrap();
        for (byte, mask) in block.iter_mut().zip(before.iter().flatten()) {
            *byte ^= mask;
        }
        cipher.encrypt_block(&mut block);
        encrypted.extend_from_slice(&block);
        before = before.map(|_| block.to_vec());
    }
    encrypted
}
