//! What a child can run: functions registered under a name.

use crate::side::ChildSide;

/// What an entry returns: the bytes for the parent, of a result or of an error.
pub type Outcome = Result<Vec<u8>, Vec<u8>>;

/// A function that a child can be asked to run. Registered with [`entry!`](crate::entry).
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The name, unique in the program; by convention `crate/noun`.
    pub name: &'static str,
    /// Runs on the child's main thread with the payload of `begin`.
    pub run: fn(&mut ChildSide, Vec<u8>) -> Outcome,
}

inventory::collect!(Entry);

/// Registers a function that children can run.
///
/// # Examples
/// ```
/// use suitkaise_processing::raw::{ChildSide, Outcome};
///
/// fn shout(_: &mut ChildSide, words: Vec<u8>) -> Outcome {
///     Ok(words.to_ascii_uppercase())
/// }
/// suitkaise_processing::entry!("example/shout", shout);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! entry {
    ($name:expr, $run:expr) => {
        $crate::__private::inventory::submit! { $crate::raw::Entry { name: $name, run: $run } }
    };
}

/// Finds an entry, or says what there is instead.
pub(crate) fn find(name: &str) -> Result<Entry, String> {
    let mut found = inventory::iter::<Entry>.into_iter().filter(|entry| entry.name == name);
    match (found.next(), found.next()) {
        (Some(entry), None) => Ok(*entry),
        (Some(_), Some(_)) => Err(format!("the entry `{name}` is registered twice; rename one")),
        (None, _) => {
            let mut names: Vec<_> = inventory::iter::<Entry>.into_iter().map(|entry| entry.name).collect();
            names.sort_unstable();
            Err(format!(
                "no entry `{name}` is registered (there are: {}); is its crate linked?",
                names.join(", ")
            ))
        }
    }
}
