//! The code that fuzz targets share with the native tests: the properties, and the independent signer.
#![allow(missing_docs, reason = "a crate of tests")]

#[path = "../native/properties/mod.rs"]
pub mod properties;
#[path = "../native/support.rs"]
pub mod support;
#[path = "../native/v3_params.rs"]
pub mod v3_params;
