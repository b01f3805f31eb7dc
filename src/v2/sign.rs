//! Signatures: the signed string, MD5 and HMAC-SHA256, and a comparison in constant time.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::buffer::Buffer;
use crate::error::{Error, ErrorKind};
use crate::v2::key::{Key, LONGEST};
use crate::v2::params::Params;

/// How a message is signed (`sign_type`, `signType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SignType {
    /// `MD5`: WeChat's default if `sign_type` is absent.
    #[default]
    Md5,
    /// `HMAC-SHA256`: the better choice for new code.
    HmacSha256,
}

impl SignType {
    /// WeChat's spelling: `MD5` or `HMAC-SHA256`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::HmacSha256 => "HMAC-SHA256",
        }
    }

    /// The number of hexadecimal digits of a signature.
    #[cfg(feature = "doctor")]
    pub(crate) const fn digits(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::HmacSha256 => 64,
        }
    }

    /// Reads WeChat's exact spelling.
    ///
    /// # Errors
    /// `ERR_PARAM` for anything but `MD5` and `HMAC-SHA256`.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        match text {
            "MD5" => Ok(Self::Md5),
            "HMAC-SHA256" => Ok(Self::HmacSha256),
            _ => Err(Error::of_field(ErrorKind::Param, "signType", "must be 'MD5' or 'HMAC-SHA256'")),
        }
    }
}

/// Returns the signed string without the key (stringA in 签名算法, chapter 4_3 of the manual).
///
/// It has every field as `name=value`, sorted by name and joined by `&`. `sign` and empty values are left out.
///
/// ```
/// let params = paysign::Params::from_pairs([("mch_id", "10000100"), ("body", "test"), ("sign", "…"), ("attach", "")])?;
/// assert_eq!(paysign::signed_text(&params), "body=test&mch_id=10000100");
/// # Ok::<(), paysign::Error>(())
/// ```
#[must_use]
pub fn signed_text(params: &Params<'_>) -> String {
    let mut text = Buffer::with_capacity(TEXT_BYTES);
    put_signed_text(params.byte_fields(), &mut text);
    String::from_utf8(text.as_bytes().to_vec()).unwrap_or_default()
}

/// Returns the signature of the parameters: 32 (MD5) or 64 (HMAC-SHA256) hexadecimal digits in upper case.
///
/// A `sign` in the parameters is left out. A `sign_type` is neither added nor removed.
#[must_use]
pub fn sign(params: &Params<'_>, key: &Key<'_>, sign_type: SignType) -> String {
    Signature::of(params.byte_fields(), key, sign_type, &mut Buffer::with_capacity(TEXT_BYTES)).as_str().to_owned()
}

/// Whether `sign` in the parameters is their signature. The time of the comparison does not depend on the first difference.
///
/// A `sign` that is missing, in lower case, or of another length is wrong.
#[must_use]
pub fn verify(params: &Params<'_>, key: &Key<'_>, sign_type: SignType) -> bool {
    is_signed(params.byte_fields(), key, sign_type, &mut Buffer::with_capacity(TEXT_BYTES))
}

/// The error for a message that no accepted sign type verifies: unsigned, signed with the other type, or not genuine.
///
/// `message` is the kind of message. `advice` is for one that is not signed or not genuine.
/// `is_right` says whether the rest of the message is right. If not, the other sign type is not recommended.
#[inline(never)]
pub(crate) fn not_genuine(
    params: &Params<'_>,
    key: &Key<'_>,
    message: &str,
    advice: &str,
    is_right: impl FnOnce() -> bool,
) -> Error {
    let what = if params.text("sign").is_empty() {
        format!("is missing: the {message} is not signed; {advice}")
    } else {
        // Every accepted sign type has failed already, so a type that verifies here is not an accepted one.
        match [SignType::Md5, SignType::HmacSha256].into_iter().find(|sign_type| verify(params, key, *sign_type)) {
            Some(other) if is_right() => {
                let other = other.as_str();
                format!(
                    "the {message} is rightly signed with {other}, which signType does not accept; set signType to '{other}'"
                )
            }
            _ => format!("does not match: the {message} is forged, changed, or signed with another key; {advice}"),
        }
    };
    Error::of_field(ErrorKind::Signature, "sign", what)
}

/// [`verify`] for any iterator of fields. `text` is a scratch buffer and is wiped.
pub(crate) fn is_signed<'f>(
    mut fields: impl Iterator<Item = (&'f [u8], &'f [u8])> + Clone,
    key: &Key<'_>,
    sign_type: SignType,
    text: &mut Buffer,
) -> bool {
    let signature = Signature::of(fields.clone(), key, sign_type, text);
    fields.find(|(name, _)| *name == SIGN).is_some_and(|(_, sent)| signature.matches(sent))
}

/// Appends `name=value&` for every signed field. `fields` are sorted by name, in byte order.
fn put_signed<'f>(fields: impl Iterator<Item = (&'f [u8], &'f [u8])>, text: &mut Buffer) {
    for (name, value) in fields.filter(|(name, value)| !value.is_empty() && *name != SIGN) {
        text.put(name);
        text.put(b"=");
        text.put(value);
        text.put(b"&");
    }
}

