//! The exports of the module `doctor.wasm`: why a signature is wrong.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use super::error::run;
use super::object::object;
use super::secret::secret;
use crate::doctor::{
    Answer, Given, Language, NoticeFacts, PaymentFacts, RequestFacts, SignatureFacts, explain_notice, explain_payment,
    explain_request, explain_signature,
};
use crate::error::Error;
use crate::v2::sign::SignType;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"/** A diagnosis, as the doctor returns it. */
export interface DiagnosisData {
  isRight: boolean;
  signedText: string;
  fields: { name: string; value: string; isSigned: boolean; why?: string }[];
  rightSignature?: string;
  causes: { code: string; isCertain: boolean; message: string; fix: string; with?: string[] }[];
}";

/// Explains a signature of APIv2.
///
/// The message is `text`, or names and values in turn. `keys` are names and keys in turn. `letters` are characters, and `gbk` has the two
/// bytes of each. An empty sign type is unknown.
///
/// # Errors
/// See [`explain_signature`](crate::doctor::explain_signature).
#[wasm_bindgen(js_name = explainSignature, unchecked_return_type = "DiagnosisData")]
#[allow(clippy::too_many_arguments, reason = "each is one member of an object in JavaScript")]
pub fn explain_signature_of(
    text: Option<String>,
    fields: Vec<String>,
    #[wasm_bindgen(unchecked_param_type = "string")] key: JsValue,
    signature: Option<String>,
    sign_type: &str,
    keys: &Array,
    letters: &str,
    gbk: &[u8],
    is_chinese: bool,
) -> Result<JsValue, JsValue> {
    run(|| {
        let key = secret(key)?;
        let keys = named_secrets(keys)?;
        let gbk: Vec<(char, [u8; 2])> = letters.chars().zip(gbk.as_chunks::<2>().0.iter().copied()).collect();
        let message = text.as_deref().map_or_else(|| Given::Fields(pairs(&fields)), Given::Text);
        let facts = SignatureFacts {
            key: &key,
            signature: signature.as_deref(),
            sign_type: if sign_type.is_empty() { None } else { Some(SignType::from_text(sign_type)?) },
            keys: &keys,
            gbk: &gbk,
            language: language(is_chinese),
        };
        object(&explain_signature(&message, &facts)?)
    })
}

/// Explains a request of APIv3. `answer_headers` are names and values in turn. `now_ms` is no number if the time is unknown.
///
/// # Errors
/// See [`explain_request`](crate::doctor::explain_request).
#[wasm_bindgen(js_name = explainRequest, unchecked_return_type = "DiagnosisData")]
#[allow(clippy::too_many_arguments, reason = "each is one member of an object in JavaScript")]
pub fn explain_request_of(
    method: &str,
    url: &str,
    body: &[u8],
    authorization: &str,
    certificate: Option<String>,
    #[wasm_bindgen(unchecked_param_type = "string | undefined")] private_key: JsValue,
    answer_status: Option<u16>,
    answer_headers: Vec<String>,
    answer_body: &[u8],
    now_ms: f64,
    is_chinese: bool,
) -> Result<JsValue, JsValue> {
    run(|| {
        let private_key = optional_secret(private_key)?;
        let headers = pairs(&answer_headers);
        object(&explain_request(&RequestFacts {
            method,
            url,
            body,
            authorization,
            certificate: certificate.as_deref(),
            private_key: private_key.as_ref().map(|key| key.as_str()),
            answer: answer_status.map(|status| Answer { status, headers: &headers, body: answer_body }),
            now_ms: milliseconds(now_ms),
            language: language(is_chinese),
        })?)
    })
}

/// Explains a notice of APIv3. `headers` are names and values in turn, and `wechatpay_keys` ids and PEM texts.
///
/// # Errors
/// `ERR_INTERNAL` for arguments that the package never passes.
#[wasm_bindgen(js_name = explainNotice, unchecked_return_type = "DiagnosisData")]
pub fn explain_notice_of(
    headers: Vec<String>,
    body: &[u8],
    #[wasm_bindgen(unchecked_param_type = "string | undefined")] api_v3_key: JsValue,
    wechatpay_keys: Vec<String>,
    now_ms: f64,
    is_chinese: bool,
) -> Result<JsValue, JsValue> {
    run(|| {
        let key = optional_secret(api_v3_key)?;
        object(&explain_notice(&NoticeFacts {
            headers: &pairs(&headers),
            body,
            api_v3_key: key.as_ref().map(|key| key.as_str()),
            wechatpay_keys: &pairs(&wechatpay_keys),
            now_ms: milliseconds(now_ms),
            language: language(is_chinese),
        }))
    })
}

/// Explains `paySign` of APIv3. `payment` has names and values in turn.
///
/// # Errors
/// See [`explain_payment`](crate::doctor::explain_payment).
#[wasm_bindgen(js_name = explainPayment, unchecked_return_type = "DiagnosisData")]
pub fn explain_payment_of(
    payment: Vec<String>,
    app_id: &str,
    certificate: Option<String>,
    #[wasm_bindgen(unchecked_param_type = "string | undefined")] private_key: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | undefined")] key_v2: JsValue,
    is_chinese: bool,
) -> Result<JsValue, JsValue> {
    run(|| {
        let (private_key, key_v2) = (optional_secret(private_key)?, optional_secret(key_v2)?);
        object(&explain_payment(&PaymentFacts {
            payment: &pairs(&payment),
            app_id,
            certificate: certificate.as_deref(),
            private_key: private_key.as_ref().map(|key| key.as_str()),
            key_v2: key_v2.as_ref().map(|key| key.as_str()),
            language: language(is_chinese),
        })?)
    })
}

/// Names and values, which arrive in turn.
fn pairs(texts: &[String]) -> Vec<(String, String)> {
    texts.as_chunks::<2>().0.iter().map(|[name, value]| (name.clone(), value.clone())).collect()
}

fn optional_secret(value: JsValue) -> Result<Option<Zeroizing<String>>, Error> {
    if value.is_undefined() { Ok(None) } else { secret(value).map(Some) }
}

#[allow(clippy::cast_possible_truncation, reason = "a time is far below 2^63")]
fn milliseconds(now_ms: f64) -> Option<i64> {
    now_ms.is_finite().then_some(now_ms as i64)
}

const fn language(is_chinese: bool) -> Language {
    if is_chinese { Language::Chinese } else { Language::English }
}

/// Names and secret texts, which arrive in turn.
fn named_secrets(list: &Array) -> Result<Vec<(String, Zeroizing<String>)>, Error> {
    let texts: Vec<Zeroizing<String>> = list.iter().map(secret).collect::<Result<_, _>>()?;
    Ok(texts.as_chunks::<2>().0.iter().map(|[name, text]| (name.to_string(), text.clone())).collect())
}
