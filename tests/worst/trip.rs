//! There and back: bytes are read, resources reconnected, the object compared.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::LazyLock;

use suitkaise::cerial::{Mode, Options};
use suitkaise::{Limits, ReconnectPolicy, reconnect_all};

use crate::deep::DEPTH;
use crate::resources::{CANARY, DENIED};
use crate::worst_possible::WorstPossible;

/// Portable, compact.
pub static OPTIONS: LazyLock<[Options; 2]> = LazyLock::new(|| {
    [Mode::Portable, Mode::Compact].map(|mode| {
        let policy = ReconnectPolicy::new().deny_host(DENIED);
        Options::new().mode(mode).limits(Limits::new().depth(DEPTH)).reconnect_policy(policy)
    })
});

fn from_env(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// The seeds of this run.
pub fn seeds() -> Range<u64> {
    let first = from_env("WORST_SEED", 0);
    first..first + from_env("WORST_SEEDS", 1000)
}

/// A folder that goes away.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        let name = format!("suitkaise-worst-{}-{:x}", std::process::id(), fastrand::u64(..));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder can be made");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Reads an object, reconnects it, and compares it.
#[track_caller]
pub fn verify(sent: &WorstPossible, bytes: &[u8], options: &Options) {
    let canary = CANARY.as_bytes();
    assert!(
        !bytes.windows(canary.len()).any(|bytes| bytes == canary),
        "seed {}: a secret is there",
        sent.seed
    );
    let came = options.deserialize(bytes).unwrap_or_else(|e| panic!("seed {}: {e:?}", sent.seed));
    verify_value(sent, &came);
}

/// Reconnects an object, and compares it.
#[track_caller]
pub fn verify_value(sent: &WorstPossible, came: &WorstPossible) {
    let failures = failures(sent, came);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What does not hold of an object that came.
pub fn failures(sent: &WorstPossible, came: &WorstPossible) -> Vec<String> {
    let report = reconnect_all(came, ());
    let mut failures: Vec<String> = report
        .failed()
        .filter(|row| !row.place().contains(DENIED))
        .map(|row| format!("seed {}: {}: {}", sent.seed, row.path(), row.detail()))
        .collect();
    let denied = report.failed().filter(|row| row.place().contains(DENIED)).count();
    if denied != 2 && sent.names().contains(&"resources") {
        failures.push(format!("seed {}: {denied} of 2 resources were denied: {report:?}", sent.seed));
    }
    let (count, found) = sent.verify(came);
    failures.extend(found);
    if count < 120 {
        failures.push(format!("seed {}: only {count} facts were looked at", sent.seed));
    }
    failures
}
