//! What travels between a job and its child, in compact bytes: both ends are one build.

use cerial::Cerial;

use super::config::Section;
pub(super) use crate::peer::OPTIONS;
use crate::raw::{Death, FIRST_USER_KIND};

/// A value of the user's, either way.
pub(super) const TELL: u8 = FIRST_USER_KIND;
/// Child to parent: a section is finished.
pub(super) const FINISHED: u8 = FIRST_USER_KIND + 1;
/// Child to parent: a section is finished, and the state after it; see [`checkpoint`].
pub(super) const CHECKPOINT: u8 = FIRST_USER_KIND + 2;
/// Parent to child: secrets. Never logged, stored or inspected.
pub(super) const CREDENTIALS: u8 = FIRST_USER_KIND + 3;

/// What a child is started with.
#[derive(Cerial)]
pub(super) struct Begin {
    pub(super) place: Place,
    pub(super) runs: Option<u64>,
    /// Nanoseconds until no new run begins.
    pub(super) join_in: Option<u64>,
    /// Whether the parent wants the state after each section.
    pub(super) checkpoints: bool,
    pub(super) last_life: bool,
    /// This one included.
    pub(super) lives_used: u32,
    /// Whether a `CREDENTIALS` frame follows.
    pub(super) credentials: bool,
    /// Only `error` is to be run, with this.
    pub(super) failure: Option<Failure>,
    pub(super) state: Vec<u8>,
}

/// Where in the lifecycle something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Cerial)]
pub(super) struct Place {
    pub(super) section: Section,
    pub(super) run: u64,
}

/// A finished section.
#[derive(Cerial)]
pub(super) struct Finished {
    pub(super) place: Place,
    pub(super) next: Place,
    pub(super) nanos: u64,
}

/// Why a section failed, without dying.
#[derive(Clone, Debug, PartialEq, Eq, Cerial)]
pub(super) struct Failure {
    pub(super) place: Place,
    /// The error and its causes, outermost first.
    pub(super) chain: Vec<String>,
    /// What ended the process, if it died.
    pub(super) death: Option<Death>,
    /// The timeout that was passed, in nanoseconds.
    pub(super) timeout: Option<u64>,
}

/// The parts of a `CHECKPOINT` frame: the length of what is told of the section, that, and the state.
pub(super) fn checkpoint<'a>(length: &'a mut [u8; 4], said: &'a [u8], state: &'a [u8]) -> [&'a [u8]; 3] {
    *length = u32::try_from(said.len()).unwrap_or(u32::MAX).to_le_bytes();
    [length, said, state]
}

/// What is told of the section, and the state after it.
pub(super) fn split_checkpoint(payload: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = payload.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}
