//! Bytes flipped at random: a typed error or a value, never a panic.

use suitkaise::Limits;
use suitkaise::cerial::{Error, Options};

use crate::trip::{Folder, OPTIONS, seeds};
use crate::worst_possible::WorstPossible;

/// Damaged copies of each object.
const COPIES: usize = 8;

/// Damages the objects of a tenth of the seeds.
pub fn run() {
    let folder = Folder::new();
    let (mut values, mut errors) = (0, 0);
    for seed in seeds().step_by(10) {
        let sent = WorstPossible::new(seed, &["deep"], &folder.0);
        for options in &*OPTIONS {
            let strict = options.clone().limits(Limits::untrusted());
            let bytes = strict.serialize(&sent).unwrap_or_else(|e| panic!("seed {seed}: {e:?}"));
            let mut rng = fastrand::Rng::with_seed(seed);
            for _ in 0..COPIES {
                match damaged(&bytes, &strict, &mut rng) {
                    Ok(()) => values += 1,
                    Err(error) => {
                        errors += 1;
                        assert!(!error.to_string().is_empty(), "seed {seed}: an error without words");
                    }
                }
            }
        }
    }
    assert!(errors > 0 && values > 0, "{values} values, {errors} errors");
}

/// Flips bits of one to four bytes behind the header; in half of the copies also cuts.
fn damaged(bytes: &[u8], options: &Options, rng: &mut fastrand::Rng) -> Result<(), Error> {
    let mut bytes = bytes.to_vec();
    for _ in 0..rng.usize(1..=4) {
        let at = rng.usize(5..bytes.len());
        bytes[at] ^= 1 << rng.u8(..8);
    }
    if rng.u8(..8) == 0 {
        bytes.truncate(rng.usize(..bytes.len()));
    }
    options.deserialize::<WorstPossible>(&bytes).map(drop)
}
