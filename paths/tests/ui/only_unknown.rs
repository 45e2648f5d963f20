#![allow(unused_variables)]
use suitkaise_paths::{Skpath, autopath};

#[autopath(only(pth))]
fn load(path: Skpath) {}

#[autopath(only(count))]
fn count(path: Skpath, count: usize) {}

#[autopath(onyl(path))]
fn typo(path: Skpath) {}

fn main() {}
