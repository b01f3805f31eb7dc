//! The exports of the module `doctor.wasm`: why a signature is wrong.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use super::error::run;
use super::object::object;
use super::secret::secret;
use crate::doctor::{Given, Language, SignatureFacts, explain_signature};
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
        let pairs = || fields.as_chunks::<2>().0.iter().map(|[name, value]| (name.clone(), value.clone())).collect();
        let message = text.as_deref().map_or_else(|| Given::Fields(pairs()), Given::Text);
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

const fn language(is_chinese: bool) -> Language {
    if is_chinese { Language::Chinese } else { Language::English }
}

/// Names and secret texts, which arrive in turn.
fn named_secrets(list: &Array) -> Result<Vec<(String, Zeroizing<String>)>, Error> {
    let texts: Vec<Zeroizing<String>> = list.iter().map(secret).collect::<Result<_, _>>()?;
    Ok(texts.as_chunks::<2>().0.iter().map(|[name, text]| (name.to_string(), text.clone())).collect())
}
