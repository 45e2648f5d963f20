//! A function over many items, in worker processes that are used again.
//!
//! The caller's thread turns items into bytes and bytes into results. One thread per pool, the dispatcher, owns the
//! workers: it gives each about 200 us of work at a time, sees every death, and keeps the ledger of what each worker
//! holds. A worker notes in shared memory which task it begins and what it has done, so that whatever kills it, exactly
//! the task that ran is to blame: finished neighbours count, waiting ones go to another worker.

mod background;
mod dispatcher;
mod error;
mod give;
mod lane;
mod ledger;
mod lifecycle;
mod message;
#[expect(clippy::module_inception, reason = "the pool itself stands beside its parts")]
mod pool;
mod progress;
mod run;
mod shared;
mod stream;
mod trace;
mod verbs;
mod work;
mod worker;

pub(crate) use work::Factory;

pub use background::{BackgroundPool, Handle};
pub use error::{PoolError, PoolErrorKind};
pub use lifecycle::{Lifecycle, lifecycle};
pub use pool::Pool;
pub use progress::Progress;
pub use stream::Results;
pub use work::{Closure, Plain, Star, Work};
