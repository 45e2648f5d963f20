//! Portable bytes, compact bytes and JSON hold the same value.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cerial_fuzz::forms::check(data));
