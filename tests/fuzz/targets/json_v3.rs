//! The fuzz target `json_v3`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| paysign_fuzz::properties::json_v3(data));
