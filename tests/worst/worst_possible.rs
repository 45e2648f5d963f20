//! The object of everything at once.

use std::path::Path;

use suitkaise::Cerial;

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, Part};
use crate::pool::Pool;

/// How a part is made.
type Make = fn(&mut Build) -> Box<dyn Part>;

fn make<N: Noun + Part + 'static>(cx: &mut Build) -> Box<dyn Part> {
    Box::new(N::new(cx))
}

/// A name for `skip`, and how to make what stands behind it.
macro_rules! nouns {
    ($($(#[$attr:meta])* $noun:ty),* $(,)?) => {
        &[$($(#[$attr])* (<$noun as Noun>::NAME, make::<$noun> as Make)),*]
    };
}

/// What is made in each stage. Stages come in an order of the seed's, and so do the nouns of a stage.
const STAGES: &[&[(&str, Make)]] = &[
    nouns![crate::numbers::Numbers, crate::text::Text],
    nouns![crate::collections::Collections],
    nouns![
        crate::locks::Locks,
        crate::channels::Channels,
        crate::handled::Handled,
        crate::objects::Objects,
        crate::kit::Kit,
        crate::resources::Resources,
        crate::functions::Functions,
        crate::files::Files,
        crate::surroundings::Surroundings,
        #[cfg(all(
            feature = "bytes",
            feature = "chrono",
            feature = "indexmap",
            feature = "num-bigint",
            feature = "rust_decimal",
            feature = "semver",
            feature = "smallvec"
        ))]
        crate::ecosystem::Ecosystem,
    ],
    nouns![crate::types::Types],
    nouns![crate::nested::Nested],
    nouns![crate::graph::Graph, crate::deep::Deep, crate::cycles::Cycles],
];

/// Everything that the project can carry, with shared objects all over it.
#[derive(Cerial)]
pub struct WorstPossible {
    pub seed: u64,
    /// Behind the parts, so that most of it is met in them first.
    parts: Vec<Box<dyn Part>>,
    pool: Pool,
}

impl WorstPossible {
    /// The object of a seed, without the nouns of these names. Files are made in `folder`.
    pub fn new(seed: u64, skip: &[&str], folder: &Path) -> WorstPossible {
        let mut cx = Build::new(seed, folder);
        let mut stages: Vec<Vec<_>> = STAGES.iter().map(|stage| stage.to_vec()).collect();
        cx.rng.shuffle(&mut stages);
        let mut parts = Vec::new();
        for mut stage in stages {
            cx.rng.shuffle(&mut stage);
            for (name, make) in stage {
                if !skip.contains(&name) {
                    parts.push(make(&mut cx));
                }
            }
        }
        WorstPossible { seed, parts, pool: cx.pool }
    }

    /// Compares what came with this, by what it does. Returns how many facts were looked at, and those that do not
    /// hold, with seed and path.
    ///
    /// What came is used up: queues are emptied, locks are locked, rows inserted.
    pub fn verify(&self, came: &WorstPossible) -> (usize, Vec<String>) {
        let mut checks = Checks::new(&came.pool);
        checks.same("seed", came.seed, self.seed);
        checks.inside("pool", |checks| self.pool.verify(&came.pool, checks));
        let names = |worst: &WorstPossible| worst.parts.iter().map(|part| part.name()).collect::<Vec<_>>();
        checks.same("parts", names(came), names(self));
        for (sent, came) in self.parts.iter().zip(&came.parts) {
            sent.verify(&**came, &mut checks);
        }
        let (count, failures) = checks.finish();
        (count, failures.into_iter().map(|failure| format!("seed {}: {failure}", self.seed)).collect())
    }

    /// The names of its parts, in its order.
    pub fn names(&self) -> Vec<&'static str> {
        self.parts.iter().map(|part| part.name()).collect()
    }
}
