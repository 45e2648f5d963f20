//! The first line of `main`.

use std::sync::OnceLock;
use std::time::Duration;

use crate::handshake::Ticket;
use crate::os::fds;
use crate::side;
use crate::testing;

static INITIALIZED: OnceLock<Init> = OnceLock::new();

/// Makes this program able to start children: the first line of `main`.
///
/// In a process that a user started it notes that it was called, and returns. In a child it never returns: it greets
/// the parent, runs the entry that the parent asks for, and ends the process. So what stands before it in `main` runs
/// in every child too, and what stands after it runs in none.
///
/// From the first child on, SIGINT and SIGTERM stop the children before they end this process: each child is asked to
/// stop, those that still run after two seconds (or at a second signal) are killed, then the process dies of the
/// signal as it would have. A signal whose disposition is not the default by then is left alone; its handler can call
/// [`stop_all`](crate::stop_all). [`Init`] changes the time or switches this off.
///
/// Calling it again does nothing.
///
/// # Examples
/// ```
/// suitkaise_processing::init();
/// // the rest of `main`
/// ```
pub fn init() {
    Init::new().run();
}

/// [`init`] with settings.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// suitkaise_processing::Init::new().grace(Duration::from_secs(10)).run();
/// // the rest of `main`
/// ```
#[derive(Clone, Debug)]
pub struct Init {
    pub(crate) forward_signals: bool,
    pub(crate) grace: Duration,
}

impl Default for Init {
    fn default() -> Self {
        Self { forward_signals: true, grace: Duration::from_secs(2) }
    }
}

impl Init {
    /// The settings of [`init`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether SIGINT and SIGTERM are forwarded to children as a stop; on by default.
    #[must_use]
    pub fn forward_signals(mut self, on: bool) -> Self {
        self.forward_signals = on;
        self
    }

    /// How long children may take to stop after a signal; 2 s by default.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Does what [`init`] does.
    pub fn run(self) {
        INITIALIZED.get_or_init(|| self);
        if let Some((ticket, passed)) = Ticket::from_environment()
            && let Some(inherited) = fds::adopt(passed.control, passed.lifeline, passed.socket_id)
        {
            side::live(ticket, inherited);
        }
    }
}

/// The settings, if `init` was called or a test binary has its helper.
pub(crate) fn settings() -> Option<Init> {
    INITIALIZED.get().cloned().or_else(|| testing::helper().map(|_| Init::default()))
}

/// How many of our parents are above this process.
pub(crate) fn depth() -> u32 {
    static DEPTH: OnceLock<u32> = OnceLock::new();
    // Also from a stale variable: a child that starts this program again by other means is no less deep.
    *DEPTH.get_or_init(|| Ticket::from_environment().map_or(0, |(ticket, _)| ticket.depth))
}
