#![allow(unused_variables)]
use suitkaise_paths::{Skpath, autopath};

#[autopath]
fn load(name: String) {}

#[autopath(use_caller)]
fn caller(path: Skpath) {}

#[autopath(use_caller)]
async fn later(path: Option<Skpath>) {}

fn main() {}
