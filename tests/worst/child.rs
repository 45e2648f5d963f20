//! A child process that takes objects, compares each with its own of the same seed, and sends it back.

use std::time::Duration;

use suitkaise::processing::raw::{
    Child, ChildSide, Event, FIRST_USER_KIND, Incoming, Limits, Outcome, Spawn,
};
use suitkaise::reconnect_all;

use crate::trip::{self, Folder, OPTIONS};
use crate::worst_possible::WorstPossible;

/// A seed and the object's bytes there, a report and the object's bytes back.
const OBJECT: u8 = FIRST_USER_KIND;
const LONG: Option<Duration> = Some(Duration::from_secs(60));
/// Between the seed or the report's length and what follows.
const WORD: usize = size_of::<u64>();

suitkaise::processing::entry!("tests/worst", answer);

/// In the child: takes objects until the parent closes.
fn answer(side: &mut ChildSide, _: Vec<u8>) -> Outcome {
    let folder = Folder::new();
    while let Incoming::Frame(frame) = side.recv(LONG) {
        let (seed, bytes) = frame.payload.split_first_chunk().expect("a seed stands first");
        let (report, back) =
            examine(u64::from_le_bytes(*seed), bytes, &folder).unwrap_or_else(|e| (e, vec![]));
        let length = (report.len() as u64).to_le_bytes();
        side.send_with(OBJECT, &[&length, report.as_bytes(), &back], &[], LONG)
            .map_err(|e| e.to_string().into_bytes())?;
    }
    Ok(vec![])
}

/// What does not hold, and the object again as it came, with its resources live.
fn examine(seed: u64, bytes: &[u8], folder: &Folder) -> Result<(String, Vec<u8>), String> {
    let options = &OPTIONS[(seed / 2 % 2) as usize];
    let came: WorstPossible = options.deserialize(bytes).map_err(|e| format!("seed {seed}: {e:?}"))?;
    // What failed shows below; here it matters that the object goes back live, and before it is used up.
    drop(reconnect_all(&came, ()));
    let back = options.serialize(&came).map_err(|e| format!("seed {seed}: {e:?}"))?;
    let sent = WorstPossible::new(seed, &[], &folder.0);
    Ok((trip::failures(&sent, &came).join("\n"), back))
}

/// The child, as its parent has it.
pub struct Verifier(Child);

impl Verifier {
    pub fn start() -> Verifier {
        let child = Spawn::new().start().expect("a child starts");
        child.begin("tests/worst", &[], &Limits::default(), LONG).expect("it begins");
        Verifier(child)
    }

    /// Sends an object, fails with what the child found, and returns the object that it sent back.
    #[track_caller]
    pub fn verified(&self, seed: u64, bytes: &[u8]) -> Vec<u8> {
        self.0.send_with(OBJECT, &[&seed.to_le_bytes(), bytes], &[], LONG).expect("the child takes it");
        let frame = match self.0.recv(LONG) {
            Event::Frame(frame) => frame,
            other => panic!("seed {seed}: {other:?}"),
        };
        let (length, rest) = frame.payload.split_at(WORD);
        let length = u64::from_le_bytes(length.try_into().expect("a word")) as usize;
        let (report, back) = rest.split_at(length);
        assert!(report.is_empty(), "in the child: {}", String::from_utf8_lossy(report));
        back.to_vec()
    }
}
