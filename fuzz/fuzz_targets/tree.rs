//! The bytes made of a value's tree are those that the value makes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cerial_fuzz::tree::check(data));
