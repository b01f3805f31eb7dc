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
    for (name, value) in texts.chain(position).chain(of_v3(error)) {
        // A new object accepts every member.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &value);
    }
    object.into()
}

/// The members that only errors of APIv3 have.
#[cfg(feature = "v3")]
fn of_v3(error: &Error) -> impl Iterator<Item = (&'static str, JsValue)> {
    let status = error.status().map(|status| ("status", JsValue::from(status)));
    let request_id = error.request_id().map(|id| ("request_id", JsValue::from_str(id)));
    let detail = error.detail().and_then(|detail| Some(("detail", js_sys::JSON::parse(detail).ok()?)));
    [status, request_id, detail].into_iter().flatten()
}

/// A module without APIv3 has no such errors.
#[cfg(not(feature = "v3"))]
fn of_v3(_: &Error) -> impl Iterator<Item = (&'static str, JsValue)> {
    std::iter::empty()
}

/// The target of the members: the npm package has its own class.
#[cfg(any(feature = "wasm", feature = "bills", feature = "calls", feature = "calls-v3", feature = "explain"))]
fn new_object(_: &Error) -> Object {
    // It has no prototype, so no setter of `Object.prototype` can take a member.
    Object::create(JsValue::NULL.unchecked_ref())
}

/// The target of the members: an `Error`, since no other code makes one.
#[cfg(not(any(feature = "wasm", feature = "bills", feature = "calls", feature = "calls-v3", feature = "explain")))]
fn new_object(error: &Error) -> Object {
    let thrown = js_sys::Error::new(error.message());
    thrown.set_name("WxPayError");
    thrown.into()
}

/// Runs an export that may throw, and overwrites the stack afterwards: the key may have been there.
#[cfg(not(any(feature = "wasm", feature = "calls-v3")))]
pub(super) fn run<T>(export: impl FnOnce() -> Result<T, Error>) -> Result<T, JsValue> {
    let result = export();
    wipe_stack::<16384>();
    result.map_err(|error| error_object(&error))
}

/// Overwrites stack space. Hashers are moved by value, so copies of the end of the signed text (the key) remain there.
#[cfg(not(feature = "calls-v3"))]
#[inline(never)]
pub(super) fn wipe_stack<const BYTES: usize>() {
    std::hint::black_box(&mut [0_u8; BYTES]);
}
