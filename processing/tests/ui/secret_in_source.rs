#![deny(deprecated)]

use cerial::Cerial;
use suitkaise_processing::{Context, Result, Skprocess, skprocess};

#[derive(Cerial)]
struct Job;
#[skprocess(autoreconnect("redis::Client" = { "*" = "hunter2" }))]
impl Skprocess for Job {
    fn run(&mut self, _: &mut Context) -> Result {
        Ok(())
    }
}

fn main() {}
