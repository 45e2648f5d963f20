use suitkaise_sk::{blocking, sk};

#[sk]
struct NotHere;

#[sk]
unsafe fn dangerous() {}

#[sk]
fn nameless() -> impl Iterator<Item = u32> {
    0..3
}

#[sk(retry = 3)]
fn configured() {}

#[sk(asynced)]
fn twin() {}

#[sk]
impl Clone for NotHere {
    fn clone(&self) -> Self {
        NotHere
    }
}

#[blocking]
struct NotHereEither;

#[blocking(yes)]
fn arguments() {}

trait Methods {
    #[sk]
    fn method(&self) {}
}

fn main() {}
