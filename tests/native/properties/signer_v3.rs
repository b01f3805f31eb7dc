//! WeChat's side of the properties of APIv3. A checksum is in place of RSA and AES-GCM: a fuzzer has no time for them.

use std::cell::Cell;

use base64ct::{Base64, Encoding};
use paysign::Error;
use paysign::v3::{Decrypter, Head, Merchant, Verdict, Verifier, serial};
use zeroize::Zeroizing;

/// The time of every message, in seconds.
pub const NOW: u64 = 1_785_028_800;

/// The keys that are known, as headers name them.
pub const SERIALS: [&str; 2] = ["PUB_KEY_ID_0119", "0b:47:d9"];

/// The nonce of encrypted resources.
pub const NONCE: &str = "abcdefghijkl";

/// Keys that both sides have, and whether the message was verified.
#[derive(Default)]
pub struct Keys {
    is_verified: Cell<bool>,
    has_decrypted: Cell<bool>,
}

impl Keys {
    /// Whether anything was decrypted.
    pub fn has_decrypted(&self) -> bool {
        self.has_decrypted.get()
    }
}

impl Verifier for Keys {
    fn verify(&self, name: &str, text: &[u8], signature: &[u8]) -> Verdict {
        if !SERIALS.iter().any(|known| serial(known).as_deref() == Some(name)) {
            return Verdict::UnknownKey;
        }
        let is_right = checksum(&[name.as_bytes(), b"\n", text]) == signature;
        self.is_verified.set(is_right);
        if is_right { Verdict::Right } else { Verdict::Wrong }
    }
}

impl Decrypter for Keys {
    fn decrypt(&self, nonce: &[u8], associated_data: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        assert!(self.is_verified.get(), "decrypted before it was verified");
        assert_eq!(nonce.len(), 12, "a nonce of another length");
        self.has_decrypted.set(true);
        let (plain, tag) = sealed.split_at_checked(sealed.len().checked_sub(16)?)?;
        (tag_of(nonce, associated_data, plain) == tag).then(|| Zeroizing::new(plain.to_vec()))
    }
}

/// A resource with its tag, in base64.
pub fn sealed(associated_data: &str, plain: &[u8]) -> String {
    let tag = tag_of(NONCE.as_bytes(), associated_data.as_bytes(), plain);
    Base64::encode_string(&[plain, &tag].concat())
}

fn tag_of(nonce: &[u8], associated_data: &[u8], plain: &[u8]) -> Vec<u8> {
    checksum(&[nonce, b"\0", associated_data, b"\0", plain]).to_vec()
}

/// The signature of a message in base64. The text is put together here.
pub fn signature(name: &str, timestamp: &str, nonce: &str, body: &[u8]) -> String {
    let key = serial(name).unwrap_or_default();
    let lines = [key.as_bytes(), timestamp.as_bytes(), nonce.as_bytes(), body].map(|line| [line, b"\n"]);
    Base64::encode_string(&checksum(lines.as_flattened()))
}

/// Sixteen bytes that depend on every byte of the text. No property depends on more.
fn checksum(parts: &[&[u8]]) -> [u8; 16] {
    let text = parts.concat();
    let mut states = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f_u64];
    let mix = |states: &mut [u64; 2], word: u64| {
        for (state, prime) in states.iter_mut().zip([0x0000_0100_0000_01b3, 0x1656_67b1_9e37_79f9]) {
            *state = (*state ^ word).wrapping_mul(prime).rotate_left(29);
        }
    };
    for chunk in text.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        mix(&mut states, u64::from_le_bytes(word));
    }
    mix(&mut states, text.len() as u64);
    let mut sum = [0; 16];
    sum[..8].copy_from_slice(&states[0].to_le_bytes());
    sum[8..].copy_from_slice(&states[1].to_le_bytes());
    sum
}

/// Whether one of the known keys has signed a body with these headers, just now and by RSA.
pub fn is_signed(head: &Head<'_>, body: &[u8]) -> bool {
    let Head { timestamp, nonce, serial: name, signature: given, signature_type } = *head;
    let is_known = SERIALS.iter().any(|known| serial(known) == serial(name));
    let age = timestamp.parse().map_or(u64::MAX, |seconds: u64| seconds.abs_diff(NOW));
    let is_rsa = ["", "WECHATPAY2-SHA256-RSA2048"].contains(&signature_type);
    is_known && age <= 300 && is_rsa && given == signature(name, timestamp, nonce, body)
}

/// Calls with the headers that sign a body. `mode` chooses the key.
pub fn with_head<T>(mode: u8, body: &[u8], call: impl FnOnce(&Head<'_>) -> T) -> T {
    let (timestamp, name) = (NOW.to_string(), SERIALS[usize::from(mode % 2)]);
    let signature = signature(name, &timestamp, "n0nce", body);
    call(&Head { timestamp: &timestamp, nonce: "n0nce", serial: name, signature: &signature, signature_type: "" })
}

/// The headers and the body of a stranger: five texts that end with NUL, then the body.
pub fn strangers(data: &[u8]) -> Option<(Head<'_>, &[u8])> {
    let mut parts = data.splitn(6, |byte| *byte == 0);
    let mut text = || std::str::from_utf8(parts.next()?).ok();
    let (timestamp, nonce, serial, signature, signature_type) = (text()?, text()?, text()?, text()?, text()?);
    Some((Head { timestamp, nonce, serial, signature, signature_type }, parts.next()?))
}

/// An error is plain text without the signature that a message should have had.
pub fn check_told(error: &Error, head: &Head<'_>, body: &[u8]) {
    let told = format!("{error} {error:?}");
    assert!(!error.message().contains(char::is_control), "a control character in {told}");
    let right = signature(head.serial, head.timestamp, head.nonce, body);
    assert!(head.signature == right || !told.contains(&right), "the right signature is told");
}

pub fn merchant() -> Merchant {
    Merchant::new("wx8888888888888888", "1900009191").unwrap()
}
