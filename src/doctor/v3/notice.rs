//! Why a notice of APIv3 is refused: its headers, its key, its body, and the APIv3 key.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::bodies::{notice_forms, with_summaries};
use super::causes::{Causes, header_of};
use super::evidence::{Candidate, Finding, Keys};
use super::keys::{PublicKey, certificate_of_pem};
use super::words;
use crate::doctor::diagnosis::{Diagnosis, Field, Language};
use crate::doctor::words::{Detail, Words};
use crate::v3::json::{Json, Limits, read_json};
use crate::v3::serial::serial;
use crate::v3::text::answer_text;

/// A notice, and what the caller knows of it.
#[derive(Clone, Default)]
pub struct NoticeFacts<'a> {
    /// Names and values of the headers.
    pub headers: &'a [(String, String)],
    /// The raw body.
    pub body: &'a [u8],
    /// The APIv3 key, which is wiped by its owner.
    pub api_v3_key: Option<&'a str>,
    /// Serials or ids, and the PEM text of each.
    pub wechatpay_keys: &'a [(String, String)],
    /// Now, in milliseconds since 1970.
    pub now_ms: Option<i64>,
    /// The language of the causes.
    pub language: Language,
}

/// How far the clock may be off, in seconds.
const SKEW: i64 = 300;

/// The bytes of the APIv3 key.
const KEY_BYTES: usize = 32;

/// Says why a notice of APIv3 is refused. See 验证签名 and 支付成功回调通知.
#[must_use]
pub fn explain_notice(facts: &NoticeFacts<'_>) -> Diagnosis {
    let header = |name: &str| header_of(facts.headers, name).unwrap_or_default().trim();
    let [timestamp, nonce, signature, own_serial] =
        ["wechatpay-timestamp", "wechatpay-nonce", "wechatpay-signature", "wechatpay-serial"].map(header);
    let mut causes = Causes { list: Vec::new(), language: facts.language };
    let missing =
        HEADERS.into_iter().zip([timestamp, nonce, signature, own_serial]).find(|(_, value)| value.is_empty());
    if let Some((name, _)) = missing {
        causes.certain(&words::HEADER_MISSING, &Detail::plain(name));
    }
    let sign_type = header("wechatpay-signature-type");
    if signature.contains("WECHATPAY/SIGNTEST/") {
        causes.certain(&words::PROBE, &Detail::NONE);
    } else if sign_type.contains("SM2") {
        causes.certain(&words::SM2, &Detail::plain(sign_type.chars().take(60).collect::<String>()));
    } else if missing.is_none() {
        let is_signed = signature_causes(facts, [timestamp, nonce, signature, own_serial], &mut causes);
        time_causes(facts, timestamp, &mut causes);
        key_causes(facts, is_signed, &mut causes);
    }
    let body = String::from_utf8_lossy(facts.body);
    let signed = [("timestamp", timestamp), ("nonce", nonce), ("body", &body)];
    let unsigned = [("serial", own_serial), ("signature-type", sign_type)];
    let field = |is_signed| {
        move |(name, value): (&str, &str)| Field {
            name: name.to_owned(),
            value: value.to_owned(),
            is_signed,
            why: None,
        }
    };
    Diagnosis {
        is_right: causes.list.is_empty(),
        signed_text: format!("{timestamp}\n{nonce}\n{body}\n"),
        fields: signed.map(field(true)).into_iter().chain(unsigned.map(field(false))).collect(),
        right_signature: None,
        causes: causes.sorted(),
    }
}

const HEADERS: [&str; 4] = ["Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial"];

/// Checks the signature with the key of the serial. Returns whether the body is what WeChat signed.
fn signature_causes(
    facts: &NoticeFacts<'_>,
    [timestamp, nonce, signature, own_serial]: [&str; 4],
    causes: &mut Causes,
) -> bool {
    let Some(key) = key_of(facts, own_serial, causes) else { return false };
    let Ok(signature) = STANDARD.decode(signature) else {
        causes.likely(&words::UNKNOWN, &Detail::in_both("The signature is not base64.", "签名不是 base64。"));
        return false;
    };
    let keys = Keys { of_certificate: Some(key), of_private: None };
    let right = Candidate { text: answer_text(timestamp, nonce, facts.body), mistakes: Vec::new() };
    let others = other_bodies(facts.body).into_iter().map(|(body, words, detail)| Candidate {
        text: answer_text(timestamp, nonce, &body),
        mistakes: vec![(words, detail)],
    });
    match keys.find(&signature, [right].into_iter().chain(others)) {
        Finding::Mistakes(mistakes) => {
            causes.told(&mistakes);
            mistakes.is_empty()
        }
        Finding::OtherText(_) if String::from_utf8_lossy(facts.body).contains('\u{fffd}') => {
            causes.likely(&words::CHARSET, &Detail::in_both("it has replacement characters", "正文里有替换字符"));
            false
        }
        Finding::OtherText(_) => {
            let detail = Detail::in_both("WeChat signed another text", "微信签名的是另一段文字");
            if is_compact(facts.body) {
                let whole = Detail::in_both("WeChat signed another text.", "微信签名的是另一段文字。");
                causes.likely(&words::UNKNOWN, &whole);
            }
            causes.likely(&words::RESERIALISED, &detail);
            false
        }
        Finding::OtherKey => {
            let detail =
                Detail::in_both("It was not made with the key of this serial.", "它不是用这个序列号的密钥签的。");
            causes.likely(&words::UNKNOWN, &detail);
            false
        }
    }
}

