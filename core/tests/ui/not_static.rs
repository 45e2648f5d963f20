use cerial::Cerial;
use std::sync::MutexGuard;

#[derive(Cerial)]
struct Guarded<'a> {
    guard: Option<MutexGuard<'a, u8>>,
}

fn main() {}
