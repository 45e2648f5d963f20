//! The span of a run, for programs that trace: feature `tracing`.

use super::error::PoolError;

/// A span `run` of the target `suitkaise::pool`, from the verb to its last result, with the function's name and, at its
/// end, how many items were done and failed. Each error is an event in it.
#[derive(Debug)]
pub(super) struct Trace {
    failed: u64,
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

impl Trace {
    pub(super) fn begin(function: &'static str, workers: usize) -> Trace {
        #[cfg(feature = "tracing")]
        let span = tracing::info_span!(
            target: "suitkaise::pool",
            "run",
            function,
            workers,
            items = tracing::field::Empty,
            failed = tracing::field::Empty
        );
        let _ = (function, workers);
        Trace {
            failed: 0,
            #[cfg(feature = "tracing")]
            span,
        }
    }

    pub(super) fn failed(&mut self, error: &PoolError) {
        self.failed += 1;
        #[cfg(feature = "tracing")]
        tracing::warn!(
            target: "suitkaise::pool",
            parent: &self.span,
            item = error.index(),
            attempts = error.attempts(),
            kind = ?error.kind(),
            "{error}"
        );
        let _ = error;
    }

    pub(super) fn end(&self, items: u64) {
        #[cfg(feature = "tracing")]
        {
            self.span.record("items", items);
            self.span.record("failed", self.failed);
        }
        let _ = items;
    }
}
