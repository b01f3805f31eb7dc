//! The exports of the module `calls.wasm`: the calls of WeChat's API, and the data of the log-in.
//!
//! They are ordinary functions of wasm-bindgen: beside a network exchange their cost does not show.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use super::error::run;
use super::merchant::{MerchantData, read_merchant};
use super::object::object;
use super::secret::secret;
use crate::border::objects::{AnswerObject, RequestObject, TypedMembers};
use crate::error::Error;
use crate::user_data::decrypt_user_data;
use crate::v2::api::{Declaration, api};
use crate::v2::params::Params;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"/** A request as data. */
export interface RequestData {
  path: string;
  /** Which of WeChat's services has the path. An older sandbox has another one. */
  base: 'pay' | 'sandbox';
  body: string;
  certificate: boolean;
  repeatable: boolean;
  /** How the answer is read. */
  reads: 'fields' | 'a bill' | 'comments';
  /** Names and values that the answer must repeat. */
  asked: [name: string, value: string][];
}

/** A judged answer: its documented members, and every field. */
export interface AnswerData {
  typed: Record<string, unknown>;
  fields: [name: string, value: string][];
}";

/// Checks a merchant's configuration.
///
/// # Errors
/// `ERR_CONFIG` or `ERR_PARAM` with the member that is wrong.
#[wasm_bindgen(js_name = checkMerchant)]
pub fn check_merchant(merchant: &MerchantData) -> Result<(), JsValue> {
    run(|| read_merchant(merchant).map(|_| ()))
}

/// Makes the request of an API from names and values in turn.
///
/// # Errors
/// See [`prepare`](crate::prepare).
#[wasm_bindgen(unchecked_return_type = "RequestData")]
pub fn prepare(merchant: &MerchantData, name: &str, nonce: &str, params: Vec<String>) -> Result<JsValue, JsValue> {
    run(|| {
        let merchant = read_merchant(merchant)?;
        let given = pairs(&params).filter(|(_, value)| !value.is_empty());
        let api = declared(name)?;
        let request = crate::v2::api::prepare(api, &merchant, Params::from_pairs(given)?, nonce)?;
        object(&RequestObject::new(api, &request))
    })
}

/// Judges an answer. `asked` are names and values in turn, as `prepare` returned them.
///
/// # Errors
/// See [`complete`](crate::complete).
#[wasm_bindgen(unchecked_return_type = "AnswerData")]
pub fn complete(
    merchant: &MerchantData,
    name: &str,
    asked: Vec<String>,
    body: &Uint8Array,
) -> Result<JsValue, JsValue> {
    let judge = || {
        let merchant = read_merchant(merchant)?;
        let api = declared(name)?;
        let asked: Vec<(String, String)> =
            pairs(&asked).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        // An answer may contain a key: that of the sandbox does.
        let body = Zeroizing::new(body.to_vec());
        let answer = crate::v2::api::complete(api, &merchant, &asked, &body)?;
        let typed =
            TypedMembers { members: api.answer, families: api.families, answer: &answer, suffix: String::new() };
        object(&AnswerObject { typed, fields: answer.iter().collect() })
    };
    run(|| judge().map_err(Error::after_sending))
}

/// Decrypts the data of the log-in. It should be JSON.
///
/// # Errors
/// `ERR_DECRYPT`, whatever is wrong.
#[wasm_bindgen(js_name = decryptUserData, unchecked_return_type = "string")]
pub fn decrypt_user_data_text(
    #[wasm_bindgen(unchecked_param_type = "string")] session_key: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] iv: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] encrypted_data: JsValue,
) -> Result<JsValue, JsValue> {
    run(|| {
        // A caller may mix them up, so each is wiped as if it were the key.
        let [data, iv, key] = [secret(encrypted_data)?, secret(iv)?, secret(session_key)?];
        let text = Zeroizing::new(decrypt_user_data(&data, &iv, &key)?);
        Ok(JsValue::from_str(&text))
    })
}

fn declared(name: &str) -> Result<&'static Declaration, Error> {
    api(name).ok_or_else(|| Error::param("api", "is not the name of an API; the README lists them"))
}

/// Names and values in turn.
fn pairs(texts: &[String]) -> impl Iterator<Item = (&str, &str)> {
    texts.as_chunks::<2>().0.iter().map(|[name, value]| (name.as_str(), value.as_str()))
}
