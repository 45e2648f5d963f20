//! What is read is written, read and written again to the same bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cerial_fuzz::fixpoint::check(data));
