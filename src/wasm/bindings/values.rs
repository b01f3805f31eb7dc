//! Conversion of JavaScript values from and to Rust: messages, options, keys, bodies, fields.

use js_sys::{Array, BigInt, JsString, Number, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::border::caller_bug;
use crate::error::{Error, ErrorKind};
use crate::shared_numbers::MOST_PARAMS;
use crate::v2::key::Key;
use crate::v2::params::Params;
use crate::v2::sign::SignType;
use crate::v2::xml::Limits;

/// The most characters of one value.
const VALUE_LENGTH: u32 = 1 << 21;

#[wasm_bindgen]
extern "C" {
    /// `Object.keys`, which may meet a proxy that throws.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn own_names(object: &JsValue) -> Result<Array, JsValue>;
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"/** What a field may have as its value. Numbers must be safe integers; `null`, `undefined` and the empty text mean an absent field. */
export type Value = string | number | bigint | boolean | null | undefined;

/** The fields of one message, by WeChat's names. */
export type Params = Readonly<Record<string, Value>>;

/** Every field of a message as text. It inherits nothing, so no name of a field is taken for a member of `Object`. */
export type Fields = Record<string, string>;

/** How a message is signed. `MD5` is what WeChat means when `sign_type` is left out. */
export type SignType = 'MD5' | 'HMAC-SHA256';

/** May money have moved? `not-sent` and `rejected` mean no. `unknown` means perhaps: query the order before anything else. */
export type Outcome = 'not-sent' | 'rejected' | 'unknown';

/** What every function throws. It is an `Error` with these members, and has no class of its own. */
export interface WxPayError extends Error {
  /** The name by which a program knows it. */
  name: 'WxPayError';
  /** What went wrong, as a stable code. */
  code:
    | 'ERR_PARAM'
    | 'ERR_CONFIG'
    | 'ERR_XML'
    | 'ERR_JSON'
    | 'ERR_SIGNATURE'
    | 'ERR_MISMATCH'
    | 'ERR_DECRYPT'
    | 'ERR_REFUSED'
    | 'ERR_FAILED'
    | 'ERR_INTERNAL';
  /** May money have moved? */
  outcome: Outcome;
  /** The parameter or field that was wrong, if there is one. */
  field?: string;
  /** Where in the body the XML stops making sense, in bytes from its start. */
  position?: number;
  /** WeChat's `return_msg` of a refused request. It is unsigned: show it, do not act on it. */
  return_msg?: string;
  /** WeChat's `err_code` of a failed call. */
  err_code?: string;
  /** WeChat's own words about `err_code`. */
  err_code_des?: string;
}";

/// The fields of a message, from a plain object.
pub(super) fn read_params(given: &JsValue) -> Result<Params<'static>, Error> {
    if !is_plain(given) {
        return Err(Error::param("params", "must be a plain object of names and values"));
    }
    let names = own_names(given).map_err(|_| Error::param("params", "cannot be read"))?;
    if names.length() as usize > MOST_PARAMS {
        return Err(Error::param(
            "params",
            format_args!("are more than {MOST_PARAMS} fields; a message of WeChat has far fewer"),
        ));
    }
    let pairs = names.iter().map(|key| {
        let name = key.as_string().unwrap_or_default();
        let value = Reflect::get(given, &key).map_err(|_| Error::param(&name, "cannot be read"))?;
        let value = value_text(&name, &value)?;
        Ok((name, value))
    });
    Params::from_pairs(pairs.collect::<Result<Vec<_>, Error>>()?)
}

/// Objects as `{ … }` or JSON makes them, in any realm. A Map or a Date has no names, and would be signed as empty.
pub(super) fn is_plain(given: &JsValue) -> bool {
    let above = |object: &JsValue| Reflect::get_prototype_of(object).map(JsValue::from);
    given.is_object()
        && above(given)
            .is_ok_and(|prototype| prototype.is_null() || above(&prototype).is_ok_and(|highest| highest.is_null()))
}

/// A value as text; the empty one for an absent field.
fn value_text(name: &str, value: &JsValue) -> Result<String, Error> {
    if value.is_undefined() || value.is_null() {
        return Ok(String::new());
    }
    if let Some(truth) = value.as_bool() {
        return Ok(truth.to_string());
    }
    if value.as_f64().is_some() {
        return integer_text(name, value);
    }
    if value.is_bigint() {
        let digits = BigInt::from(value.clone()).to_string(10).map_err(|_| caller_bug())?;
        return Ok(String::from(digits));
    }
    if value.is_string() {
        return text(name, value);
    }
    let kind = if Array::is_array(value) { "is an array" } else { "is neither text nor a number" };
    Err(Error::param(name, format_args!("{kind}; use text, for JSON the text that JSON.stringify returns")))
}

/// The digits of a safe integer.
pub(super) fn integer_text(name: &str, value: &JsValue) -> Result<String, Error> {
    match value.as_f64() {
        #[allow(clippy::cast_possible_truncation, reason = "a safe integer is below 2^53")]
        Some(number) if Number::is_safe_integer(value) => Ok((number as i64).to_string()),
        _ => Err(Error::param(
            name,
            "is not a whole number that is exact in JavaScript; money is a whole number of fen, and ids are text",
        )),
    }
}

/// Text that a message can carry.
pub(super) fn text(name: &str, value: &JsValue) -> Result<String, Error> {
    let long = |text: &JsString| text.length() > VALUE_LENGTH;
    if value.dyn_ref::<JsString>().is_some_and(long) {
        return Err(Error::param(
            name,
            format_args!("is larger than {VALUE_LENGTH} characters; a message of WeChat is far shorter"),
        ));
    }
    let text = value.as_string().ok_or_else(|| Error::param(name, "must be text"))?;
    if text.contains('\0') {
        return Err(Error::param(name, "contains a NUL character, which is not allowed; remove it"));
    }
    if is_spoilt(&text, value) {
        return Err(Error::param(
            name,
            "contains half of a surrogate pair, which is not a character; check how the text was cut",
        ));
    }
    Ok(text)
}

/// Whether the text had half of a surrogate pair. It was converted to U+FFFD, so the two texts are not equal.
fn is_spoilt(text: &str, value: &JsValue) -> bool {
    text.contains('\u{fffd}') && JsValue::from_str(text) != *value
}

/// A key, in memory that is overwritten when dropped. The glue would free a `&str` argument unwiped.
pub(super) fn read_key(value: &JsValue) -> Result<Key<'static>, Error> {
    let text = value.as_string().map(Zeroizing::new);
    let text = text.ok_or_else(|| Error::of_field(ErrorKind::Config, "key", "the merchant key is missing"))?;
    Key::new(&text)
}