fn is_compact(body: &[u8]) -> bool {
    !body.contains(&b'\n') && !body.windows(2).any(|pair| pair == b": ")
}

/// The key of a serial, or why there is none.
fn key_of(facts: &NoticeFacts<'_>, wanted: &str, causes: &mut Causes) -> Option<PublicKey> {
    let is_id = |name: &str| name.starts_with("PUB_KEY_ID_");
    let found = facts.wechatpay_keys.iter().find(|(name, pem)| {
        let own = certificate_of_pem(pem).map_or_else(|| name.clone(), |certificate| certificate.serial);
        serial(&own).is_some() && serial(&own) == serial(wanted)
    });
    if let Some((_, pem)) = found {
        let key = PublicKey::of_pem(pem);
        if key.is_none() {
            causes.likely(
                &words::UNKNOWN,
                &Detail::in_both("Its key is not readable PEM text.", "它的密钥不是可读的 PEM。"),
            );
        }
        return key;
    }
    let has_certificate = facts.wechatpay_keys.iter().any(|(name, _)| !is_id(name));
    let words = if is_id(wanted) {
        &words::PUBLIC_KEY_MISSING
    } else if has_certificate {
        &words::SERIAL_UNKNOWN
    } else {
        &words::PLATFORM_MISSING
    };
    let detail = Detail::plain(wanted.chars().take(80).collect::<String>());
    // Under its name another file may be kept.
    let is_named =
        facts.wechatpay_keys.iter().any(|(name, _)| serial(name).is_some() && serial(name) == serial(wanted));
    if facts.wechatpay_keys.is_empty() || is_named {
        causes.likely(words, &detail);
    } else {
        causes.certain(words, &detail);
    }
    None
}

/// The bodies that WeChat may have signed.
fn other_bodies(body: &[u8]) -> Vec<(Vec<u8>, &'static Words, Detail)> {
    let text = String::from_utf8_lossy(body);
    let mut bodies = Vec::new();
    // UTF-8 that was read as a charset of one byte, and written as UTF-8.
    for (name, charset) in [("ISO-8859-1", latin1 as fn(char) -> Option<u8>), ("windows-1252", windows1252)] {
        if let Some(bytes) = text.chars().map(charset).collect::<Option<Vec<u8>>>().filter(|bytes| bytes != body) {
            bodies.push((bytes, &words::CHARSET, Detail::plain(name)));
        }
    }
    if let Some(rest) = text.strip_prefix('\u{feff}') {
        bodies.push((
            rest.as_bytes().to_vec(),
            &words::CHARSET,
            Detail::in_both("a byte order mark was added", "前面多了 BOM"),
        ));
    }
    let detail = Detail::in_both("blanks, escapes or order differ", "空白、转义或顺序不同");
    bodies
        .extend(notice_forms(&text).into_iter().map(|form| (form.into_bytes(), &words::RESERIALISED, detail.clone())));
    let summary = Detail::in_both("the summary is damaged", "summary 已损坏");
    bodies.extend(with_summaries(&text).into_iter().map(|form| (form.into_bytes(), &words::CHARSET, summary.clone())));
    bodies
}

fn latin1(letter: char) -> Option<u8> {
    u8::try_from(letter).ok()
}

/// The characters of windows-1252 between 0x80 and 0x9F.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows1252(letter: char) -> Option<u8> {
    let at = WINDOWS.iter().position(|own| *own == letter).and_then(|at| u8::try_from(at).ok()?.checked_add(0x80));
    at.or_else(|| latin1(letter))
}

fn time_causes(facts: &NoticeFacts<'_>, timestamp: &str, causes: &mut Causes) {
    let (Ok(timestamp), Some(now)) = (timestamp.parse::<i64>(), facts.now_ms.map(|now| now.div_euclid(1000))) else {
        return;
    };
    let age = now.saturating_sub(timestamp);
    if age.saturating_abs() > SKEW {
        causes.certain(&words::TIMESTAMP_OLD, &Detail::plain(age.saturating_abs().to_string()));
    }
}

fn key_causes(facts: &NoticeFacts<'_>, is_signed: bool, causes: &mut Causes) {
    let Some(key) = facts.api_v3_key else { return };
    if key.len() != KEY_BYTES {
        return causes.certain(&words::KEY_LENGTH, &Detail::plain(key.len().to_string()));
    }
    if opens(facts.body, key) == Some(false) {
        if is_signed {
            causes.certain(&words::KEY_WRONG, &Detail::NONE);
        } else if facts.wechatpay_keys.is_empty() {
            causes.likely(&words::KEY_WRONG, &Detail::NONE);
        }
    }
}

/// Whether the key opens the resource of a notice; `None` for a notice that has none.
fn opens(body: &[u8], key: &str) -> Option<bool> {
    let json = read_json(body, Limits::NOTICE, "the notice").ok()?;
    let text = |name| json.at(&["resource", name]).and_then(Json::text);
    if text("algorithm") != Some("AEAD_AES_256_GCM") {
        return None;
    }
    let (nonce, sealed) = (text("nonce")?, STANDARD.decode(text("ciphertext")?).ok()?);
    let nonce: &[u8; 12] = nonce.as_bytes().try_into().ok()?;
    let cipher = Aes256Gcm::new_from_slice(key.as_bytes()).ok()?;
    let payload = Payload { msg: &sealed, aad: text("associated_data").unwrap_or_default().as_bytes() };
    Some(cipher.decrypt(nonce.into(), payload).map(Zeroizing::new).is_ok())
}
