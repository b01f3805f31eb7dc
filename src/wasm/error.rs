//! The end of every call: errors as objects, and an overwritten stack.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::error::Error;

/// The error as the details that `WxPayError` takes, or as an `Error` with them. Only members that have a value are set.
#[cold]
#[inline(never)]
pub(super) fn error_object(error: &Error) -> JsValue {
    let object = new_object(error);
    let texts = [
        ("code", Some(error.kind().code())),
        ("outcome", Some(error.outcome().as_str())),
        ("message", Some(error.message())),
        ("field", error.field()),
        ("return_msg", error.return_msg()),
        ("err_code", error.err_code()),
        ("err_code_des", error.err_code_des()),
        ("recall", error.recall()),
    ];
    let texts = texts.into_iter().filter_map(|(name, text)| text.map(|text| (name, JsValue::from_str(text))));
    #[allow(clippy::cast_precision_loss, reason = "a position is below 2^53")]
    let position = error.position().map(|position| ("position", JsValue::from_f64(position as f64)));
    for (name, value) in texts.chain(position) {
        // A new object takes every member.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &value);
    }
    object.into()
}

/// What the members are set on: the npm package has a class of its own.
#[cfg(any(feature = "wasm", feature = "calls"))]
fn new_object(_: &Error) -> Object {
    // Without a prototype no setter of `Object.prototype` takes a member for itself.
    Object::create(JsValue::NULL.unchecked_ref())
}

/// What the members are set on: nobody else makes an `Error` of them.
#[cfg(not(any(feature = "wasm", feature = "calls")))]
fn new_object(error: &Error) -> Object {
    let thrown = js_sys::Error::new(error.message());
    thrown.set_name("WxPayError");
    thrown.into()
}

/// Runs an export that may throw, and overwrites the stack afterwards: the key may have been there.
#[cfg(not(feature = "wasm"))]
pub(super) fn run<T>(export: impl FnOnce() -> Result<T, Error>) -> Result<T, JsValue> {
    let result = export();
    wipe_stack::<16384>();
    result.map_err(|error| error_object(&error))
}

/// Overwrites what the calls before left on the stack: hashers are moved by value, and with them the end of the signed text.
#[inline(never)]
pub(super) fn wipe_stack<const BYTES: usize>() {
    std::hint::black_box(&mut [0_u8; BYTES]);
}