/// Reads a sign type. The default is MD5.
pub(super) fn read_sign_type(value: &JsValue) -> Result<SignType, Error> {
    if value.is_undefined() {
        return Ok(SignType::Md5);
    }
    SignType::from_text(&value.as_string().unwrap_or_default())
}

/// The bytes of a body that is not larger than the limit. They are overwritten when dropped: an answer may have a key in it.
pub(super) fn read_body(body: &JsValue, limits: &Limits) -> Result<Zeroizing<Vec<u8>>, Error> {
    let too_large = || Error::xml(limits.bytes, format_args!("the body is larger than {} bytes", limits.bytes));
    let is_large = |length: u32| usize::try_from(length).is_ok_and(|length| length > limits.bytes);
    if let Some(body) = body.dyn_ref::<JsString>() {
        if is_large(body.length()) {
            return Err(too_large());
        }
        let text = body.as_string().unwrap_or_default();
        if is_spoilt(&text, body) {
            return Err(Error::new(ErrorKind::Xml, "the body is not well-formed text; pass the raw bytes"));
        }
        return Ok(Zeroizing::new(text.into_bytes()));
    }
    match body.dyn_ref::<Uint8Array>() {
        // A view whose buffer is detached has this length too, and cannot be copied.
        Some(bytes) if bytes.length() == 0 => Ok(Zeroizing::new(Vec::new())),
        Some(bytes) if is_large(bytes.length()) => Err(too_large()),
        // A subclass of the caller may return any length; a copy has the true one.
        Some(bytes) => Ok(Zeroizing::new(Uint8Array::new(bytes).to_vec())),
        None => Err(Error::new(ErrorKind::Xml, "the body must be the raw text or bytes")),
    }
}

/// Options of the caller. Members of `Object.prototype` are ignored.
pub(super) struct Options<'a>(&'a JsValue);

impl<'a> Options<'a> {
    /// Reads from an object; `what` names it.
    pub(super) fn new(given: &'a JsValue, what: &str) -> Result<Self, Error> {
        if given.is_object() { Ok(Self(given)) } else { Err(Error::param(what, "must be an object")) }
    }

    /// A member of the object or of its classes, or `undefined`.
    pub(super) fn get(&self, name: &str) -> Result<JsValue, Error> {
        self.find(&JsValue::from_str(name)).map_err(|_| Error::param(name, "cannot be read"))
    }

    /// Text that is not empty, if the member is present.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Error> {
        let value = self.get(name)?;
        if value.is_undefined() {
            return Ok(None);
        }
        match text(name, &value)? {
            empty if empty.is_empty() => Err(Error::param(name, "is empty; leave it out")),
            text => Ok(Some(text)),
        }
    }

    /// Text that must be present.
    pub(super) fn needed(&self, name: &str) -> Result<String, Error> {
        self.text(name)?.ok_or_else(|| Error::param(name, "is missing"))
    }

    fn find(&self, name: &JsValue) -> Result<JsValue, JsValue> {
        let mut at: Object = self.0.clone().unchecked_into();
        loop {
            if !Reflect::get_own_property_descriptor(&at, name)?.is_undefined() {
                return Reflect::get(self.0, name);
            }
            let above = Reflect::get_prototype_of(&at)?;
            if above.is_null() || Reflect::get_prototype_of(&above)?.is_null() {
                return Ok(JsValue::UNDEFINED);
            }
            at = above;
        }
    }
}

/// What the answer must repeat, as `prepare` or `prepareV3` returned it. An answer is not judged without them.
pub(super) fn read_asked(value: &JsValue) -> Result<Vec<(String, String)>, Error> {
    let fault = || Error::param("request", "must be what prepare returned");
    let list = value.dyn_ref::<Array>().ok_or_else(fault)?;
    let pair = |pair: JsValue| {
        let pair = pair.dyn_into::<Array>().ok()?;
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    };
    list.iter().map(|one| pair(one).ok_or_else(fault)).collect()
}

/// Fields as an object without a prototype: there `__proto__` is a name like any other.
pub(super) fn fields_object(fields: &Params<'_>) -> Result<JsValue, Error> {
    let object = Object::create(JsValue::NULL.unchecked_ref::<Object>());
    for (name, value) in fields.iter() {
        set(&object, name, &JsValue::from_str(value))?;
    }
    Ok(object.into())
}

/// Sets a member of an object that takes every member.
pub(super) fn set(object: &JsValue, name: &str, value: &JsValue) -> Result<(), Error> {
    Reflect::set(object, &JsValue::from_str(name), value).map(|_| ()).map_err(|_| caller_bug())
}
