#![allow(unused_variables)]
use suitkaise_paths::{Skpath, autopath};

#[autopath]
fn load(path: Option<Skpath>) {}

fn main() {
    load(7_u8);
}
