//! What JavaScript passes to the calls of APIv3, checked.

use js_sys::{JSON, JsString, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::error::{Error, ErrorKind};
use crate::field::check_nonce;
use crate::v3::{Declaration, Json, Limits, Merchant, api, read_json};
use crate::wasm::bindings::values::{Options, is_plain, text};

pub(super) fn declared(name: &JsValue) -> Result<&'static Declaration, Error> {
    name.as_string()
        .and_then(|name| api(&name))
        .ok_or_else(|| Error::param("api", "is not the name of an API of APIv3; the README lists them"))
}

pub(super) fn read_merchant(given: &JsValue) -> Result<Merchant, Error> {
    let given = Options::new(given, "merchant")?;
    let merchant = Merchant::new(&given.needed("appid")?, &given.needed("mchid")?)?;
    let [sub_mchid, sub_appid] = ["sub_mchid", "sub_appid"].map(|name| {
        let value = given.get(name)?;
        if value.is_undefined() { Ok(None) } else { text(name, &value).map(Some) }
    });
    match (sub_mchid?, sub_appid?) {
        (None, None) => Ok(merchant),
        (sub_mchid, sub_appid) => merchant.with_sub(&sub_mchid.unwrap_or_default(), sub_appid.as_deref()),
    }
}

/// Parameters as JSON. A Map or a Date would be an empty object.
pub(super) fn read_params(given: &JsValue) -> Result<Json, Error> {
    if !is_plain(given) {
        return Err(Error::param("params", "must be a plain object"));
    }
    let fault = || Error::param("params", "cannot be written as JSON; check for bigint values and circles");
    let text = JSON::stringify(given).ok().and_then(|text| text.as_string()).ok_or_else(fault)?;
    read_json(text.as_bytes(), Limits::PARAMS, "params").map_err(|error| Error::param("params", error.message()))
}

pub(super) fn read_nonce(given: &JsValue) -> Result<String, Error> {
    let nonce = text("nonce", given)?;
    check_nonce("nonce", &nonce).map(|()| nonce)
}

pub(super) fn read_seconds(given: &JsValue) -> Result<u64, Error> {
    match given.as_f64() {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it has ten digits")]
        Some(seconds) if seconds.fract() == 0.0 && (1e9..1e10).contains(&seconds) => Ok(seconds as u64),
        _ => Err(Error::param("timestamp", "must be seconds since 1970, a number of ten digits")),
    }
}

/// The bytes of a message. A larger one is refused before it is copied.
pub(super) fn read_body(body: &JsValue) -> Result<Vec<u8>, Error> {
    let limited = |length: u32| {
        let Limits { bytes, .. } = Limits::ANSWER;
        let fault = format!("the body is larger than {bytes} bytes");
        if length as usize > bytes { Err(Error::new(ErrorKind::Json, fault)) } else { Ok(()) }
    };
    if let Some(text) = body.dyn_ref::<JsString>() {
        limited(text.length())?;
        return Ok(text.as_string().unwrap_or_default().into_bytes());
    }
    let bytes = body.dyn_ref::<Uint8Array>().ok_or_else(not_json)?;
    limited(bytes.length())?;
    // A subclass of the caller may return any length; a copy has the true one.
    Ok(if bytes.length() == 0 { Vec::new() } else { Uint8Array::new(bytes).to_vec() })
}

pub(super) fn not_json() -> Error {
    Error::new(ErrorKind::Json, "the body must be the raw text or bytes of JSON")
}
