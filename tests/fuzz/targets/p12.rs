//! The fuzz target `p12`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| paysign_fuzz::properties::p12(data));
