//! Texts from JavaScript that are wiped after use.

use wasm_bindgen::JsValue;
use zeroize::Zeroizing;

use crate::border::caller_bug;
use crate::error::Error;

/// Text that is wiped when dropped. The glue would not wipe a `&str` argument.
pub(super) fn secret(value: JsValue) -> Result<Zeroizing<String>, Error> {
    value.as_string().map(Zeroizing::new).ok_or_else(caller_bug)
}
