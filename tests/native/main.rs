//! The native tests: one binary, one module for each rule of the threat model or part of the protocol.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod answers;
mod answers_refused;
mod bill;
mod calls;
mod certificates;
#[cfg(feature = "doctor")]
mod doctor;
mod found;
mod genuine;
mod notices;
mod notices_forms;
mod notices_kinds;
#[cfg(feature = "certificate")]
mod pkcs12;
mod primitives;
mod properties;
mod requests;
mod secrets;
mod signing;
mod support;
mod v3;
#[cfg(feature = "aws-lc")]
mod v3_aws_lc;
#[cfg(feature = "aws-lc")]
mod v3_certificates;
mod v3_exchange;
mod v3_notices;
#[cfg(feature = "aws-lc")]
mod v3_opening;
mod v3_params;
mod v3_refused;
#[cfg(feature = "aws-lc")]
mod v3_sealing;
mod v3_sides;
mod v3_signer;
#[cfg(feature = "aws-lc")]
mod v3_wycheproof;
mod x509;
mod xml;
mod xml_limits;
mod xml_oracles;
mod xml_readings;
