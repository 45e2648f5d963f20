//! Names of fields and variants: in full at first sight, a number later.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::wire::{Reader, Writer};

/// Past so many names a hash table beats looking at each.
const FEW: usize = 32;

/// The numbers given so far within one serde value.
#[derive(Default)]
pub(crate) struct WriteNames<'n> {
    known: Vec<&'n str>,
    by_name: HashMap<&'n str, usize>,
    /// The number that is likely next: fields follow each other as they did before.
    next: usize,
}

impl<'n> WriteNames<'n> {
    #[inline]
    fn find(&mut self, name: &'n str) -> Option<usize> {
        if let Some(guess) = self.known.get(self.next)
            && std::ptr::eq(*guess, name)
        {
            self.next += 1;
            return Some(self.next - 1);
        }
        self.find_slow(name)
    }

    fn find_slow(&mut self, name: &'n str) -> Option<usize> {
        // By content, never by address alone: the bytes must not depend on where the compiler put a literal.
        let found = if self.known.len() <= FEW {
            self.known.iter().position(|known| *known == name)
        } else {
            if self.by_name.is_empty() {
                self.by_name = self.known.iter().enumerate().map(|(i, name)| (*name, i)).collect();
            }
            self.by_name.get(name).copied()
        };
        match found {
            Some(number) => self.next = number + 1,
            None => {
                if !self.by_name.is_empty() {
                    self.by_name.insert(name, self.known.len());
                }
                self.known.push(name);
                self.next = self.known.len();
            }
        }
        found
    }
}

/// Writes a name.
#[inline]
pub(crate) fn put_name<'n>(w: &mut Writer<'_>, names: &mut WriteNames<'n>, name: &'n str) {
    match names.find(name) {
        Some(number) => w.count(number + 1),
        None => {
            w.count(0);
            w.bytes(name.as_bytes());
        }
    }
}

/// Reads a name; `names` are those met in this serde value.
#[inline]
pub(crate) fn read_name<'de>(r: &mut Reader<'de>, names: &mut Vec<&'de str>) -> Result<&'de str> {
    match r.count()? {
        0 => {
            let name = r.text()?;
            r.charge(size_of::<&str>())?;
            names.push(name);
            Ok(name)
        }
        number => names
            .get(number - 1)
            .copied()
            .ok_or_else(|| Error::malformed(format!("name {number} of a serde value was not introduced"))),
    }
}
