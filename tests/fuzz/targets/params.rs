//! The fuzz target `params`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| paysign_fuzz::properties::params(data));
