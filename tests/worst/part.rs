//! One noun of the worst possible object: how it is made, and how it is compared.

use std::any::Any;

use suitkaise::cerial;

use crate::build::Build;
use crate::checks::Checks;

/// A part of the object, behind a pointer that does not know its type.
#[cerial::object]
pub trait Part {
    fn name(&self) -> &'static str;
    fn as_any(&self) -> &dyn Any;
    /// Compares what came with what was sent.
    fn verify(&self, came: &dyn Part, checks: &mut Checks<'_>);
}

/// What a file of this folder writes; [`part!`] makes a [`Part`] of it.
pub trait Noun: Sized {
    const NAME: &'static str;
    /// The same for the same seed, in every process.
    fn new(cx: &mut Build) -> Self;
    /// Looks at the behaviour of what came: takes from queues, locks locks, calls methods, compares addresses.
    fn verify(&self, came: &Self, checks: &mut Checks<'_>);
}

macro_rules! part {
    ($noun:ty) => {
        #[suitkaise::cerial::object]
        impl $crate::part::Part for $noun {
            fn name(&self) -> &'static str {
                <$noun as $crate::part::Noun>::NAME
            }
            fn as_any(&self) -> &dyn std::any::Any {
                self
            }
            fn verify(&self, came: &dyn $crate::part::Part, checks: &mut $crate::checks::Checks<'_>) {
                checks.inside(<$noun as $crate::part::Noun>::NAME, |checks| {
                    match came.as_any().downcast_ref() {
                        Some(came) => $crate::part::Noun::verify(self, came, checks),
                        None => checks.that("type", false),
                    }
                });
            }
        }
    };
}
pub(crate) use part;
