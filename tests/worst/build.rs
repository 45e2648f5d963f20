//! What the parts are made from: random numbers of a seed, shared objects, a folder.

use std::path::{Path, PathBuf};

use crate::pool::Pool;

/// The state of a construction.
pub struct Build {
    pub rng: fastrand::Rng,
    pub seed: u64,
    /// Objects that stand in many places at once.
    pub pool: Pool,
    /// A folder of this process, for the files of this object.
    pub folder: PathBuf,
}

impl Build {
    pub fn new(seed: u64, folder: &Path) -> Build {
        let mut rng = fastrand::Rng::with_seed(seed);
        let pool = Pool::new(&mut rng);
        Build { rng, seed, pool, folder: folder.to_owned() }
    }

    /// Text of up to `most` characters, some of them of several bytes.
    pub fn text(&mut self, most: usize) -> String {
        text(&mut self.rng, most)
    }

    /// Up to `most` values.
    pub fn some<T>(&mut self, most: usize, mut make: impl FnMut(&mut Build) -> T) -> Vec<T> {
        (0..self.rng.usize(..=most)).map(|_| make(self)).collect()
    }
}

pub fn text(rng: &mut fastrand::Rng, most: usize) -> String {
    const LETTERS: [char; 12] = ['a', 'B', '7', ' ', '\n', '"', '$', 'ß', '✓', '語', '\u{10ffff}', '\0'];
    (0..rng.usize(..=most)).map(|_| LETTERS[rng.usize(..LETTERS.len())]).collect()
}
