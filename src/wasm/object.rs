//! Values of ours as plain JavaScript objects.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::border::caller_bug;
use crate::error::Error;

/// A value as a plain object, with its bytes as a `Uint8Array`. No member has a name that comes from outside.
pub(super) fn object(value: &impl Serialize) -> Result<JsValue, Error> {
    value.serialize(&Serializer::json_compatible().serialize_bytes_as_arrays(false)).map_err(|_| caller_bug())
}
