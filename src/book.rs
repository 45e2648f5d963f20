//! The chapters of the book whose code is not compiled by the crate that they are about.

#[doc = include_str!("../docs/src/introduction.md")]
mod introduction {}
#[doc = include_str!("../docs/src/cerial.md")]
mod cerial {}
#[doc = include_str!("../docs/src/types.md")]
mod types {}
#[doc = include_str!("../docs/src/cannot-serialize.md")]
mod cannot_serialize {}
#[doc = include_str!("../docs/src/plugins.md")]
mod plugins {}
#[doc = include_str!("../docs/src/reconnectors.md")]
mod reconnectors {}
#[doc = include_str!("../docs/src/processing.md")]
mod processing {}
#[doc = include_str!("../docs/src/pool.md")]
mod pool {}
