use cerial::Cerial;
use suitkaise_processing::{Context, Result, Skprocess, skprocess};

struct NotCerial;

#[skprocess]
impl Skprocess for NotCerial {
    fn run(&mut self, _: &mut Context) -> Result {
        Ok(())
    }
}

#[derive(Cerial)]
struct Canvas;
struct Picture;

#[skprocess]
impl Skprocess for Canvas {
    type Output = Picture;
    fn run(&mut self, _: &mut Context) -> Result {
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<Picture> {
        Ok(Picture)
    }
}

#[derive(Cerial)]
struct NoRun;

#[skprocess]
impl Skprocess for NoRun {}

fn main() {}
