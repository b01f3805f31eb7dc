//! The exported functions of each module of the npm package, one feature of the crate each, and their shared code.
//!
//! The exports of `wasm-pack build` are in the folder `bindings`. Two exports of one name do not link, so they are left out with
//! any other feature.
//!
//! The hot and flat calls of the main module are packed. JavaScript writes into the input buffer, calls with lengths, and reads the
//! output buffer. A call returns `(output_length << 1) | flag`, or -1 for an error that `takeError` returns. Each export
//! documents its flag. All others are ordinary functions of wasm-bindgen.

#[cfg(feature = "bills")]
mod bills;
#[cfg(all(
    feature = "bindings",
    not(any(
        feature = "wasm",
        feature = "bills",
        feature = "calls",
        feature = "calls-v3",
        feature = "certificate",
        feature = "explain"
    ))
))]
pub mod bindings;
#[cfg(feature = "wasm")]
mod buffers;
#[cfg(feature = "calls")]
mod calls;
#[cfg(feature = "certificate")]
mod certificate;
#[cfg(feature = "explain")]
mod doctor;
#[cfg(any(
    feature = "wasm",
    feature = "bills",
    feature = "calls",
    feature = "calls-v3",
    feature = "explain",
    all(feature = "bindings", not(feature = "certificate"))
))]
mod error;
#[cfg(feature = "calls")]
mod merchant;
#[cfg(feature = "wasm")]
mod messages;
#[cfg(any(feature = "wasm", feature = "calls-v3"))]
mod nonces;
#[cfg(any(
    feature = "bills",
    feature = "calls",
    feature = "calls-v3",
    feature = "explain",
    all(feature = "bindings", not(any(feature = "wasm", feature = "certificate")))
))]
mod object;
#[cfg(any(feature = "calls", feature = "explain"))]
mod secret;
#[cfg(feature = "calls-v3")]
mod v3;
