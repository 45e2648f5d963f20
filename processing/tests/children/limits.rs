//! Limits and switches that hold in the child.

use suitkaise_processing::raw::{Cause, Event, Limits};

use crate::common::{LONG, run};
use crate::ends::end_of;
use crate::{done, quiet};

#[test]
fn limits_hold_in_the_child() {
    let with = |set: fn(&mut Limits)| {
        let mut limits = Limits::default();
        set(&mut limits);
        limits
    };
    let memory = with(|limits| limits.memory_bytes = Some(400 << 20));
    assert_eq!(end_of("allocate", &[], &memory).cause, Cause::OutOfMemory);

    let child = quiet().env_clear().env("ONLY", "this").start().expect("a child");
    assert_eq!(String::from_utf8_lossy(&done(run(&child, "environment", &[]))), "ONLY=this");

    let directory = with(|limits| limits.directory = Some("/".into()));
    let child = quiet().start().expect("a child");
    child.begin("where", &[], &directory, LONG).expect("begun");
    assert_eq!(done(child.recv(LONG)), b"/");

    let nowhere = with(|limits| limits.directory = Some("/nonexistent".into()));
    let refused = end_of("where", &[], &nowhere);
    assert!(matches!(&refused.cause, Cause::Refused(why) if why.contains("/nonexistent")), "{refused:?}");
}

#[test]
fn the_network_is_off_or_the_child_says_that_it_cannot() {
    let mut limits = Limits::default();
    limits.network_off = true;
    limits.no_new_privileges = true;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port().to_string();
    let child = quiet().start().expect("a child");
    assert_eq!(done(run(&child, "connect", port.as_bytes())), b"true");
    let child = quiet().start().expect("a child");
    child.begin("connect", port.as_bytes(), &limits, LONG).expect("begun");
    match child.recv(LONG) {
        Event::Done(reached) => assert_eq!(reached, b"false"),
        Event::Died(death) => assert!(matches!(&death.cause, Cause::Refused(why) if why.contains("network"))),
        other => panic!("{other:?}"),
    }
}
