//! The only export of the module `certificate.wasm`. After the call JavaScript overwrites the module's whole memory.

use wasm_bindgen::prelude::*;

use crate::pkcs12::open_pkcs12;

/// Returns the certificates and the key of a PKCS#12 file, as two PEM texts.
///
/// # Errors
/// The reason for refusing the file, as text.
#[wasm_bindgen(js_name = openPkcs12)]
pub fn open_pkcs12_texts(file: &[u8], passphrase: &str) -> Result<Vec<String>, JsValue> {
    let pair = open_pkcs12(file, passphrase).map_err(|error| JsValue::from_str(error.message()))?;
    Ok(vec![pair.certificates, pair.key.to_string()])
}
