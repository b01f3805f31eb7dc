//! The border to JavaScript, and with its rooms the only place that knows it: decode, call, encode.
//!
//! Calls are packed: JavaScript writes into the input buffer, calls with lengths, and reads the output buffer. A call gives a number:
//! twice that of the bytes in the output, and one more where it says yes to something; or below zero that of the bytes of an error.
//!
//! Each module of the npm package has a file here, chosen by a feature of the crate.

#[cfg(any(feature = "wasm", feature = "calls"))]
mod buffers;
#[cfg(feature = "calls")]
mod calls;
#[cfg(feature = "certificate")]
mod certificate;
#[cfg(feature = "wasm")]
mod messages;
