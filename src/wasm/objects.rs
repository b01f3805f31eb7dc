//! The calls that cross as plain objects: a network exchange dwarfs their cost.

use js_sys::{Array, Object, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use super::border::{fresh_nonce, misused, wipe_stack};
use crate::api::{Declaration, Family, Field, api, numbers};
use crate::error::Error;
use crate::field::integer;
use crate::key::Key;
use crate::merchant::Merchant;
use crate::packed::text;
use crate::params::Params;
use crate::sign::SignType;

#[derive(Deserialize)]
struct MerchantConfig {
    appid: String,
    mch_id: String,
    key: Zeroizing<String>,
    #[serde(rename = "signType")]
    sign_type: String,
    #[serde(default)]
    sub_appid: String,
    #[serde(default)]
    sub_mch_id: String,
}

impl MerchantConfig {
    fn read(config: JsValue) -> Result<Merchant, JsValue> {
        let config: Self = serde_wasm_bindgen::from_value(config).map_err(|_| to_js(&misused()))?;
        Self::merchant(&config).map_err(|error| to_js(&error))
    }

    fn merchant(config: &Self) -> Result<Merchant, Error> {
        let sign_type = SignType::from_text(&config.sign_type)?;
        let merchant = Merchant::new(&config.appid, &config.mch_id, Key::new(&config.key)?, sign_type)?;
        if config.sub_mch_id.is_empty() && config.sub_appid.is_empty() {
            return Ok(merchant);
        }
        merchant.for_sub_merchant(&config.sub_appid, &config.sub_mch_id)
    }
}

#[derive(Serialize)]
struct RequestData<'a> {
    path: &'a str,
    body: &'a str,
    certificate: bool,
    repeatable: bool,
    asked: &'a [(String, String)],
}

/// Checks a merchant's configuration.
///
/// # Errors
/// The error as a plain object.
#[wasm_bindgen(js_name = checkMerchant)]
pub fn check_merchant(merchant: JsValue) -> Result<(), JsValue> {
    wiped(|| MerchantConfig::read(merchant).map(|_| ()))
}

/// The request of an API as a plain object, from names and values in the same order.
///
/// # Errors
/// The error as a plain object.
#[wasm_bindgen(js_name = prepare)]
pub fn prepare(api: &str, merchant: JsValue, names: Vec<String>, values: Vec<String>) -> Result<JsValue, JsValue> {
    wiped(|| request(api, merchant, names, values))
}

fn request(api: &str, merchant: JsValue, names: Vec<String>, values: Vec<String>) -> Result<JsValue, JsValue> {
    let merchant = MerchantConfig::read(merchant)?;
    let request = || {
        let given = names.into_iter().zip(values).filter(|(_, value)| !value.is_empty());
        crate::prepare(declared(api)?, &merchant, Params::from_pairs(given)?, text(&fresh_nonce()?)?)
    };
    let request = request().map_err(|error| to_js(&error))?;
    let data = RequestData {
        path: request.path,
        body: &request.body,
        certificate: request.certificate,
        repeatable: request.repeatable,
        asked: &request.asked,
    };
    serde_wasm_bindgen::to_value(&data).map_err(JsValue::from)
}

/// The verified answer: `packed` holds every field as text, `typed` the documented ones.
///
/// # Errors
/// The error as a plain object.
#[wasm_bindgen(js_name = complete)]
pub fn complete(name: &str, merchant: JsValue, asked: JsValue, body: &[u8]) -> Result<JsValue, JsValue> {
    wiped(|| answer(name, merchant, asked, body))
}

fn answer(name: &str, merchant: JsValue, asked: JsValue, body: &[u8]) -> Result<JsValue, JsValue> {
    let merchant = MerchantConfig::read(merchant)?;
    let asked: Vec<(String, String)> = serde_wasm_bindgen::from_value(asked).map_err(|_| to_js(&misused()))?;
    let api = declared(name).map_err(|error| to_js(&error))?;
    let answer = crate::complete(api, &merchant, &asked, body).map_err(|error| to_js(&error))?;
    let typed = typed(api.answer, api.families, &answer, "")?;
    // Names and values in turn, each with NUL behind it.
    let packed: String = answer.iter().flat_map(|(name, value)| [name, "\0", value, "\0"]).collect();
    let result = Object::new();
    Reflect::set(&result, &"packed".into(), &packed.into())?;
    Reflect::set(&result, &"typed".into(), &typed)?;
    Ok(result.into())
}

/// The documented members whose names end with `suffix`, as numbers, texts and lists.
fn typed(members: &[Field], families: &[Family], answer: &Params<'_>, suffix: &str) -> Result<Object, JsValue> {
    let object = Object::new();
    for member in members {
        let value = match (answer.text(&format!("{}{suffix}", member.name)), member.kind.is_integer()) {
            ("", _) => continue,
            // Below 2^53, as the field's form was checked.
            (text, true) => integer(text).map_or(JsValue::UNDEFINED, |number| JsValue::from_f64(number as f64)),
            (text, false) => JsValue::from_str(text),
        };
        Reflect::set(&object, &member.name.into(), &value)?;
    }
    for Family { name, item } in families {
        let list = Array::new();
        for number in numbers(item, answer, suffix) {
            let one = typed(item.members, item.families, answer, &format!("{suffix}_{number}"))?;
            list.push(&one.into());
        }
        Reflect::set(&object, &(*name).into(), &list)?;
    }
    Ok(object)
}

fn declared(name: &str) -> Result<&'static Declaration, Error> {
    api(name).ok_or_else(|| Error::param("api", "there is no API of this name"))
}

/// Runs a call that has the key, and overwrites what it left on the stack.
fn wiped<T>(call: impl FnOnce() -> T) -> T {
    let result = call();
    wipe_stack();
    result
}

#[derive(Serialize)]
struct ErrorData<'a> {
    code: &'a str,
    outcome: &'a str,
    message: &'a str,
    field: Option<&'a str>,
    position: Option<usize>,
    return_msg: Option<&'a str>,
    err_code: Option<&'a str>,
    err_code_des: Option<&'a str>,
}

pub(super) fn to_js(error: &Error) -> JsValue {
    let data = ErrorData {
        code: error.kind().code(),
        outcome: error.outcome().as_str(),
        message: error.message(),
        field: error.field(),
        position: error.position(),
        return_msg: error.return_msg(),
        err_code: error.err_code(),
        err_code_des: error.err_code_des(),
    };
    serde_wasm_bindgen::to_value(&data).unwrap_or(JsValue::UNDEFINED)
}
