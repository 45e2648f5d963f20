//! Any bytes are a value or an error within the budget.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cerial_fuzz::decode::check(data));
