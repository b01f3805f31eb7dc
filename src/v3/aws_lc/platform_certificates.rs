//! The list of platform certificates (平台证书): decrypted, verified with a certificate of the list itself, then trusted.

use std::cmp::Reverse;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::pem::read_pem;
use super::wechatpay_keys::{WechatpayKeys, is_merchants};
use crate::error::{Error, ErrorKind};
use crate::v3::api::{Call, CertificateEntry, Certificates, EncryptedCertificate, complete};
use crate::v3::crypto::{Decrypter, Verdict, Verifier};
use crate::v3::notice::{ALGORITHM, NONCE_BYTES};
use crate::v3::opening::{Reply, Sent, check_status, verify_by};
use crate::v3::serial::serial;
use crate::x509::{Certificate, read_certificate};

/// A platform certificate (平台证书), checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformCertificate {
    /// Its serial: hexadecimal digits in upper case.
    pub serial_no: String,
    /// From when it signs, in seconds since 1970.
    pub effective_time: i64,
    /// Until when it signs, in seconds since 1970.
    pub expire_time: i64,
    /// The certificate, for [`WechatpayKeys::with_certificate`].
    pub pem: String,
}

/// Opens an answer of [`Certificates`], in the order of WeChat's page. Each certificate is decrypted with the APIv3 key, and the answer
/// is verified with the one that its header names. Then each serial is compared, and what has expired is dropped.
///
/// `known` has the keys that are trusted already, and may be empty. `now` is in seconds since 1970. The newest certificate that is
/// valid already comes first. So [`WechatpayKeys::preferred`] names it if they are added in this order:
/// `list.iter().try_fold(keys, |keys, one| keys.with_certificate(&one.pem))`.
///
/// # Errors
/// `ERR_FAILED` or `ERR_HTTP` for a refusal. A merchant with the WeChat Pay public key alone gets the status 404.
/// `ERR_DECRYPT` of `apiV3Key`, `ERR_SIGNATURE`, `ERR_JSON`. `ERR_MISMATCH` of `certificates` for an entry of another form, or whose
/// certificate has another serial. Also if the whole list has expired.
pub fn open_certificates(
    sent: &Sent<'_>,
    reply: &Reply<'_>,
    known: &dyn Verifier,
    decrypter: &dyn Decrypter,
    now: u64,
) -> Result<Vec<PlatformCertificate>, Error> {
    check_status(sent, reply)?;
    let Reply { status, head, body, .. } = *reply;
    let what = sent.what();
    let unsigned = |error: Error| error.of_unsigned_success(status);
    let signer = head.check(&what, now).map_err(unsigned)?;
    let answer = complete(sent.api, sent.merchant, &sent.request.asked, body)?;
    let entries = Certificates::read(&answer)?.data.0;
    let opened = entries.into_iter().filter_map(|entry| opened(entry, decrypter).transpose());
    let opened: Vec<Opened> = opened.collect::<Result<_, _>>()?;
    let listed = opened.iter().find(|one| serial(&one.certificate.serial).as_ref() == Some(&signer));
    let listed = listed.map(|one| WechatpayKeys::default().with_certificate(&one.pem)).transpose();
    let listed = listed.map_err(|error| mismatch(error.message()))?.unwrap_or_default();
    verify_by(&signer, &what, &head, body, &Either(known, &listed), now).map_err(unsigned)?;
    trusted(opened, now)
}

/// A decrypted entry of the list.
struct Opened {
    serial_no: String,
    certificate: Certificate,
    pem: String,
}

/// Decrypts an entry; `None` for a certificate of another algorithm, such as SM2.
fn opened(entry: CertificateEntry, decrypter: &dyn Decrypter) -> Result<Option<Opened>, Error> {
    let EncryptedCertificate { algorithm, nonce, associated_data, ciphertext } = entry.encrypt_certificate;
    if algorithm.is_some_and(|name| name != ALGORITHM && !name.is_empty()) {
        return Ok(None);
    }
    if nonce.len() != NONCE_BYTES {
        return Err(mismatch("an entry of the list lacks a nonce of 12 bytes"));
    }
    let associated_data = associated_data.unwrap_or_default();
    let sealed = STANDARD.decode(ciphertext).ok();
    let plain = sealed.and_then(|sealed| decrypter.decrypt(nonce.as_bytes(), associated_data.as_bytes(), &sealed));
    let plain = plain.ok_or_else(not_decrypted)?;
    let not_certificate = || mismatch("an entry of the list is not a certificate");
    let pem = std::str::from_utf8(&plain).map_err(|_| not_certificate())?;
    let Some(("CERTIFICATE", der)) = read_pem(pem) else { return Err(not_certificate()) };
    let certificate = read_certificate(&der).map_err(|_| not_certificate())?;
    if is_merchants(&certificate) {
        return Err(mismatch("an entry of the list is a merchant's certificate"));
    }
    Ok(Some(Opened { serial_no: entry.serial_no, certificate, pem: pem.to_owned() }))
}

/// The certificates of a verified list that can be used, the newest one first.
fn trusted(opened: Vec<Opened>, now: u64) -> Result<Vec<PlatformCertificate>, Error> {
    if opened.is_empty() {
        return Err(mismatch(
            "no certificate of the list is of RSA; switch the merchant to RSA keys in the merchant platform",
        ));
    }
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let mut list = Vec::with_capacity(opened.len());
    for Opened { serial_no, certificate, pem } in opened {
        let Certificate { serial: own, not_before, not_after, .. } = certificate;
        if serial(&own) != serial(&serial_no) {
            return Err(mismatch(&format!(
                "an entry of the list has the serial {own}, and its serial_no is another one"
            )));
        }
        if not_after >= now {
            list.push(PlatformCertificate { serial_no: own, effective_time: not_before, expire_time: not_after, pem });
        }
    }
    if list.is_empty() {
        return Err(mismatch("every certificate of the list has expired; check the clock of this machine"));
    }
    list.sort_by_key(|one| Reverse((one.effective_time <= now, one.effective_time)));
    Ok(list)
}

/// The first of two that knows the key.
struct Either<'a>(&'a dyn Verifier, &'a dyn Verifier);

impl Verifier for Either<'_> {
    fn verify(&self, serial: &str, text: &[u8], signature: &[u8]) -> Verdict {
        match self.0.verify(serial, text, signature) {
            Verdict::UnknownKey => self.1.verify(serial, text, signature),
            verdict => verdict,
        }
    }

    /// A certificate of the list itself has none here: what has expired is dropped later.
    fn valid_until(&self, serial: &str) -> Option<i64> {
        self.0.valid_until(serial)
    }
}

fn mismatch(fault: &str) -> Error {
    Error::mismatch("certificates", fault)
}

fn not_decrypted() -> Error {
    let fault = "does not decrypt the list; check that it is the APIv3 key (APIv3密钥) of the merchant platform, not the key of APIv2";
    Error::of_field(ErrorKind::Decrypt, "apiV3Key", fault)
}
