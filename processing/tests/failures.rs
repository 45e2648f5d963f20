//! What goes wrong around an object, and what other process pools are known to hang on: each is an error in time that
//! names object, section and cause.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::time::Duration;

use cerial::{Cerial, Extract, Handler, Rebuild};
use suitkaise_processing::{
    Cause, Context, MIB, ProcessConfig, ProcessError, ProcessErrorKind, Result, Sandbox, Section, Skprocess,
    skprocess,
};

suitkaise_processing::test_support!();

/// Is written well and does not come back.
struct Fussy(u8);

struct FussyHandler;

impl Handler for FussyHandler {
    type Value = Fussy;
    type State = u8;
    const KEY: &'static str = "failures::Fussy";
    fn extract(value: &Fussy, _: &mut Extract) -> cerial::Result<u8> {
        Ok(value.0)
    }
    fn rebuild(how: u8, _: &mut Rebuild) -> cerial::Result<Fussy> {
        match how {
            0 => Ok(Fussy(0)),
            1 => Err(cerial::Error::rebuild("not in this process")),
            2 => std::process::abort(),
            _ => panic!("not in this process"),
        }
    }
}

cerial::plugin! { name: "failures", handlers: [FussyHandler], reconnectors: [] }

/// Does one thing that should not be done.
#[derive(Cerial)]
struct Culprit {
    how: String,
    fussy: Fussy,
}

fn culprit(how: &str) -> Culprit {
    Culprit { how: how.into(), fussy: Fussy(0) }
}

