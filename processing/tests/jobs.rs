//! The handle of an object: waits that are bounded, put off or awaited, and none that hangs.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::time::{Duration, Instant};

use cerial::Cerial;
use suitkaise_processing::{
    Context, ProcessConfig, ProcessErrorKind, Result, Section, Skprocess, Stdio, skprocess,
};

suitkaise_processing::test_support!();

/// Tells numbers, then waits for a word where it is asked to.
#[derive(Cerial, Clone, Default)]
struct Teller {
    tells: u32,
    waits: bool,
    deaf: bool,
}

#[skprocess]
impl Skprocess for Teller {
    type Output = u32;
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().runs(1).stderr(Stdio::Null)
    }
    fn run(&mut self, cx: &mut Context) -> Result {
        (0..self.tells).try_for_each(|n| cx.tell(&n))?;
        if self.deaf {
            loop {
                std::thread::park();
            }
        }
        if self.waits {
            cx.listen::<String>(20.0)?;
        }
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<u32> {
        Ok(self.tells)
    }
}

fn waiting() -> Teller {
    Teller { waits: true, ..Teller::default() }
}

fn go() -> String {
    "go".into()
}

#[test]
fn execute_starts_waits_and_gives_the_result() {
    assert_eq!(Teller { tells: 3, ..Teller::default() }.execute().unwrap(), 3);
}

#[test]
fn a_timeout_bounds_each_verb() {
    let job = waiting().start().unwrap();
    let begun = Instant::now();
    assert!(!job.timeout(0.02).wait());
    assert!(job.timeout(0.02).listen::<u32>().unwrap().is_none());
    let error = job.timeout(Duration::from_millis(20)).result().unwrap_err();
    assert_eq!(
        (error.kind(), error.timeout()),
        (ProcessErrorKind::ResultTimeout, Some(Duration::from_millis(20)))
    );
    assert!(begun.elapsed() >= Duration::from_millis(60) && job.is_alive());
    job.timeout(5.0).tell(&go()).unwrap();
    assert!(job.timeout(20.0).wait());
    assert_eq!(job.timeout(20.0).result().unwrap(), 0);
}

#[test]
fn a_limit_that_makes_no_sense_is_the_verbs_error() {
    let job = waiting().start().unwrap();
    assert_eq!(job.timeout(-1.0).result().unwrap_err().kind(), ProcessErrorKind::Config);
    assert_eq!(job.timeout(f64::NAN).listen::<u32>().unwrap_err().kind(), ProcessErrorKind::Config);
    assert_eq!(job.background().timeout(-1.0).result().wait().unwrap_err().kind(), ProcessErrorKind::Config);
    assert!(!job.timeout(-1.0).wait());
}

#[test]
fn a_verb_in_the_background_returns_at_once_and_keeps_the_process() {
    let job = Teller { tells: 1, ..waiting() }.start().unwrap();
    let (result, said) = (job.background().result(), job.background().listen::<u32>());
    assert_eq!(said.timeout(20.0).wait().unwrap(), Some(0));
    assert_eq!(
        job.timeout(0.01).background().result().wait().unwrap_err().kind(),
        ProcessErrorKind::ResultTimeout
    );
    job.tell(&go()).unwrap();
    drop(job);
    assert_eq!(result.wait().unwrap(), 1);
}

#[test]
fn the_last_handle_that_is_dropped_ends_the_process() {
    let job = waiting().start().unwrap();
    let pid = rustix::process::Pid::from_raw(job.pid().unwrap().cast_signed()).unwrap();
    let pidfd = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).unwrap();
    drop(job);
    let mut fds = [rustix::event::PollFd::new(&pidfd, rustix::event::PollFlags::IN)];
    let limit = rustix::event::Timespec { tv_sec: 5, tv_nsec: 0 };
    assert_eq!(rustix::event::poll(&mut fds, Some(&limit)), Ok(1), "it lives on");
}

#[test]
fn a_child_that_tells_more_than_is_kept_still_comes_to_its_end() {
    let job = Teller { tells: 20_000, ..Teller::default() }.start().unwrap();
    assert_eq!(job.timeout(60.0).result().unwrap(), 20_000);
    for n in 0..20_000 {
        assert_eq!(job.listen::<u32>(1.0).unwrap(), Some(n), "what was told is delivered after the end");
    }
    assert_eq!(job.listen::<u32>(1.0).unwrap_err().kind(), ProcessErrorKind::Ended);
}

#[test]
fn a_child_that_nobody_listens_to_can_be_killed() {
    let job = Teller { tells: u32::MAX, ..Teller::default() }.start().unwrap();
    assert!(job.listen::<u32>(20.0).unwrap().is_some());
    job.kill();
    assert_eq!(job.timeout(20.0).result().unwrap_err().kind(), ProcessErrorKind::Killed);
}

