//! What an input says: a type of the soup, a mode, bytes.

use cerial::{Cerial, Limits, Mode, Options};

use super::budget::{MEMORY, held};

/// The first byte (0..=5: type, 6: with a header, 7: mode) and the rest.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub(super) choice: usize,
    pub(super) headed: bool,
    pub(super) mode: Mode,
    pub(super) bytes: &'a [u8],
}

impl<'a> Input<'a> {
    pub(super) fn of(data: &'a [u8]) -> Option<Input<'a>> {
        let (&first, bytes) = data.split_first()?;
        let mode = if first & 0x80 == 0 { Mode::Portable } else { Mode::Compact };
        Some(Input { choice: usize::from(first & 0x3f), headed: first & 0x40 != 0, mode, bytes })
    }

    /// Options for bytes from a stranger.
    pub(super) fn strict(self) -> Options {
        options(self.mode).limits(Limits::untrusted().alloc_bytes(MEMORY))
    }

    /// The bytes, behind the header of a list of `T` if the input wants one: then they are met as values.
    fn whole<T: Cerial>(self) -> Vec<u8> {
        if !self.headed {
            return self.bytes.to_vec();
        }
        let mut whole = self.strict().serialize(&Vec::<T>::new()).expect("an empty list can be written");
        whole.pop();
        whole.extend_from_slice(self.bytes);
        whole
    }

    /// Reads the bytes within the budgets, and shows what they hold.
    ///
    /// A value that was read is written and read once more before it is shown: weak pointers that came without their
    /// targets are gone from then on.
    pub(super) fn read<T: Cerial, O: Oracle>(self) {
        if self.headed {
            self.read_as::<T, Vec<T>, O>();
        } else {
            self.read_as::<T, T, O>();
        }
    }

    fn read_as<T: Cerial, V: Cerial, O: Oracle>(self) {
        let (strict, whole) = (self.strict(), self.whole::<T>());
        match held(&whole, || strict.deserialize::<V>(&whole)) {
            Ok(value) => {
                let first = options(self.mode).serialize(&value).expect("what was read can be written");
                let settled = options(self.mode).deserialize(&first).expect("what was written can be read");
                O::holds::<V>(self.mode, &settled, &first);
            }
            Err(error) => {
                assert!(!error.to_string().is_empty() && !error.to_string().contains('\n'), "{error}");
            }
        }
    }
}

/// Options for bytes of our own: equal values give equal bytes.
pub(super) fn options(mode: Mode) -> Options {
    Options::new().mode(mode).canonical(true)
}

/// What must hold of any value.
pub(super) trait Oracle {
    /// Panics if it does not. `bytes` are the canonical bytes from which the value was read.
    fn holds<T: Cerial>(mode: Mode, value: &T, bytes: &[u8]);
}
