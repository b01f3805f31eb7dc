//! The fuzz target `notify`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| paysign_fuzz::properties::notify(data));
