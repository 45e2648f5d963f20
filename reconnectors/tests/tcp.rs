//! TCP streams, and the executor's patience with hosts.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod servers;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use cerial::{Failure, Live, Outcome, ReconnectPolicy, Serde};
use cerial_reconnectors::{Reconnect, Tcp, reconnect_all};
use serde::{Deserialize, Serialize};
use servers::{arrived, dead_port, failed};
use socket2::SockRef;

fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[test]
fn a_stream_connects_again_with_its_options() {
    let (listener, port) = listener();
    let server = thread::spawn(move || {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut line = [0; 5];
            stream.read_exact(&mut line).unwrap();
            stream.write_all(&line).unwrap();
        }
    });
    let live = Live::open(Tcp::new("localhost", port), None).unwrap();
    {
        let mut stream = live.get().unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(7))).unwrap();
        SockRef::from(&*stream).set_linger(Some(Duration::from_secs(3))).unwrap();
        SockRef::from(&*stream).set_keepalive(true).unwrap();
        stream.write_all(b"first").unwrap();
    }
    let back: Live<Tcp> = cerial::deserialize(&cerial::serialize(&live).unwrap()).unwrap();
    let mut stream = back.get().unwrap();
    assert!(stream.nodelay().unwrap());
    assert_eq!(stream.read_timeout().unwrap(), Some(Duration::from_secs(7)));
    assert_eq!(SockRef::from(&*stream).linger().unwrap(), Some(Duration::from_secs(3)));
    assert!(SockRef::from(&*stream).keepalive().unwrap());
    stream.write_all(b"again").unwrap();
    let mut line = [0; 5];
    stream.read_exact(&mut line).unwrap();
    assert_eq!(&line, b"again");
    server.join().unwrap();
}

#[test]
fn a_stream_whose_other_side_left_is_dead_and_is_revived() {
    let (listener, port) = listener();
    let live = Live::open(Tcp::new("127.0.0.1", port), None).unwrap();
    let (server, _) = listener.accept().unwrap();
    assert!(live.is_alive());
    drop(server);
    let deadline = Instant::now() + Duration::from_secs(5);
    while live.is_alive() && Instant::now() < deadline {
        thread::yield_now();
    }
    assert!(!live.is_alive());
    assert_eq!(reconnect_all(&live, ()).rows()[0].outcome(), Outcome::Live);
    assert!(live.is_alive());
}

#[test]
fn a_stream_can_be_adopted() {
    let (_listener, port) = listener();
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_nodelay(true).unwrap();
    let live = Live::<Tcp>::adopt(stream).unwrap();
    assert_eq!(live.recipe().to_string(), format!("127.0.0.1:{port}"));
    let back: Live<Tcp> = cerial::deserialize(&cerial::serialize(&live).unwrap()).unwrap();
    assert!(back.get().unwrap().nodelay().unwrap());
}

#[test]
fn an_unreachable_host_is_tried_again_within_the_deadline() {
    let live = arrived(Tcp::new("127.0.0.1", dead_port()));
    let report = Reconnect::new().deadline(Duration::from_secs(10)).run(&live, ());
    failed(&report, "", Failure::Unreachable);
    let row = &report.rows()[0];
    assert_eq!(row.tries(), 3);
    assert!(report.to_string().contains("unreachable: connection refused (3 tries, "), "{report}");
    assert!(row.took() < Duration::from_secs(2), "{report}");
    let once = Reconnect::new().retries(0).run(&live, ());
    assert_eq!(once.rows()[0].tries(), 1);
}

#[test]
fn a_host_that_comes_up_meanwhile_is_found() {
    let (held, port) = listener();
    drop(held);
    let live = arrived(Tcp::new("127.0.0.1", port));
    let server = thread::spawn(move || {
        // Between the first try and the last one.
        thread::sleep(Duration::from_millis(60));
        TcpListener::bind(("127.0.0.1", port)).and_then(|listener| listener.accept())
    });
    let report = Reconnect::new().retries(8).run(&live, ());
    assert_eq!(report.rows()[0].outcome(), Outcome::Live, "{report}");
    assert!(report.rows()[0].tries() > 1, "{report}");
    server.join().unwrap().unwrap();
}

#[test]
fn a_name_that_does_not_resolve_is_unreachable() {
    let live = arrived(Tcp::new("no-such-host.invalid", 1));
    let report = Reconnect::new().retries(0).run(&live, ());
    failed(&report, "", Failure::Unreachable);
    assert!(report.rows()[0].detail().contains("cannot resolve `no-such-host.invalid`"), "{report}");
}

#[test]
fn a_denied_host_is_not_asked() {
    let (listener, port) = listener();
    listener.set_nonblocking(true).unwrap();
    let live = arrived(Tcp::new("127.0.0.1", port));
    let report = Reconnect::new().policy(ReconnectPolicy::untrusted()).run(&live, ());
    failed(&report, "", Failure::Denied);
    assert!(listener.accept().is_err());
}

#[test]
fn many_connect_at_a_time() {
    let (listener, port) = listener();
    let all: Vec<_> = (0..100).map(|_| arrived(Tcp::new("127.0.0.1", port))).collect();
    let report = reconnect_all(&all, ());
    assert_eq!(report.rows().len(), 100);
    report.into_result().unwrap();
    drop(listener);
}

#[test]
fn damaged_bytes_are_a_value_or_an_error() {
    servers::hostile(Tcp::new("localhost", 80).nodelay(true));
}

#[test]
fn what_is_stored_is_all_but_the_secret() {
    let stored = serde_json::to_string(&Live::placeholder(Tcp::new("localhost", 80).nodelay(true))).unwrap();
    assert_eq!(
        stored,
        r#"{"$reconnector":"std::net::TcpStream","v":1,"recipe":{"host":"localhost","port":80,"options":{"nodelay":true,"nonblocking":null,"ttl":null,"read_timeout":null,"write_timeout":null,"linger":null,"keepalive":null,"recv_buffer":null,"send_buffer":null}}}"#
    );
}

#[typetag::serde]
trait Source {
    fn connected(&self) -> bool;
}

#[derive(Serialize, Deserialize)]
struct Feed {
    inner: Option<(u8, Live<Tcp>)>,
}

#[typetag::serde]
impl Source for Feed {
    fn connected(&self) -> bool {
        self.inner.as_ref().is_some_and(|(_, live)| live.is_alive())
    }
}

#[test]
fn a_resource_behind_a_typetag_object_is_found() {
    let (_listener, port) = listener();
    let feed: Box<dyn Source> =
        Box::new(Feed { inner: Some((1, Live::placeholder(Tcp::new("127.0.0.1", port)))) });
    let bytes = cerial::serialize(&Serde(vec![feed])).unwrap();
    let back: Serde<Vec<Box<dyn Source>>> = cerial::deserialize(&bytes).unwrap();
    assert!(!back[0].connected());
    let report = reconnect_all(&back, ());
    assert!(report.is_ok(), "{report}");
    assert_eq!(report.rows().len(), 1, "{report}");
    assert!(report.rows()[0].path().ends_with("inner[1]"), "{report}");
    assert!(back[0].connected());
}
