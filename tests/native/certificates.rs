//! X.509 certificates for tests, written by hand. Their signatures are wrong, as nothing checks them.

use base64ct::{Base64, Encoding};

/// What differs between certificates.
pub struct Subject<'a> {
    /// The content of the INTEGER.
    pub serial: &'a [u8],
    /// The common names.
    pub names: &'a [&'a str],
    pub organization: &'a str,
    /// The public key as DER.
    pub spki: &'a [u8],
}

impl Default for Subject<'_> {
    fn default() -> Self {
        Self { serial: &[0x3a, 0x7c], names: &["1900009191"], organization: "微信商户系统", spki: &[0x30, 0] }
    }
}

/// An element of DER.
pub fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let length = match length {
        [0, short @ 0..=127] => vec![short],
        [high, low] => vec![0x82, high, low],
    };
    [&[tag], &length[..], &content].concat()
}

/// The certificate as DER.
pub fn certificate(subject: &Subject<'_>) -> Vec<u8> {
    let attribute = |object: u8, text: &str| {
        let pair = element(0x30, &[&element(6, &[&[0x55, 4, object]]), &element(0x0c, &[text.as_bytes()])]);
        element(0x31, &[&pair])
    };
    let mut names: Vec<Vec<u8>> = subject.names.iter().map(|name| attribute(3, name)).collect();
    names.push(attribute(10, subject.organization));
    let time = |text: &str| element(0x17, &[text.as_bytes()]);
    let algorithm = element(0x30, &[&element(6, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]]), &[5, 0]]);
    let signed = element(
        0x30,
        &[
            &element(0xa0, &[&[2, 1, 2]]),
            &element(2, &[subject.serial]),
            &algorithm,
            &element(0x30, &[&attribute(3, "Tenpay.com Root CA")]),
            &element(0x30, &[&time("260101000000Z"), &time("310101000000Z")]),
            &element(0x30, &[&names.concat()]),
            subject.spki,
        ],
    );
    element(0x30, &[&signed, &algorithm, &element(3, &[&[0, 1, 2, 3]])])
}

/// An element of PEM.
#[cfg(feature = "aws-lc")]
pub fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", Base64::encode_string(der))
}

/// The bytes of the only element of PEM in a text.
pub fn der_of(pem: &str) -> Vec<u8> {
    let digits: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    Base64::decode_vec(&digits).unwrap()
}
