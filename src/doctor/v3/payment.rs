//! Why `paySign` of APIv3 is wrong.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::causes::Causes;
use super::evidence::{Finding, Keys, texts};
use super::keys::PublicKey;
use super::lines::{end, line, or, time};
use super::words;
use crate::doctor::diagnosis::{Diagnosis, Field, Language};
use crate::doctor::v2::{Given, SignatureFacts, explain_signature};
use crate::doctor::words::Detail;
use crate::error::{Error, ErrorKind};
use crate::v2::sign::SignType;

/// The argument of `wx.requestPayment`, and what the caller knows of it.
#[derive(Clone, Default)]
pub struct PaymentFacts<'a> {
    /// Names and values: `timeStamp`, `nonceStr`, `package`, `signType`, `paySign`.
    pub payment: &'a [(String, String)],
    /// The appid of the mini program.
    pub app_id: &'a str,
    /// `apiclient_cert.pem`.
    pub certificate: Option<&'a str>,
    /// `apiclient_key.pem`. Only its public half is read.
    pub private_key: Option<&'a str>,
    /// The APIv2 key, with which it may have been signed by mistake.
    pub key_v2: Option<&'a str>,
    /// The language of the causes.
    pub language: Language,
}

/// Says why `paySign` of APIv3 is wrong. See 小程序调起支付.
///
/// # Errors
/// `ERR_CONFIG` of `certificate` or `privateKey` for a text that is no such file.
pub fn explain_payment(facts: &PaymentFacts<'_>) -> Result<Diagnosis, Error> {
    let fault = "is not readable PEM text of RSA; pass the contents of the file of the merchant platform";
    let key = |pem: Option<&str>, field: &'static str| {
        pem.map(|pem| PublicKey::of_pem(pem).ok_or_else(|| Error::of_field(ErrorKind::Config, field, fault)))
            .transpose()
    };
    let keys = Keys {
        of_certificate: key(facts.certificate, "certificate")?,
        of_private: key(facts.private_key, "privateKey")?,
    };
    let mut causes = Causes { list: Vec::new(), language: facts.language };
    let signature = value(facts, "paySign");
    if !is_v2(facts, signature, &mut causes) {
        text_causes(facts, signature, &keys, &mut causes);
        form_causes(facts, &mut causes);
    }
    if keys.is_empty() && causes.list.is_empty() {
        let detail =
            Detail::in_both("Pass the certificate or the private key to check it.", "请传入证书或私钥以便检查。");
        causes.likely(&words::UNKNOWN, &detail);
    }
    let [time, nonce, package] = ["timeStamp", "nonceStr", "package"].map(|name| value(facts, name));
    Ok(Diagnosis {
        is_right: causes.list.is_empty(),
        signed_text: format!("{}\n{time}\n{nonce}\n{package}\n", facts.app_id),
        fields: fields(facts),
        right_signature: None,
        causes: causes.sorted(),
    })
}

fn value<'f>(facts: &PaymentFacts<'f>, name: &str) -> &'f str {
    facts.payment.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str())
}

/// Whether it was signed in the way of APIv2.
fn is_v2(facts: &PaymentFacts<'_>, signature: &str, causes: &mut Causes) -> bool {
    let sign_type = value(facts, "signType");
    let is_digest = matches!(signature.len(), 32 | 64) && signature.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_digest {
        if SignType::from_text(sign_type).is_ok() {
            causes.certain(&words::MD5_FOR_RSA, &Detail::plain(format!("signType {sign_type}")));
        } else if sign_type != "RSA" {
            causes.likely(&words::MD5_FOR_RSA, &Detail::in_both("a signType that is not RSA", "signType 不是 RSA"));
        }
        return false;
    }
    let used = if signature.len() == 32 { SignType::Md5 } else { SignType::HmacSha256 };
    causes.certain(&words::MD5_FOR_RSA, &Detail::plain(used.as_str()));
    // The other mistakes of such a signature are those of APIv2.
    if let (Some(key), Some(cause)) = (facts.key_v2, causes.list.first_mut()) {
        let fields = [("appId".to_owned(), facts.app_id.to_owned())];
        let fields = fields.into_iter().chain(facts.payment.iter().filter(|(name, _)| name != "appId").cloned());
        let known =
            SignatureFacts { key, sign_type: Some(used), language: facts.language, ..SignatureFacts::default() };
        if let Ok(found) = explain_signature(&Given::Fields(fields.collect()), &known)
            && let Some(further) =
                found.causes.into_iter().find(|further| further.is_certain && further.code != "second-sign-type")
        {
            cause.message = [&cause.message, " ", &further.message].concat();
        }
    }
    true
}

