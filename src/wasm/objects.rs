//! The calls that cross as plain objects: a network exchange dwarfs their cost.

use js_sys::{Array, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use super::border::{fresh_nonce, wipe_stack};
use crate::api::{Declaration, Family, Field, api, numbers};
use crate::error::Error;
use crate::field::integer;
use crate::key::Key;
use crate::merchant::Merchant;
use crate::packed::text;
use crate::params::Params;
use crate::sign::SignType;

/// Reads a merchant's configuration. Its members are asked for one by one: a general reader would make this module a tenth larger.
fn merchant(config: &JsValue) -> Result<Merchant, JsValue> {
    let member = |name: &str| {
        let value = Reflect::get(config, &name.into()).ok().and_then(|value| value.as_string());
        Zeroizing::new(value.unwrap_or_default())
    };
    let read = || {
        let sign_type = SignType::from_text(&member("signType"))?;
        let merchant = Merchant::new(&member("appid"), &member("mch_id"), Key::new(&member("key"))?, sign_type)?;
        let (sub_appid, sub_mch_id) = (member("sub_appid"), member("sub_mch_id"));
        if sub_mch_id.is_empty() && sub_appid.is_empty() {
            return Ok(merchant);
        }
        merchant.for_sub_merchant(&sub_appid, &sub_mch_id)
    };
    read().map_err(|error| to_js(&error))
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
pub fn check_merchant(config: &JsValue) -> Result<(), JsValue> {
    wiped(|| merchant(config).map(|_| ()))
}

/// The request of an API as a plain object, from names and values in the same order.
///
/// # Errors
/// The error as a plain object.
#[wasm_bindgen(js_name = prepare)]
pub fn prepare(api: &str, config: &JsValue, names: Vec<String>, values: Vec<String>) -> Result<JsValue, JsValue> {
    wiped(|| request(api, config, names, values))
}

fn request(api: &str, config: &JsValue, names: Vec<String>, values: Vec<String>) -> Result<JsValue, JsValue> {
    let merchant = merchant(config)?;
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

/// The verified answer: `packed` holds every field as text, `typed` the documented ones. `asked` are names and values in turn.
///
/// # Errors
/// The error as a plain object.
#[wasm_bindgen(js_name = complete)]
pub fn complete(name: &str, config: &JsValue, asked: Vec<String>, body: &[u8]) -> Result<JsValue, JsValue> {
    wiped(|| answer(name, config, &asked, body))
}

fn answer(name: &str, config: &JsValue, asked: &[String], body: &[u8]) -> Result<JsValue, JsValue> {
    let merchant = merchant(config)?;
    let (pairs, _) = asked.as_chunks::<2>();
    let asked: Vec<(String, String)> = pairs.iter().cloned().map(|[name, value]| (name, value)).collect();
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
