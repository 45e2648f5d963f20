use cerial::Cerial;
use suitkaise_processing::{Context, Result, Skprocess, skprocess};

#[skprocess]
struct OnAStruct;

#[derive(Cerial)]
struct Inherent;
#[skprocess]
impl Inherent {}

#[derive(Cerial)]
struct ResultAlone;
#[skprocess]
impl Skprocess for ResultAlone {
    fn run(&mut self, _: &mut Context) -> Result {
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<u64> {
        Ok(1)
    }
}

#[derive(Cerial)]
struct OutputAlone;
#[skprocess]
impl Skprocess for OutputAlone {
    type Output = u64;
    fn run(&mut self, _: &mut Context) -> Result {
        Ok(())
    }
}

#[derive(Cerial)]
struct A;
#[skprocess(reconnect)]
impl Skprocess for A {
    fn run(&mut self, _: &mut Context) -> Result {
        Ok(())
    }
}

#[derive(Cerial)]
struct B;
#[skprocess(autoreconnect(file = "credentials.json"))]
impl Skprocess for B {
    fn run(&mut self, _: &mut Context) -> Result {
        Ok(())
    }
}

#[derive(Cerial)]
struct C;
#[skprocess(autoreconnect("redis::Client" = { "*" = var("REDIS_PASSWORD") }))]
impl Skprocess for C {
    fn run(&mut self, _: &mut Context) -> Result {
        Ok(())
    }
}

fn main() {}