/// [`signed_text`] for any iterator of fields, as UTF-8.
pub(crate) fn put_signed_text<'f>(fields: impl Iterator<Item = (&'f [u8], &'f [u8])>, text: &mut Buffer) {
    let start = text.len();
    put_signed(fields, text);
    if text.len() > start {
        text.pop();
    }
}

/// The first size of the buffer, in bytes. Usual signed strings are shorter; for longer ones the buffer grows.
const TEXT_BYTES: usize = 1024;

/// The field that is not signed.
const SIGN: &[u8] = b"sign";

/// A signature that was computed here. It is wiped when dropped, and has no `Debug`.
pub(crate) struct Signature {
    digits: [u8; 64],
    length: usize,
}

impl Signature {
    /// Signs fields that are sorted by name, in byte order. `text` is a scratch buffer, and is wiped because it contains the key.
    pub(crate) fn of<'f>(
        fields: impl Iterator<Item = (&'f [u8], &'f [u8])>,
        key: &Key<'_>,
        sign_type: SignType,
        text: &mut Buffer,
    ) -> Self {
        text.clear();
        put_signed(fields, text);
        let signature = Self::of_text(text, key, sign_type);
        text.wipe();
        signature
    }

    /// Signs the text of all fields. It is not generic, because copies of MD5 and SHA-256 would be large.
    #[inline(never)]
    fn of_text(text: &mut Buffer, key: &Key<'_>, sign_type: SignType) -> Self {
        text.put(b"key=");
        text.put(key.as_bytes());
        match sign_type {
            SignType::Md5 => Self::from_digest(&Md5::digest(text.as_bytes())),
            SignType::HmacSha256 => {
                let mut mac = Hmac::<Sha256>::new((&*hmac_block(key.as_bytes())).into());
                mac.update(text.as_bytes());
                Self::from_digest(&mac.finalize().into_bytes())
            }
        }
    }

    /// The signature as text.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The signature as ASCII bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.digits.get(..self.length).unwrap_or_default()
    }

    fn from_digest(digest: &[u8]) -> Self {
        let mut digits = [0; 64];
        let length = digest.len().saturating_mul(2).min(digits.len());
        if let Some(room) = digits.get_mut(..length)
            && hex::encode_to_slice(digest, room).is_ok()
        {
            room.make_ascii_uppercase();
        }
        Self { digits, length }
    }

    /// Whether a received signature is this one. The comparison takes constant time.
    pub(crate) fn matches(&self, sent: &[u8]) -> bool {
        sent.len() == self.length && bool::from(sent.ct_eq(self.as_bytes()))
    }
}

impl Drop for Signature {
    fn drop(&mut self) {
        self.digits.zeroize();
    }
}

/// The key of HMAC (RFC 2104, section 2), padded with zeros to one block.
fn hmac_block(key: &[u8]) -> Zeroizing<[u8; LONGEST]> {
    let mut block = Zeroizing::new([0; LONGEST]);
    for (place, byte) in block.iter_mut().zip(key) {
        *place = *byte;
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documented() -> Result<(Params<'static>, Key<'static>), Error> {
        let params = Params::from_pairs([
            ("appid", "wxd930ea5d5a258f4f"),
            ("mch_id", "10000100"),
            ("device_info", "1000"),
            ("body", "test"),
            ("nonce_str", "ibuaiVcKdpRxkhJA"),
        ])?;
        Ok((params, Key::new("192006250b4c09247ec02edce69f6a2d")?))
    }

    #[test]
    fn a_signature_verifies_and_one_changed_character_does_not() -> Result<(), Error> {
        let (params, key) = documented()?;
        for sign_type in [SignType::Md5, SignType::HmacSha256] {
            let mut signed = params.clone();
            let signature = sign(&params, &key, sign_type);
            signed.set("sign", signature.clone())?;
            assert!(verify(&signed, &key, sign_type));
            signed.set("body", "tesT")?;
            assert!(!verify(&signed, &key, sign_type));
            signed.set("body", "test")?;
            signed.set("sign", signature.to_lowercase())?;
            assert!(!verify(&signed, &key, sign_type), "lower case is another text");
        }
        Ok(())
    }

    #[test]
    fn a_missing_or_short_signature_is_wrong() -> Result<(), Error> {
        let (params, key) = documented()?;
        assert!(!verify(&params, &key, SignType::Md5));
        for wrong in ["", "9", "9A0A8659F005D6984697E2CA0A9CF3B", "9A0A8659F005D6984697E2CA0A9CF3B70"] {
            let mut signed = params.clone();
            signed.set("sign", wrong)?;
            assert!(!verify(&signed, &key, SignType::Md5), "{wrong}");
        }
        Ok(())
    }

    #[test]
    fn the_padded_key_produces_the_codes_of_rfc_4231() {
        let cases: [(&[u8], &[u8], &str); 2] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
        ];
        for (key, text, code) in cases {
            let mut mac = Hmac::<Sha256>::new((&*hmac_block(key)).into());
            mac.update(text);
            assert_eq!(hex::encode(mac.finalize().into_bytes()), code);
        }
    }

    #[test]
    fn only_wechats_spelling_names_a_sign_type() {
        for text in ["", "md5", "HMAC_SHA256", "NONE", "__proto__", "MD5 "] {
            assert!(SignType::from_text(text).is_err(), "{text}");
        }
        assert_eq!(SignType::from_text("HMAC-SHA256").unwrap(), SignType::HmacSha256);
    }
}
