//! The private key of a merchant, which signs, and decrypts what WeChat encrypted for it.

use std::fmt;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::pem::read_pem;
use crate::error::{Error, ErrorKind};
use crate::v3::crypto::{Signer, SignerError};
use crate::v3::merchant::Merchant;
use crate::v3::serial::serial;
use crate::x509::read_certificate;

/// The private key of a merchant, and the serial of its certificate.
pub struct MerchantKey {
    serial: String,
    signing: RsaKeyPair,
    /// The same key: aws-lc-rs has a type for each use.
    decrypting: OaepPrivateDecryptingKey,
}

impl MerchantKey {
    /// Takes `apiclient_key.pem` and `apiclient_cert.pem`. The serial is that of the certificate. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// `ERR_CONFIG` of `privateKey` or `certificate`: no PEM of a key or a certificate, or the two do not belong together.
    /// Also if the certificate is WeChat's, another merchant's, or expired.
    pub fn of_certificate(private_key: &str, certificate: &str, merchant: &Merchant, now: u64) -> Result<Self, Error> {
        let key = read_key(private_key)?;
        let wrong = |fault: &str| Error::of_field(ErrorKind::Config, "certificate", fault);
        let Some(("CERTIFICATE", der)) = read_pem(certificate) else {
            return Err(wrong("is not a certificate in PEM; pass the contents of apiclient_cert.pem"));
        };
        let certificate = read_certificate(&der)?;
        let owner = &certificate.common_name;
        if owner.starts_with("Tenpay.com") {
            return Err(wrong(
                "is WeChat's platform certificate (平台证书); pass the merchant's own, apiclient_cert.pem",
            ));
        }
        // The key is the end of the structure that names its algorithm.
        if !certificate.spki.ends_with(key.public_key().as_ref()) {
            return Err(wrong(
                "does not belong to privateKey; pass apiclient_cert.pem and apiclient_key.pem of one download",
            ));
        }
        if owner.bytes().all(|byte| byte.is_ascii_digit()) && !owner.is_empty() && owner != merchant.mchid() {
            return Err(wrong("is another merchant's; pass apiclient_cert.pem of this mchid"));
        }
        if u64::try_from(certificate.not_after).is_ok_and(|end| end < now) {
            return Err(wrong("has expired; fetch a new one from the merchant platform (商户平台)"));
        }
        Self::new(certificate.serial, key)
    }

    /// Takes `apiclient_key.pem` and the serial of the certificate that belongs to it.
    ///
    /// # Errors
    /// `ERR_CONFIG` of `privateKey` or `serial`.
    pub fn of_serial(private_key: &str, certificate_serial: &str) -> Result<Self, Error> {
        let key = read_key(private_key)?;
        let Some(digits) = serial(certificate_serial).filter(|digits| !digits.starts_with("PUB_KEY_ID_")) else {
            return Err(Error::of_field(
                ErrorKind::Config,
                "serial",
                "is not the serial of a certificate; the merchant platform shows it in 40 hexadecimal digits",
            ));
        };
        // Whole bytes, as WeChat writes it.
        let width = digits.len().next_multiple_of(2);
        Self::new(format!("{digits:0>width$}"), key)
    }

    fn new(serial: String, signing: RsaKeyPair) -> Result<Self, Error> {
        let fault = "AWS-LC does not take the private key for decryption; report this";
        let failed = || Error::new(ErrorKind::Internal, fault);
        let der = signing.as_der().map_err(|_| failed())?;
        let key = PrivateDecryptingKey::from_pkcs8(der.as_ref()).map_err(|_| failed())?;
        let decrypting = OaepPrivateDecryptingKey::new(key).map_err(|_| failed())?;
        Ok(Self { serial, signing, decrypting })
    }

    /// Decrypts a sensitive text of an answer (敏感信息解密). `encrypted` is base64 of RSAES-OAEP with SHA-1.
    ///
    /// [`secret_places`](crate::v3::secret_places) finds these texts. The memory of the result is overwritten when it is dropped.
    ///
    /// # Errors
    /// `ERR_DECRYPT` of `text`, with the same words for each cause.
    pub fn decrypt(&self, encrypted: &str) -> Result<Zeroizing<String>, Error> {
        self.opened(encrypted).ok_or_else(|| {
            let fault = "cannot be decrypted; it is encrypted for another certificate of the merchant, or changed";
            Error::of_field(ErrorKind::Decrypt, "text", fault)
        })
    }

    fn opened(&self, encrypted: &str) -> Option<Zeroizing<String>> {
        let sealed = Base64::decode_vec(encrypted).ok()?;
        let mut plain = Zeroizing::new(vec![0; self.decrypting.min_output_size()]);
        let text = self.decrypting.decrypt(&OAEP_SHA1_MGF1SHA1, &sealed, &mut plain, None).ok()?;
        Some(Zeroizing::new(std::str::from_utf8(text).ok()?.to_owned()))
    }
}

fn read_key(pem: &str) -> Result<RsaKeyPair, Error> {
    let wrong = |fault: &str| Error::of_field(ErrorKind::Config, "privateKey", fault);
    let key = match read_pem(pem) {
        Some(("PRIVATE KEY", der)) => RsaKeyPair::from_pkcs8(&der),
        Some(("RSA PRIVATE KEY", der)) => RsaKeyPair::from_der(&der),
        Some(("ENCRYPTED PRIVATE KEY", _)) => {
            return Err(wrong("is encrypted; decrypt it once: openssl pkey -in key.pem -out apiclient_key.pem"));
        }
        _ => return Err(wrong("is not a private key in PEM; pass the contents of apiclient_key.pem")),
    };
    key.map_err(|_| wrong("is not an RSA key of 2048 bits or more; pass the contents of apiclient_key.pem, whole"))
}

impl Signer for MerchantKey {
    fn serial(&self) -> &str {
        &self.serial
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignerError> {
        let mut signature = vec![0; self.signing.public_modulus_len()];
        self.signing.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature)?;
        Ok(signature)
    }
}

/// Shows the serial.
impl fmt::Debug for MerchantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MerchantKey").field("serial", &self.serial).field("key", &"[key]").finish()
    }
}
