//! The fuzz target `user_data`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| paysign_fuzz::properties::user_data(data));
