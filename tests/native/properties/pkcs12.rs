//! PKCS#12 files: any bytes, and any content under a right MAC, which reaches the code after the MAC.

use paysign::{ErrorKind, PKCS12_BYTES, open_pkcs12};
use sha1::{Digest, Sha1};

use crate::support::MCH_ID;

const SALT: &[u8] = b"12345678";

/// A file; for an odd first byte its content, which gets its MAC here.
pub fn p12(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    let file = if mode % 2 == 1 { with_mac(rest) } else { rest.to_vec() };
    match open_pkcs12(&file, MCH_ID) {
        Ok(pair) => {
            assert!(file.len() <= PKCS12_BYTES);
            assert!(pair.certificates.starts_with("-----BEGIN CERTIFICATE-----\n"));
            assert!(pair.key.starts_with("-----BEGIN PRIVATE KEY-----\n") && pair.key.ends_with("-----\n"));
            assert!(format!("{pair:?}").contains("[key]"));
        }
        Err(error) => {
            assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("certificate")));
            assert!(!error.to_string().contains(MCH_ID), "the passphrase is told");
        }
    }
}

/// The file around a content: its MAC is HMAC-SHA1 under the key of RFC 7292, appendix B, with one round.
fn with_mac(content: &[u8]) -> Vec<u8> {
    let passphrase: Vec<u8> = format!("{MCH_ID}\0").encode_utf16().flat_map(u16::to_be_bytes).collect();
    let filled = |text: &[u8]| text.iter().copied().cycle().take(64).collect::<Vec<u8>>();
    let key = Sha1::new().chain_update([3; 64]).chain_update(filled(SALT)).chain_update(filled(&passphrase)).finalize();
    let mut block = [0; 64];
    block[..20].copy_from_slice(&key);
    let inner = Sha1::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(content).finalize();
    let mac = Sha1::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize();

    let data = [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    let sha1 = [0x30, 9, 0x06, 5, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0];
    let safe = der(0x30, &[&data[..], &der(0xa0, &[&der(0x04, &[content])])]);
    let digest = der(0x30, &[&sha1[..], &der(0x04, &[&mac])]);
    der(0x30, &[&[2, 1, 3], &safe, &der(0x30, &[&digest, &der(0x04, &[SALT])])])
}

/// One element of DER.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let used: Vec<u8> = length.iter().copied().skip_while(|byte| *byte == 0).collect();
    let head = match used.as_slice() {
        [] => vec![tag, 0],
        [one] if *one < 128 => vec![tag, *one],
        several => [&[tag, 0x80 | u8::try_from(several.len()).unwrap()], several].concat(),
    };
    [head, content].concat()
}
