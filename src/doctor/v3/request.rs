//! Why a request of APIv3 is refused: its header, its certificate, and the text that was signed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::answered::{answer_causes, seconds_of};
use super::bodies::forms;
use super::causes::{Causes, header_of};
use super::evidence::{Choices, Finding, Keys, texts};
use super::facts::RequestFacts;
use super::header::Header;
use super::keys::{PublicKey, certificate_of_pem};
use super::lines::{end, line, time};
use super::paths::paths;
use super::words;
use crate::doctor::diagnosis::{Diagnosis, Field};
use crate::doctor::percent::percent_decoded;
use crate::doctor::words::Detail;
use crate::error::{Error, ErrorKind};
use crate::v3::json::{Json, Limits, read_json};
use crate::v3::serial::serial;
use crate::x509::Certificate;

/// How far the clock may be off, in seconds.
const SKEW: i64 = 300;

/// Says why WeChat refuses a request of APIv3. See 签名生成 and 如何排查签名错误.
///
/// # Errors
/// `ERR_CONFIG` of `certificate` or `privateKey` for a text that is no such file.
pub fn explain_request(facts: &RequestFacts<'_>) -> Result<Diagnosis, Error> {
    let certificate =
        facts.certificate.map(|pem| certificate_of_pem(pem).ok_or_else(|| no_pem("certificate"))).transpose()?;
    let key = |pem: Option<&str>, field| pem.map(|pem| PublicKey::of_pem(pem).ok_or_else(|| no_pem(field))).transpose();
    let keys = Keys {
        of_certificate: key(facts.certificate, "certificate")?,
        of_private: key(facts.private_key, "privateKey")?,
    };
    let header = Header::read(facts.authorization);
    let path = path_of(facts.url);
    let facts = &RequestFacts { body: signed_body(facts.body), ..*facts };
    let body = String::from_utf8_lossy(facts.body);
    let language = facts.language;
    let mut causes = Causes { list: Vec::new(), language };
    if let Some(fault) = &header.fault {
        causes.certain(&words::HEADER_FORMAT, fault);
    }
    text_causes(facts, &header, &keys, [path, &body], &mut causes);
    certificate_causes(facts, &header, certificate.as_ref(), &mut causes);
    time_causes(facts, &header, &mut causes);
    provider_causes(&header, path, facts.body, &mut causes);
    answer_causes(facts, &header, [path, &body], &mut causes);
    if keys.is_empty() && causes.list.is_empty() {
        let detail =
            Detail::in_both("Pass the certificate or the private key to check it.", "请传入证书或私钥以便检查。");
        causes.list.push(words::UNKNOWN.cause(language, false, &detail));
    }
    Ok(Diagnosis {
        is_right: causes.list.is_empty(),
        signed_text: format!("{}\n{path}\n{}\n{}\n{body}\n", facts.method, header.timestamp, header.nonce),
        fields: fields(facts, &header, path, &body),
        right_signature: None,
        causes: causes.sorted(),
    })
}

fn no_pem(field: &'static str) -> Error {
    Error::of_field(
        ErrorKind::Config,
        field,
        "is not readable PEM text of RSA; pass the contents of the file of the merchant platform",
    )
}

/// Path and query of an address.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let start = if rest.len() == url.len() { 0 } else { rest.find('/').unwrap_or(rest.len()) };
    let path = rest.get(start..).unwrap_or_default();
    let path = path.split('#').next().unwrap_or_default();
    if path.is_empty() { "/" } else { path }
}

fn text_causes(facts: &RequestFacts<'_>, header: &Header, keys: &Keys, [path, body]: [&str; 2], causes: &mut Causes) {
    let Ok(signature) = STANDARD.decode(&header.signature) else { return };
    if keys.is_empty() || signature.is_empty() || header.timestamp.is_empty() || header.nonce.is_empty() {
        return;
    }
    let lines = vec![
        line(facts.method),
        paths(facts.url, path),
        time(&header.timestamp),
        line(&header.nonce),
        bodies(facts.body, body),
        end(),
    ];
    let is_cut = keys.sizes().all(|size| signature.len() < size)
        || header.signature.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_cut {
        let detail = Detail::in_both("the signature is cut off, or not base64", "签名被截断，或者不是 base64");
        return causes.certain(&words::HEADER_FORMAT, &detail);
    }
    match keys.find(&signature, texts(lines)) {
        Finding::Mistakes(mistakes) => causes.told(&mistakes),
        Finding::OtherText(mistakes) => {
            causes.told(&mistakes);
            let detail =
                Detail::in_both("The key is right, and the text is another one.", "密钥正确，但签名的文本不同。");
            // Without a body another line was changed.
            let words = if body.is_empty() { &words::UNKNOWN } else { &words::BODY_CHANGED };
            causes.likely(words, &detail);
        }
        Finding::OtherKey if keys.differ() => causes.certain(&words::KEY_NOT_OF_CERTIFICATE, &Detail::NONE),
        Finding::OtherKey => {
            let detail = Detail::in_both("Or the signature is damaged.", "或者签名已损坏。");
            causes.likely(&words::KEY_NOT_OF_CERTIFICATE, &detail);
        }
    }
}

fn bodies(body: &[u8], text: &str) -> Choices {
    let mut choices = vec![(body.to_vec(), Vec::new())];
    let detail = Detail::in_both(
        "It was written again, with other blanks, escapes or order.",
        "正文被重新序列化，空白、转义或顺序不同。",
    );
    let mojibake: String = text.bytes().map(char::from).collect();
    for form in forms(text).into_iter().chain([mojibake]) {
        if choices.iter().all(|(own, _)| own != form.as_bytes()) {
            choices.push((form.into_bytes(), vec![(&words::BODY_CHANGED, detail.clone())]));
        }
    }
    choices
}

