//! All children of this process, for the signals that are meant for all of them.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use rustix::process::Signal;

use crate::child::Shared;
use crate::deadline::Deadline;
use crate::init::Init;
use crate::os::{poll, signals};

static FLEET: Mutex<Fleet> = Mutex::new(Fleet { ships: Vec::new(), prune_at: 64, forwarding: false });

struct Fleet {
    ships: Vec<Weak<Shared>>,
    prune_at: usize,
    forwarding: bool,
}

/// Adds a child, and with the first one takes the signals over.
pub(crate) fn add(child: &Arc<Shared>, init: &Init) -> io::Result<()> {
    let mut fleet = FLEET.lock().unwrap_or_else(PoisonError::into_inner);
    if fleet.ships.len() >= fleet.prune_at {
        fleet.ships.retain(|ship| ship.strong_count() > 0);
        fleet.prune_at = (fleet.ships.len() * 2).max(64);
    }
    fleet.ships.push(Arc::downgrade(child));
    if init.forward_signals && !fleet.forwarding {
        let grace = init.grace;
        signals::take_over(&[libc::SIGINT, libc::SIGTERM], |signals| {
            let thread = std::thread::Builder::new().name("suitkaise-signals".into()).stack_size(128 << 10);
            thread.spawn(move || forward(&signals, grace)).map(drop)
        })?;
        fleet.forwarding = true;
    }
    Ok(())
}

/// Asks every child to stop, kills those that still run after `grace`, and returns when all are gone.
///
/// For handlers of signals that this crate does not forward; a child that is started meanwhile is not stopped.
///
/// # Blocking
/// For `grace`, and for the time that the system needs to end a killed process.
pub fn stop_all(grace: Duration) {
    end_all(Deadline::within(grace), None);
}

fn forward(signals: &OwnedFd, grace: Duration) {
    let mut number = [0];
    loop {
        match rustix::io::read(signals, &mut number) {
            Ok(1) => break,
            Err(rustix::io::Errno::INTR) => {}
            Ok(_) | Err(_) => return,
        }
    }
    end_all(Deadline::within(grace), Some(signals));
    signals::die_of(number[0].into());
}

/// `hurry`: a descriptor whose input ends the grace.
fn end_all(deadline: Deadline, hurry: Option<&OwnedFd>) {
    let ships: Vec<_> = {
        let fleet = FLEET.lock().unwrap_or_else(PoisonError::into_inner);
        fleet.ships.iter().filter_map(Weak::upgrade).collect()
    };
    for ship in &ships {
        ship.stop();
    }
    'grace: for ship in &ships {
        while ship.process.collect().is_none() {
            let exit = ship.process.exit_fd();
            let mut fds = [poll::input(exit), poll::input(hurry.map_or(exit, AsFd::as_fd))];
            let hurried = match poll::ready(&mut fds, deadline) {
                Ok(true) => hurry.is_some() && poll::fired(&fds[1]),
                Ok(false) | Err(_) => true,
            };
            if hurried {
                break 'grace;
            }
        }
    }
    for ship in &ships {
        ship.kill(Signal::KILL);
    }
    for ship in &ships {
        let _ = ship.process.wait(Deadline::within(Duration::from_secs(1)));
    }
}