#[skprocess]
impl Skprocess for Culprit {
    type Output = String;
    fn config(&self) -> ProcessConfig {
        let open = Sandbox::new().variable("RUST_BACKTRACE", "1");
        let config = ProcessConfig::new().runs(1).sandbox(match self.how.as_str() {
            "few descriptors" => open.open_files(40),
            "little memory" => open.memory(1500 * MIB),
            _ => open,
        });
        config.stderr(suitkaise_processing::Stdio::Null)
    }
    fn run(&mut self, _: &mut Context) -> Result {
        match self.how.as_str() {
            "panic any" => std::panic::panic_any(7_u64),
            "panic" => {
                eprintln!("about to panic");
                panic!("two\nlines");
            }
            "garbage" => garbage(),
            "threads" => {
                // A thread's panic is not the section's.
                let _ = std::thread::spawn(|| panic!("a thread's own business")).join();
            }
            _ => {}
        }
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<String> {
        Ok(match self.how.as_str() {
            "few descriptors" => too_many(),
            "little memory" => no_memory(),
            _ => String::new(),
        })
    }
}

/// Writes to the control socket's number, and to every other.
fn garbage() -> ! {
    for number in 3..64 {
        // SAFETY: the borrow lives for one write; a number that is not open gives an error.
        let fd = unsafe { std::os::fd::BorrowedFd::borrow_raw(number) };
        let _ = rustix::net::send(fd, b"hello, I am lost", rustix::net::SendFlags::DONTWAIT);
    }
    loop {
        std::thread::park();
    }
}

/// Starts objects until no descriptor is left; the error, and whether those that run are well.
fn too_many() -> String {
    let mut jobs = Vec::new();
    let error = loop {
        match culprit("nothing").start() {
            Ok(job) => jobs.push(job),
            Err(error) => break error,
        }
    };
    let well = jobs.iter().all(|job| job.timeout(20.0).result().is_ok());
    drop(jobs);
    format!("{well} {:?} {error}", error.kind())
}

/// Starts an object where no memory is left.
fn no_memory() -> String {
    // The threads that every start shares; and room on the heap for what a start allocates.
    culprit("nothing").execute().unwrap();
    drop((0..4096).map(|_| vec![1_u8; 1024]).collect::<Vec<_>>());
    let (mut taken, mut size) = (Vec::with_capacity(4096), 256 << 20);
    while size >= 16 << 10 {
        let mut block: Vec<u8> = Vec::new();
        match block.try_reserve_exact(size) {
            Ok(()) if taken.len() < 4096 => taken.push(block),
            _ => size /= 2,
        }
    }
    let error = culprit("nothing").start().err();
    drop(taken);
    let again = culprit("nothing").execute().is_ok();
    error.map_or("it started".into(), |error| format!("{again} {:?} {error}", error.kind()))
}

#[track_caller]
fn failed(object: &Culprit) -> ProcessError {
    object.start().unwrap().timeout(30.0).result().unwrap_err()
}

#[test]
fn an_object_that_does_not_come_back_in_the_child_names_the_setup() {
    let [broken, aborts, panics] =
        [1, 2, 3].map(|how| failed(&Culprit { how: String::new(), fussy: Fussy(how) }));
    assert_eq!((broken.kind(), broken.section()), (ProcessErrorKind::Setup, Some(Section::Setup)));
    let text = broken.to_string();
    assert!(text.contains("fussy") && text.contains("not in this process"), "where and why: {text}");
    assert_eq!((aborts.kind(), aborts.section()), (ProcessErrorKind::Crashed, Some(Section::Setup)));
    assert!(aborts.to_string().contains("SIGABRT"), "{aborts}");
    assert!(panics.to_string().contains("not in this process"), "{panics}");
}

#[test]
fn a_panic_payload_that_is_no_string_is_told_as_such() {
    let error = failed(&culprit("panic any"));
    let panic = error.death().unwrap().panic.clone().unwrap();
    assert_eq!(panic.message, "a panic payload that is no string");
    assert!(panic.location.contains("failures.rs"), "{panic:?}");
}

#[test]
fn the_last_lines_hold_no_backtrace_where_the_panic_is_told() {
    let error = failed(&culprit("panic"));
    let death = error.death().unwrap();
    assert_eq!(death.panic.as_ref().unwrap().message, "two\nlines");
    assert_eq!(death.stderr, "about to panic");
    assert!(error.to_string().ends_with("; last stderr: about to panic"), "{error}");
}

#[test]
fn a_child_that_writes_to_the_control_socket_broke_the_protocol() {
    let error = failed(&culprit("garbage"));
    assert!(matches!(error.death().unwrap().cause, Cause::Protocol(_)), "{error:?}");
    assert_eq!((error.section(), error.current_run()), (Some(Section::Run), Some(0)));
}

#[test]
fn a_panic_of_a_childs_thread_is_not_the_objects() {
    assert_eq!(culprit("threads").execute().unwrap(), "");
}

#[test]
fn no_descriptor_left_is_an_error_of_that_start_alone() {
    let told = culprit("few descriptors").execute().unwrap();
    assert!(told.starts_with("true Start `failures::Culprit`: no room for another child"), "{told}");
    assert!(told.contains("Too many open files"), "{told}");
}

#[test]
fn no_memory_left_is_an_error_of_that_start_alone() {
    let told = culprit("little memory").execute().unwrap();
    assert!(told.starts_with("true Start `failures::Culprit`: no room for another child"), "{told}");
}

// ---- what others hang on

/// Says nothing, until it is stopped.
#[derive(Cerial)]
struct Quiet;

#[skprocess]
impl Skprocess for Quiet {
    fn run(&mut self, cx: &mut Context) -> Result {
        cx.listen::<()>(10.0)?;
        Ok(())
    }
}

#[test]
fn a_job_outlives_the_thread_that_started_it() {
    let job = std::thread::spawn(|| Quiet.start().unwrap()).join().unwrap();
    assert!(!job.wait(Some(Duration::from_millis(200))), "{:?}", job.error());
    job.stop();
    job.timeout(20.0).result().unwrap();
}

#[test]
fn a_listener_and_a_waiter_hear_of_a_death_at_once() {
    let job = Quiet.start().unwrap();
    let (heard, waited) = std::thread::scope(|scope| {
        let listens = scope.spawn(|| job.listen::<u8>(60.0).unwrap_err().kind());
        let waits = scope.spawn(|| job.timeout(60.0).result().unwrap_err());
        let pid = rustix::process::Pid::from_raw(job.pid().unwrap().cast_signed()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        (listens.join().unwrap(), waits.join().unwrap())
    });
    assert_eq!(heard, ProcessErrorKind::Ended);
    assert_eq!(waited.kind(), ProcessErrorKind::Crashed);
    assert!(waited.to_string().contains("SIGKILL"), "{waited}");
}

#[test]
fn handles_are_waited_for_in_any_order() {
    let jobs: Vec<_> = (0..8).map(|_| culprit("nothing").start().unwrap()).collect();
    for job in jobs.iter().rev() {
        job.timeout(30.0).result().unwrap();
    }
}

#[test]
fn killing_one_of_many_leaves_the_others() {
    let jobs: Vec<_> = (0..4).map(|_| Quiet.start().unwrap()).collect();
    jobs[1].kill();
    assert_eq!(jobs[1].timeout(20.0).result().unwrap_err().kind(), ProcessErrorKind::Killed);
    for (n, job) in jobs.iter().enumerate().filter(|(n, _)| *n != 1) {
        job.stop();
        job.timeout(20.0).result().unwrap_or_else(|error| panic!("{n}: {error}"));
    }
}
