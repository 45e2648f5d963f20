//! Bytes of an older form of a type are read as the newer form, as foretold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cerial_fuzz::evolution::check(data));
