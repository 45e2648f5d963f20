//! What reconnecting may touch.

use std::cell::RefCell;
use std::sync::Arc;

use super::{Failure, Reach};
use crate::error::Error;

/// What reconnecting may touch: a payload may come from a stranger, and connecting to a host or starting a program
/// on its word is a decision.
///
/// The default allows every host and file; threads and programs are rebuilt but not started.
/// [`ReconnectPolicy::untrusted`] denies all.
///
/// ```
/// use cerial::{Reach, ReconnectPolicy};
/// let policy = ReconnectPolicy::untrusted().allow_host("db.internal").allow_host("*.cache.internal");
/// assert!(policy.permits(&Reach::Host("a.cache.internal".into())).is_ok());
/// assert!(policy.permits(&Reach::Host("evil.example".into())).is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReconnectPolicy {
    closed: bool,
    allowed: Vec<String>,
    denied: Vec<String>,
    files: bool,
    pub(super) start_threads: bool,
    pub(super) start_processes: bool,
}

impl ReconnectPolicy {
    /// Every host and file; threads and programs are not started.
    pub const fn new() -> ReconnectPolicy {
        ReconnectPolicy {
            closed: false,
            allowed: Vec::new(),
            denied: Vec::new(),
            files: false,
            start_threads: false,
            start_processes: false,
        }
    }

    /// Nothing, but what is allowed by name afterwards.
    pub const fn untrusted() -> ReconnectPolicy {
        let mut policy = ReconnectPolicy::new();
        policy.closed = true;
        policy
    }

    /// Allows a host; `*.name` stands for every host below it. Matters after [`ReconnectPolicy::untrusted`], or to
    /// let a host through that a wider denial covers.
    #[must_use]
    pub fn allow_host(mut self, host: impl Into<String>) -> ReconnectPolicy {
        self.allowed.push(host.into().to_lowercase());
        self
    }

    /// Denies a host; `*.name` stands for every host below it, `*` for all. An allowance of the same host by its
    /// full name goes before.
    #[must_use]
    pub fn deny_host(mut self, host: impl Into<String>) -> ReconnectPolicy {
        self.denied.push(host.into().to_lowercase());
        self
    }

    /// Allows files after [`ReconnectPolicy::untrusted`].
    #[must_use]
    pub const fn allow_files(mut self, on: bool) -> ReconnectPolicy {
        self.files = on;
        self
    }

    /// Starts the threads that are rebuilt.
    #[must_use]
    pub const fn start_threads(mut self, on: bool) -> ReconnectPolicy {
        self.start_threads = on;
        self
    }

    /// Starts the programs that are rebuilt.
    #[must_use]
    pub const fn start_processes(mut self, on: bool) -> ReconnectPolicy {
        self.start_processes = on;
        self
    }

    /// Whether something may be touched.
    ///
    /// # Errors
    /// An error of [`Failure::Denied`] that names it.
    pub fn permits(&self, reach: &Reach) -> Result<(), Error> {
        let (permitted, what) = match reach {
            Reach::Memory => (true, String::new()),
            Reach::File(path) => (!self.closed || self.files, format!("the file `{path}`")),
            Reach::Host(host) => (self.permits_host(&host.to_lowercase()), format!("the host `{host}`")),
            Reach::Thread => (self.start_threads, "starting threads".to_owned()),
            Reach::Process => (self.start_processes, "starting programs".to_owned()),
            Reach::Other => (!self.closed, "this resource".to_owned()),
        };
        if permitted {
            return Ok(());
        }
        Err(Error::connect(Failure::Denied, format!("the reconnect policy does not allow {what}"))
            .with_help("allow it in the `ReconnectPolicy`, if you trust where the bytes came from"))
    }

    fn permits_host(&self, host: &str) -> bool {
        if self.allowed.iter().any(|allowed| allowed == host) {
            return true;
        }
        if self.denied.iter().any(|denied| covers(denied, host)) {
            return false;
        }
        !self.closed || self.allowed.iter().any(|allowed| covers(allowed, host))
    }
}

fn covers(pattern: &str, host: &str) -> bool {
    pattern == "*" || pattern == host || pattern.strip_prefix('*').is_some_and(|tail| host.ends_with(tail))
}

thread_local! {
    /// The policy of the reading that goes on, for what serde reads: it is not told the options.
    static READING: RefCell<Option<Arc<ReconnectPolicy>>> = const { RefCell::new(None) };
}

/// Lets what serde reads inside `f` have the policy of the reading options.
#[inline]
pub(crate) fn reading_under<R>(policy: Option<&Arc<ReconnectPolicy>>, f: impl FnOnce() -> R) -> R {
    struct Restore(Option<Arc<ReconnectPolicy>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            READING.set(self.0.take());
        }
    }
    let Some(policy) = policy else { return f() };
    let _restore = Restore(READING.replace(Some(policy.clone())));
    f()
}

/// The policy of the reading that goes on.
pub(super) fn of_the_reading() -> Option<Arc<ReconnectPolicy>> {
    READING.with_borrow(Clone::clone)
}
