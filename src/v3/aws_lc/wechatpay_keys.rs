//! The public keys of WeChat Pay, which verify.

use std::fmt;

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};

use super::pem::read_pem;
use crate::error::{Error, ErrorKind, excerpt};
use crate::v3::crypto::{Verdict, Verifier};
use crate::v3::serial::serial;
use crate::x509::read_certificate;

/// The subject's organisation in a merchant's own certificate.
const MERCHANTS: &str = "微信商户系统";

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
    key: ParsedPublicKey,
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
        self.with(name.clone(), name, &der)
    }

    /// Adds a platform certificate (平台证书). Its serial is read from it.
    ///
    /// # Errors
    /// `ERR_CONFIG` of `wechatpayKeys` or `certificate`: no PEM of a certificate, or a merchant's own certificate.
    pub fn with_certificate(self, pem: &str) -> Result<Self, Error> {
        let Some(("CERTIFICATE", der)) = read_pem(pem) else {
            return Err(wrong("the certificate", "is not one in PEM; pass a platform certificate"));
        };
        let certificate = read_certificate(&der)?;
        let name = certificate.serial;
        if certificate.organization == MERCHANTS {
            return Err(wrong(&name, "is a merchant's certificate; pass a platform certificate"));
        }
        let Some(canonical) = serial(&name) else { return Err(wrong(&name, "is not the serial of a certificate")) };
        self.with(canonical, name, &certificate.spki)
    }

    /// The value of the header `Wechatpay-Serial` of requests. WeChat then answers with this key.
    ///
    /// It is the id of a public key, or the serial of the first certificate. Empty without a key.
    #[must_use]
    pub fn preferred(&self) -> &str {
        let public = self.keys.iter().find(|key| key.name.starts_with("PUB_KEY_ID_"));
        public.or_else(|| self.keys.first()).map(|key| key.name.as_str()).unwrap_or_default()
    }

    fn with(mut self, serial: String, name: String, spki: &[u8]) -> Result<Self, Error> {
        let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki)
            .map_err(|_| wrong(&name, "is not an RSA key of 2048 bits or more; WeChat Pay has no other"))?;
        self.keys.retain(|known| known.serial != serial);
        self.keys.push(Key { serial, name, key });
        Ok(self)
    }
}

fn wrong(name: &str, fault: &str) -> Error {
    Error::of_field(ErrorKind::Config, "wechatpayKeys", format_args!("{} {fault}", excerpt(name)))
}

impl Verifier for WechatpayKeys {
    fn verify(&self, serial: &str, text: &[u8], signature: &[u8]) -> Verdict {
        match self.keys.iter().find(|key| key.serial == serial) {
            None => Verdict::UnknownKey,
            Some(Key { key, .. }) if key.verify_sig(text, signature).is_ok() => Verdict::Right,
            Some(_) => Verdict::Wrong,
        }
    }
}

/// Shows the serials.
impl fmt::Debug for WechatpayKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys.iter().map(|key| &key.name)).finish()
    }
}