#[test]
fn a_full_pipe_to_the_child_is_an_error_in_time() {
    let job = Teller { tells: 1, deaf: true, ..Teller::default() }.start().unwrap();
    assert!(job.listen::<u32>(20.0).unwrap().is_some());
    let error = job.timeout(0.1).tell(&vec![7_u8; 16 << 20]).unwrap_err();
    assert_eq!(error.kind(), ProcessErrorKind::Full);
    assert!(error.to_string().contains("jobs::Teller"), "{error}");
    job.kill();
    assert_eq!(job.tell(&go()).unwrap_err().kind(), ProcessErrorKind::Ended);
}

#[test]
fn a_message_of_another_type_is_an_error_and_not_the_end() {
    let job = Teller { tells: 2, ..waiting() }.start().unwrap();
    assert_eq!(job.listen::<String>(20.0).unwrap_err().kind(), ProcessErrorKind::Payload);
    assert_eq!(job.listen::<u32>(20.0).unwrap(), Some(1));
    job.tell(&7_u8).unwrap();
    let error = job.timeout(20.0).result().unwrap_err();
    assert_eq!((error.kind(), error.section()), (ProcessErrorKind::Run, Some(Section::Run)), "{error:?}");
}

/// Answers each word, and dies of one.
#[derive(Cerial)]
struct Oracle(u32);

#[skprocess]
impl Skprocess for Oracle {
    type Output = u32;
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().lives(4).stderr(Stdio::Null)
    }
    fn run(&mut self, cx: &mut Context) -> Result {
        match cx.listen::<String>(20.0)?.as_deref() {
            Some("die") => std::process::abort(),
            Some(word) => {
                self.0 += 1;
                cx.tell(&(word.len(), self.0))
            }
            None => Ok(()),
        }
    }
    fn result(&mut self, _: &mut Context) -> Result<u32> {
        Ok(self.0)
    }
}

#[test]
fn a_word_told_between_two_lives_reaches_the_next_one() {
    let job = Oracle(0).start().unwrap();
    for round in 1..=3 {
        let died = job.pid();
        job.tell(&"die".to_string()).unwrap();
        while job.pid() == died {
            std::thread::yield_now();
        }
        job.tell(&"word".to_string()).unwrap();
        assert_eq!(job.listen::<(usize, u32)>(20.0).unwrap(), Some((4, round)));
    }
    job.tell(&"die".to_string()).unwrap();
    assert!(job.timeout(20.0).wait());
    assert_eq!(job.tell(&"word".to_string()).unwrap_err().kind(), ProcessErrorKind::Ended);
    assert_eq!(job.error().unwrap().lives_used(), 4);
}

/// Tells which process it runs in.
#[derive(Cerial)]
struct Where;

#[skprocess]
impl Skprocess for Where {
    type Output = u32;
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().runs(1).nice(1)
    }
    fn run(&mut self, _: &mut Context) -> Result {
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<u32> {
        Ok(std::process::id())
    }
}

#[test]
fn a_warm_process_is_taken_once_and_replaced() {
    suitkaise_processing::keep_warm(1).unwrap();
    let spare: u32 = std::fs::read_to_string("/proc/thread-self/children").unwrap().trim().parse().unwrap();
    // One that cannot serve is not taken: the output goes elsewhere.
    assert_ne!(Teller::default().start().unwrap().pid(), Some(spare));
    let first = Where.start().unwrap();
    assert_eq!(first.pid(), Some(spare));
    assert_eq!(first.result().unwrap(), spare);
    assert_ne!(Where.execute().unwrap(), spare, "a process runs one object");
    suitkaise_processing::keep_warm(0).unwrap();
    assert_ne!(Where.execute().unwrap(), spare);
}

#[cfg(feature = "tokio")]
mod asynced {
    use super::*;

    fn on_one_thread<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }

    #[test]
    fn awaited_verbs_block_no_thread_of_the_runtime() {
        on_one_thread(async {
            let job = Teller { tells: 1, ..waiting() }.start().unwrap();
            assert_eq!(job.asynced().listen::<u32>().await.unwrap(), Some(0));
            let error = job.asynced().timeout(0.02).result().await.unwrap_err();
            assert_eq!(error.kind(), ProcessErrorKind::ResultTimeout);
            assert!(!job.timeout(0.02).asynced().wait().await);
            assert!(job.asynced().timeout(0.02).listen::<u32>().await.unwrap().is_none());
            let answer = job.asynced();
            // On this runtime's one thread: a verb that blocked it would never see the word.
            let (result, ()) = tokio::join!(answer.result(), async { job.tell(&go()).unwrap() });
            assert_eq!(result.unwrap(), 1);
            assert_eq!(job.background().result().await.unwrap(), 1, "a pending verb is a future too");
            assert_eq!(job.asynced().listen::<u32>().await.unwrap_err().kind(), ProcessErrorKind::Ended);
        });
    }

    #[test]
    fn a_future_that_is_dropped_takes_no_message() {
        on_one_thread(async {
            let job = Teller { tells: 2, ..waiting() }.start().unwrap();
            assert_eq!(job.asynced().listen::<u32>().await.unwrap(), Some(0));
            drop(job.asynced().listen::<u32>());
            drop(job.background().listen::<u32>());
            assert_eq!(job.asynced().listen::<u32>().await.unwrap(), Some(1));
        });
    }
}
