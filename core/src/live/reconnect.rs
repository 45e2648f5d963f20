//! Reconnecting one after the other, on this thread.

use std::time::Instant;

use super::connect::DEFAULT_DEADLINE;
use super::{AsCredentials, Plan, ReconnectPolicy, ReconnectReport};
use crate::encode::Encode;

/// Connects every placeholder in a value, one after the other, each tried once, with thirty seconds for each.
///
/// This crate starts no thread; `cerial-reconnectors` (and `suitkaise`) have a `reconnect_all` that connects in
/// parallel under one deadline and tries unreachable hosts again. Resources that are live already are left alone, and
/// a resource that fails stays a placeholder whose row says why. For a value that only serde knows pass
/// `&Serde(&value)`; without credentials pass `()`.
///
/// # Blocking
/// As long as the drivers do.
///
/// ```
/// # fn main() -> cerial::Result<()> {
/// let nothing_live_in_here = vec![1, 2, 3];
/// let report = cerial::reconnect_all(&nothing_live_in_here, ());
/// assert!(report.rows().is_empty());
/// report.into_result()?;
/// # Ok(()) }
/// ```
pub fn reconnect_all<T: Encode + ?Sized>(value: &T, credentials: impl AsCredentials) -> ReconnectReport {
    let mut plan = Plan::new(value, credentials, &ReconnectPolicy::new());
    for mut job in plan.take_jobs() {
        let start = Instant::now();
        let result = job.run(start + DEFAULT_DEADLINE, 1, None);
        plan.settle(job.task(), result, 1, start.elapsed());
    }
    plan.finish(value)
}
