//! Functions by their place in the program: the hook that a channel between processes of one build sets.
//!
//! Core does not know the program's image. Whoever opens such a channel brings a [`Places`], which only unsafe code can
//! make; without one every place in the bytes is refused.

use std::any::{Any, TypeId};
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::options::{Mode, Options};

/// Where functions stand in the program's image.
///
/// # Safety
/// The implementor hands it to [`Options::with_places`] for bytes alone that come from a process of this same build, and
/// checks that before it reads. `place` and `fill` agree in all of those processes.
#[doc(hidden)]
pub unsafe trait Places: Sync {
    /// The place of the function at an address, if it is of the program itself.
    fn place(&self, address: usize) -> Option<u64>;

    /// Puts the function at a place into `slot`; leaves it as it is where there is none.
    ///
    /// # Safety
    /// `slot` is an `Option<F>`, where `F` is a pointer to a function, and `place` was made of an `F` by a process of
    /// this build.
    unsafe fn fill(&self, place: u64, slot: &mut dyn Any);
}

/// The hook of a call.
#[derive(Clone, Copy, Default)]
pub(crate) struct Hook(Option<&'static dyn Places>);

impl Hook {
    pub(crate) const NONE: Hook = Hook(None);
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "own channel" } else { "none" })
    }
}

impl Options {
    /// Lets functions travel by their place, in compact bytes: for channels between processes of one build.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_places(mut self, places: &'static dyn Places) -> Options {
        self.hook = Hook(Some(places));
        self
    }

    pub(crate) fn places(&self) -> Option<&'static dyn Places> {
        if self.mode == Mode::Compact { self.hook.0 } else { None }
    }
}

/// Tells types of one build apart.
pub(crate) fn type_hash<T: 'static>() -> u64 {
    struct Word(u64);
    impl Hasher for Word {
        fn finish(&self) -> u64 {
            self.0
        }
        fn write(&mut self, bytes: &[u8]) {
            for &byte in bytes {
                self.write_u64(byte.into());
            }
        }
        fn write_u64(&mut self, word: u64) {
            self.0 = self.0.rotate_left(5) ^ word;
        }
    }
    let mut word = Word(0);
    TypeId::of::<T>().hash(&mut word);
    word.0
}
