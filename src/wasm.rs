//! The exported functions of each module of the npm package, chosen by a feature of the crate, and what they share.
//!
//! What `wasm-pack build` makes is the folder `bindings`. Two exports of one name do not link, so it is left out where another feature is on.
//!
//! The hot and flat calls of the main module are packed: JavaScript writes into the input buffer, calls with lengths, and reads the
//! output buffer. A call returns `(output_length << 1) | flag`, or -1 for an error that `takeError` returns; each export says what its
//! flag means. All others are ordinary functions of wasm-bindgen.

#[cfg(all(feature = "bindings", not(any(feature = "wasm", feature = "calls", feature = "certificate"))))]
pub mod bindings;
#[cfg(feature = "wasm")]
mod buffers;
#[cfg(feature = "calls")]
mod calls;
#[cfg(feature = "certificate")]
mod certificate;
#[cfg(any(feature = "wasm", feature = "calls", all(feature = "bindings", not(feature = "certificate"))))]
mod error;
#[cfg(feature = "calls")]
mod merchant;
#[cfg(feature = "wasm")]
mod messages;
