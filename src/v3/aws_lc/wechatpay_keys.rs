//! The public keys of WeChat Pay, which verify, and encrypt what WeChat alone may read.

use std::fmt;

use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::pem::read_pem;
use crate::error::{Error, ErrorKind, excerpt};
use crate::v3::api::SECRET_BYTES;
use crate::v3::crypto::{Verdict, Verifier};
use crate::v3::serial::serial;
use crate::x509::{Certificate, read_certificate};

/// The keys of WeChat Pay by their serials. While a merchant moves from certificates to the public key, both sign.
#[derive(Default)]
pub struct WechatpayKeys {
    keys: Vec<Key>,
}

struct Key {
    /// The canonical serial.
    serial: String,
    /// The id or serial as requests name it.
    name: String,
    /// Until when a certificate signs, in seconds since 1970. A public key has no end.
    valid_until: Option<i64>,
    verifying: ParsedPublicKey,
    /// The same key: aws-lc-rs has a type for each use.
    encrypting: OaepPublicEncryptingKey,
}

impl WechatpayKeys {
    /// Adds the WeChat Pay public key (微信支付公钥), `pub_key.pem`, with its id.
    ///
    /// # Errors
    /// `ERR_CONFIG` of `wechatpayKeys`: an id that is not `PUB_KEY_ID_…`, or no PEM of a public key.
    pub fn with_public_key(self, id: &str, pem: &str) -> Result<Self, Error> {
        let Some(name) = serial(id).filter(|name| name.starts_with("PUB_KEY_ID_")) else {
            return Err(wrong(id, "is not PUB_KEY_ID_…; copy the id that the platform shows beside the download"));
        };
        let Some(("PUBLIC KEY", der)) = read_pem(pem) else {
            return Err(wrong(id, "is not a public key in PEM; pass the contents of pub_key.pem"));
        };
        self.with(name.clone(), name, None, &der)
    }

    /// Adds a platform certificate (平台证书). Its serial and its end are read from it. A later signature is refused.
    ///
    /// # Errors
    /// `ERR_CONFIG` of `wechatpayKeys` or `certificate`: no PEM of a certificate, or a merchant's own certificate.
    pub fn with_certificate(self, pem: &str) -> Result<Self, Error> {
        let Some(("CERTIFICATE", der)) = read_pem(pem) else {
            return Err(wrong("the certificate", "is not one in PEM; pass a platform certificate"));
        };
        let certificate = read_certificate(&der)?;
        let name = certificate.serial.clone();
        if is_merchants(&certificate) {
            return Err(wrong(&name, "is a merchant's certificate; pass a platform certificate"));
        }
        let Some(canonical) = serial(&name) else { return Err(wrong(&name, "is not the serial of a certificate")) };
        self.with(canonical, name, Some(certificate.not_after), &certificate.spki)
    }

    /// The value of the header `Wechatpay-Serial` of requests. WeChat then answers with this key.
    ///
    /// It is the id of a public key, or the serial of the first certificate. Empty without a key.
    #[must_use]
    pub fn preferred(&self) -> &str {
        self.preferred_key().map(|key| key.name.as_str()).unwrap_or_default()
    }

    fn preferred_key(&self) -> Option<&Key> {
        let public = self.keys.iter().find(|key| key.name.starts_with("PUB_KEY_ID_"));
        public.or_else(|| self.keys.first())
    }

    /// Encrypts a sensitive text (敏感信息加密) with the key that [`preferred`](Self::preferred) names: RSAES-OAEP with SHA-1, as base64.
    ///
    /// [`Request::seal`](crate::v3::Request::seal) takes it for all texts of a request: `request.seal(|text| keys.encrypt(text))`.
    ///
    /// # Errors
    /// `ERR_PARAM` of `text` for more than 214 bytes, `ERR_CONFIG` of `wechatpayKeys` without a key.
    pub fn encrypt(&self, text: &str) -> Result<String, Error> {
        if text.len() > SECRET_BYTES {
            let fault = format!("has {} bytes, and at most {SECRET_BYTES} can be encrypted; shorten it", text.len());
            return Err(Error::param("text", fault));
        }
        let Some(Key { encrypting, .. }) = self.preferred_key() else {
            let fault = "is empty; add the WeChat Pay public key with its id";
            return Err(Error::of_field(ErrorKind::Config, "wechatpayKeys", fault));
        };
        let mut encrypted = vec![0; encrypting.ciphertext_size()];
        encrypting
            .encrypt(&OAEP_SHA1_MGF1SHA1, text.as_bytes(), &mut encrypted, None)
            .map(|bytes| STANDARD.encode(bytes))
            .map_err(|_| Error::new(ErrorKind::Internal, "AWS-LC does not encrypt with the key; report this"))
    }

    fn with(mut self, serial: String, name: String, valid_until: Option<i64>, spki: &[u8]) -> Result<Self, Error> {
        let refused = || wrong(&name, "is not an RSA key of 2048 bits or more; WeChat Pay has no other");
        let verifying = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki).map_err(|_| refused())?;
        let key = PublicEncryptingKey::from_der(spki).map_err(|_| refused())?;
        let encrypting = OaepPublicEncryptingKey::new(key).map_err(|_| refused())?;
        self.keys.retain(|known| known.serial != serial);
        self.keys.push(Key { serial, name, valid_until, verifying, encrypting });
        Ok(self)
    }
}

/// Whether a certificate is a merchant's own.
pub(super) fn is_merchants(Certificate { common_name, organization, .. }: &Certificate) -> bool {
    let is_number = !common_name.is_empty() && common_name.bytes().all(|byte| byte.is_ascii_digit());
    is_number || organization == "微信商户系统"
}

/// A name that cannot be one may be a key in the wrong place. The shortest key has 32 characters.
fn wrong(name: &str, fault: &str) -> Error {
    let is_name = name.len() < 32 || serial(name).is_some();
    let shown = if is_name { excerpt(name) } else { format!("a name of {} bytes", name.len()) };
    Error::of_field(ErrorKind::Config, "wechatpayKeys", format_args!("{shown} {fault}"))
}

impl Verifier for WechatpayKeys {
    fn verify(&self, serial: &str, text: &[u8], signature: &[u8]) -> Verdict {
        match self.keys.iter().find(|key| key.serial == serial) {
            None => Verdict::UnknownKey,
            Some(Key { verifying, .. }) if verifying.verify_sig(text, signature).is_ok() => Verdict::Right,
            Some(_) => Verdict::Wrong,
        }
    }

    fn valid_until(&self, serial: &str) -> Option<i64> {
        self.keys.iter().find(|key| key.serial == serial)?.valid_until
    }
}

/// Shows the serials.
impl fmt::Debug for WechatpayKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys.iter().map(|key| &key.name)).finish()
    }
}
