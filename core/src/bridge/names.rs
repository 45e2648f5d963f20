//! Names of fields and variants: in full at first sight, a number later.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::wire::{Reader, Writer};

/// Past so many names a hash table beats looking at each.
const FEW: usize = 32;

/// The numbers given so far within one serde value.
#[derive(Default)]
pub(crate) struct WriteNames<'n> {
    known: Vec<Known<'n>>,
    by_name: HashMap<&'n str, usize>,
    /// The number that came last, and the one that is likely next.
    last: usize,
    next: usize,
}

struct Known<'n> {
    name: &'n str,
    /// The number that came after it the last time: fields follow each other as they did before.
    then: usize,
}

impl<'n> WriteNames<'n> {
    #[inline(always)]
    fn find(&mut self, name: &'n str) -> Option<usize> {
        match self.known.get(self.next) {
            Some(guess) if std::ptr::eq(guess.name, name) => {
                self.last = self.next;
                self.next = guess.then;
                Some(self.last)
            }
            _ => self.find_slow(name),
        }
    }

    #[inline(never)]
    fn find_slow(&mut self, name: &'n str) -> Option<usize> {
        // By content, never by address alone: the bytes must not depend on where the compiler put a literal.
        let found = if self.known.len() <= FEW {
            self.known.iter().position(|known| known.name == name)
        } else {
            if self.by_name.is_empty() {
                self.by_name = self.known.iter().enumerate().map(|(i, known)| (known.name, i)).collect();
            }
            self.by_name.get(name).copied()
        };
        let number = found.unwrap_or(self.known.len());
        if found.is_none() {
            if !self.by_name.is_empty() {
                self.by_name.insert(name, number);
            }
            self.known.push(Known { name, then: number + 1 });
        }
        self.known[self.last].then = number;
        (self.last, self.next) = (number, self.known[number].then);
        found
    }
}

/// Writes a name.
#[inline(always)]
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
#[inline(always)]
pub(crate) fn read_name<'de>(r: &mut Reader<'de>, names: &mut Vec<&'de str>) -> Result<&'de str> {
    let number = r.count()?;
    match number.checked_sub(1).and_then(|number| names.get(number)) {
        Some(name) => Ok(name),
        None => read_new_name(r, names, number),
    }
}

#[inline(never)]
fn read_new_name<'de>(r: &mut Reader<'de>, names: &mut Vec<&'de str>, number: usize) -> Result<&'de str> {
    if number > 0 {
        return Err(Error::malformed(format!("name {number} of a serde value was not introduced")));
    }
    let name = r.text()?;
    r.charge(size_of::<&str>())?;
    names.push(name);
    Ok(name)
}
