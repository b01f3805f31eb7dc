//! Refund notices 退款结果通知: the message is encrypted in `req_info`, and nothing else of it is authentic.

use md5::{Digest, Md5};
use zeroize::Zeroizing;

use crate::cipher::{NotDecrypted, decrypt_ecb};
use crate::error::{Error, ErrorKind};
use crate::v2::key::Key;
use crate::v2::notice_members::{Need, NoticeMember, REFUND_MEMBERS};
use crate::v2::params::Params;
use crate::v2::xml::{Limits, parse_root};

/// The outer fields that are returned. They are not authentic, so the caller compares his own ids with them.
const OUTSIDE: &[&str] = &["return_code", "appid", "mch_id", "sub_appid", "sub_mch_id", "nonce_str"];

/// Opens `req_info` and returns its fields with the ids from outside (退款结果通知, chapter 9_16).
///
/// The cipher is ECB and there is no signature: blocks of real notices can be rearranged. So confirm with a refund query
/// before anything depends on it.
// Not inlined: with the cipher in its stack frame, the rest of a notice would be outside the wiped part.
#[inline(never)]
pub(crate) fn open_refund(outside: &Params<'_>, key: &Key<'_>) -> Result<Params<'static>, Error> {
    match outside.text("return_code") {
        "SUCCESS" => {}
        "" => return Err(Error::mismatch("return_code", "is missing from the refund notice")),
        _ => return Err(Error::mismatch("return_code", "is not SUCCESS: this is not a refund notice")),
    }
    let plain = decrypt_req_info(outside.text("req_info"), key).map_err(|NotDecrypted| refused())?;
    let inside = parse_root(&plain, "root", &Limits::NOTICE).map_err(|_| refused())?;
    let is_right = |member: &NoticeMember| {
        let text = inside.text(member.name);
        (text.is_empty() && member.need == Need::Optional) || member.kind.fault(text).is_none()
    };
    if !REFUND_MEMBERS.iter().all(is_right) {
        return Err(refused());
    }
    let mut fields = inside.into_owned();
    for name in OUTSIDE {
        match (outside.get(name), fields.get(name)) {
            (Some(_), Some(_)) => return Err(refused()),
            (Some(value), None) => fields.set(*name, value.to_owned())?,
            (None, _) => {}
        }
    }
    Ok(fields)
}

/// AES-256-ECB under the lower-case hexadecimal MD5 of the key, 32 characters even if it begins with zeros.
fn decrypt_req_info(req_info: &str, key: &Key<'_>) -> Result<Zeroizing<Vec<u8>>, NotDecrypted> {
    let mut digits = Zeroizing::new([0; 32]);
    hex::encode_to_slice(Md5::digest(key.as_bytes()), digits.as_mut_slice()).map_err(|_| NotDecrypted)?;
    decrypt_ecb(&digits, req_info)
}

/// One error for all failures: differences would help a forger.
fn refused() -> Error {
    Error::of_field(
        ErrorKind::Decrypt,
        "req_info",
        "the refund notice cannot be opened: it is forged, or for another key; confirm with a refund query",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "<root><out_refund_no>R1</out_refund_no><refund_fee>1</refund_fee></root>";

    fn decrypted(key: &str, req_info: &str) -> Option<String> {
        let plain = decrypt_req_info(req_info, &Key::new(key).unwrap()).ok()?;
        Some(String::from_utf8(plain.to_vec()).unwrap())
    }

    #[test]
    fn keys_whose_md5_begins_with_zeros_decrypt_too() {
        let usual = "qXaaQ3lp0r8mr70dQ9SPb9jHDIwRIa6V8eo8ymYn1zeo/mTB4cI7tMdzbDjTdCxWR6mZpM179R0enqsNAnNF53Fc4v0ronQsXyUF+4r/Ri4=";
        assert_eq!(decrypted("0123456789abcdef0123456789ABCDEF", usual).as_deref(), Some(PLAIN));
        let zeros = "rfInOkeuPAnNjHNgqm/BUBVz4E1ADipsiYqS4FesAyeL0Vh6j4lc5AkiFLDPHYuwS/8FpfyZKSrdPTh0y/ZLAKvSP+JWN8joten+xOxqtes=";
        assert_eq!(decrypted(&format!("k4{}", "x".repeat(30)), zeros).as_deref(), Some(PLAIN));
        let broken = zeros.replace("S/8F", "S/\r\n8F");
        assert_eq!(decrypted(&format!("k4{}", "x".repeat(30)), &broken).as_deref(), Some(PLAIN), "line breaks");
    }

    #[test]
    fn a_text_that_is_not_whole_blocks_of_this_key_is_refused() {
        let key = "0123456789abcdef0123456789ABCDEF";
        let good = "qXaaQ3lp0r8mr70dQ9SPb9jHDIwRIa6V8eo8ymYn1zeo/mTB4cI7tMdzbDjTdCxWR6mZpM179R0enqsNAnNF53Fc4v0ronQsXyUF+4r/Ri4=";
        for wrong in [
            "",
            "=",
            "AAAA",
            "AAAAAAAAAAAAAAAAAAAAAA==",
            good.trim_end_matches("Ri4="),
            &format!("{good}AAAA"),
            &good.replace('/', "_"),
        ] {
            assert_eq!(decrypted(key, wrong), None, "{wrong}");
        }
        assert_eq!(decrypted("1123456789abcdef0123456789ABCDEF", good), None);
    }
}