fn text_causes(facts: &PaymentFacts<'_>, signature: &str, keys: &Keys, causes: &mut Causes) {
    let Ok(signature) = STANDARD.decode(signature.trim()) else {
        return causes.likely(&words::UNKNOWN, &Detail::in_both("paySign is not base64.", "paySign 不是 base64。"));
    };
    if keys.is_empty() {
        return;
    }
    let package = value(facts, "package");
    let id = package.trim_start_matches("prepay_id=");
    let mut packages = vec![(package.as_bytes().to_vec(), Vec::new())];
    for front in ["prepay_id=", "", "prepay_id=prepay_id="] {
        let text = format!("{front}{id}").into_bytes();
        if packages.iter().all(|(own, _)| *own != text) {
            let detail = Detail::plain(format!("was signed as {front}…"));
            packages.push((text, vec![(&words::PACKAGE_PREFIX, detail)]));
        }
    }
    let mut app_ids = line(facts.app_id);
    let own = value(facts, "appId");
    if !own.is_empty() {
        or(&mut app_ids, own, &words::APPID_OTHER, Detail::plain(format!(": {own}")));
    }
    let lines = vec![app_ids, time(value(facts, "timeStamp")), line(value(facts, "nonceStr")), packages, end()];
    match keys.find(&signature, texts(lines)) {
        Finding::Mistakes(mistakes) => causes.told(&mistakes),
        Finding::OtherText(mistakes) => {
            causes.told(&mistakes);
            causes
                .likely(&words::APPID_OTHER, &Detail::in_both(", or another text was signed", "，或者签名的文本不同"));
        }
        Finding::OtherKey if keys.differ() => causes.certain(&words::KEY_NOT_OF_CERTIFICATE, &Detail::NONE),
        Finding::OtherKey => {
            let detail = Detail::in_both("Or the signature is damaged.", "或者签名已损坏。");
            causes.likely(&words::KEY_NOT_OF_CERTIFICATE, &detail);
        }
    }
}

/// Faults of the payment itself.
fn form_causes(facts: &PaymentFacts<'_>, causes: &mut Causes) {
    let package = value(facts, "package");
    match package.strip_prefix("prepay_id=") {
        None => causes.certain(&words::PACKAGE_PREFIX, &Detail::in_both("lacks prepay_id=", "缺少 prepay_id=")),
        Some(id) if id.starts_with("prepay_id=") => {
            causes.certain(&words::PACKAGE_PREFIX, &Detail::in_both("has prepay_id= twice", "重复了 prepay_id="));
        }
        Some(_) => {}
    }
    let time = value(facts, "timeStamp");
    if time.len() >= 13 && time.bytes().all(|byte| byte.is_ascii_digit()) {
        causes.certain(&words::MILLISECONDS, &Detail::NONE);
    }
}

fn fields(facts: &PaymentFacts<'_>) -> Vec<Field> {
    let signed = ["timeStamp", "nonceStr", "package"];
    let app_id = Field { name: "appId".to_owned(), value: facts.app_id.to_owned(), is_signed: true, why: None };
    let others = facts.payment.iter().filter(|(name, _)| name != "appId").map(|(name, value)| Field {
        name: name.clone(),
        value: value.clone(),
        is_signed: signed.contains(&name.as_str()),
        why: None,
    });
    [app_id].into_iter().chain(others).collect()
}
