//! Wire formats between Rust and JavaScript: parameters in, fields out, bills by blocks, requests and answers as objects.

#[cfg(any(test, feature = "bills"))]
pub(crate) mod bill_blocks;
#[cfg(any(test, feature = "bills"))]
pub(crate) mod bill_hash;
#[cfg(any(test, feature = "bills"))]
mod bill_parts;
#[cfg(any(all(test, feature = "v3"), feature = "calls-v3"))]
pub(crate) mod certificate_object;
#[cfg(any(test, feature = "wasm"))]
pub(crate) mod fields;
#[cfg(any(test, feature = "wasm"))]
pub(crate) mod names;
#[cfg(any(test, feature = "calls", all(feature = "bindings", not(any(feature = "wasm", feature = "certificate")))))]
pub(crate) mod objects;
#[cfg(any(
    all(test, feature = "v3"),
    feature = "calls-v3",
    all(feature = "bindings", not(any(feature = "wasm", feature = "calls", feature = "certificate")))
))]
pub(crate) mod objects_v3;
#[cfg(any(test, feature = "wasm"))]
pub(crate) mod params;

use crate::error::{Error, ErrorKind};

/// Text from JavaScript, which writes nothing but UTF-8.
#[cfg(any(test, feature = "wasm"))]
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(bytes).map_err(|_| caller_bug())
}

/// The error for input that only a broken caller can produce.
pub(crate) fn caller_bug() -> Error {
    Error::new(
        ErrorKind::Internal,
        "the wasm module was called with wrong arguments; install one version of paysign only",
    )
}