fn certificate_causes(
    facts: &RequestFacts<'_>,
    header: &Header,
    certificate: Option<&Certificate>,
    causes: &mut Causes,
) {
    let answered = facts.answer.and_then(|answer| header_of(answer.headers, "wechatpay-serial"));
    if answered.is_some_and(|own| !header.serial.is_empty() && serial(own) == serial(&header.serial)) {
        causes.certain(&words::SERIAL_OF_PLATFORM, &Detail::NONE);
    }
    let Some(certificate) = certificate else { return };
    let is_platform = certificate.common_name.starts_with("Tenpay.com");
    if !header.serial.is_empty() && header.serial != certificate.serial {
        if same_serial(&header.serial, &certificate.serial) {
            causes.certain(&words::SERIAL_FORMAT, &Detail::plain(header.serial.chars().take(80).collect::<String>()));
        } else {
            causes.certain(&words::SERIAL_MISMATCH, &Detail::NONE);
        }
    }
    if is_platform {
        let is_used = same_serial(&header.serial, &certificate.serial);
        causes
            .list
            .retain(|cause| ![words::KEY_NOT_OF_CERTIFICATE.code, words::SERIAL_MISMATCH.code].contains(&cause.code));
        if is_used {
            causes.certain(&words::SERIAL_OF_PLATFORM, &Detail::NONE);
        } else {
            causes.likely(&words::SERIAL_OF_PLATFORM, &Detail::NONE);
        }
    }
    let now = facts.now_ms.map(|now| now.div_euclid(1000));
    if now.is_some_and(|now| now < certificate.not_before || now > certificate.not_after) {
        causes.certain(&words::EXPIRED, &Detail::NONE);
    }
}

/// Whether two serials are one number. A short decimal one is compared too.
fn same_serial(given: &str, own: &str) -> bool {
    let given = given.trim().trim_start_matches("0x");
    let decimal = || num_bigint::BigUint::parse_bytes(own.as_bytes(), 16).map(|number| number.to_string());
    // .NET has the bytes in reverse.
    let reversed = hex::decode(own).map(|bytes| hex::encode(bytes.into_iter().rev().collect::<Vec<u8>>()));
    serial(given) == serial(own)
        || decimal().as_deref() == Some(given)
        || reversed.is_ok_and(|reversed| serial(&reversed) == serial(given))
}

fn time_causes(facts: &RequestFacts<'_>, header: &Header, causes: &mut Causes) {
    let Ok(timestamp) = header.timestamp.trim().parse::<i64>() else { return };
    if header.timestamp.trim().len() >= 13 {
        return causes.certain(&words::MILLISECONDS, &Detail::NONE);
    }
    // The clock of WeChat decides.
    let dated = facts.answer.and_then(|answer| seconds_of(header_of(answer.headers, "date")?));
    let Some(now) = dated.or(facts.now_ms.map(|now| now.div_euclid(1000))) else { return };
    let skew = timestamp.saturating_sub(now);
    if skew.saturating_abs() > SKEW {
        causes.certain(&words::SKEW, &Detail::plain(skew.saturating_abs().to_string()));
    }
}

/// The merchant that the request names as its signer.
fn provider_causes(header: &Header, path: &str, body: &[u8], causes: &mut Causes) {
    let json = read_json(body, Limits::PARAMS, "the body").ok();
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let of_query = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(own, _)| *own == name).map(|(_, value)| percent_decoded(value))
    };
    let named = |name: &str| {
        let text = json.as_ref().and_then(|json| json.get(name)).and_then(Json::text).map(str::to_owned);
        text.or_else(|| of_query(name)).filter(|text| !text.is_empty())
    };
    if header.mchid.is_empty() {
        return;
    }
    let signer = ["sp_mchid", "combine_mchid", "mchid"].into_iter().find_map(named);
    let is_other = match signer {
        Some(signer) => signer != header.mchid,
        None => named("sub_mchid").is_some_and(|sub| sub == header.mchid),
    };
    if is_other {
        causes.certain(&words::PROVIDER, &Detail::plain(header.mchid.chars().take(32).collect::<String>()));
    }
}

/// The text that is signed for a body: that of the part `meta` of an upload, and else the body.
fn signed_body(body: &[u8]) -> &[u8] {
    let text = std::str::from_utf8(body.get(..body.len().min(4096)).unwrap_or_default()).unwrap_or_else(|error| {
        std::str::from_utf8(body.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
    });
    let meta = || {
        let (_, part) = text.strip_prefix("--")?.split_once("name=\"meta\"")?;
        let (_, content) = part.split_once("\r\n\r\n")?;
        content.split("\r\n--").next()
    };
    meta().map_or(body, str::as_bytes)
}

fn fields(facts: &RequestFacts<'_>, header: &Header, path: &str, body: &str) -> Vec<Field> {
    let field = |name: &str, value: &str, is_signed| Field {
        name: name.to_owned(),
        value: value.to_owned(),
        is_signed,
        why: None,
    };
    vec![
        field("method", facts.method, true),
        field("url", path, true),
        field("timestamp", &header.timestamp, true),
        field("nonce_str", &header.nonce, true),
        field("body", body, true),
        field("mchid", &header.mchid, false),
        field("serial_no", &header.serial, false),
    ]
}
