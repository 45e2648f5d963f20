//! Values of any content come back equal by every way.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cerial_fuzz::roundtrip::check(data));
