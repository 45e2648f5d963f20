//! Objects in child processes: the lifecycle, lives, timeouts, messages, and every way to fail.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::time::{Duration, Instant};

use cerial::Cerial;
use suitkaise_processing::raw::{Cause, Stdio};
use suitkaise_processing::{
    Context, ProcessConfig, ProcessError, ProcessErrorKind, Result, Section, Skprocess, skprocess,
};

suitkaise_processing::test_support!();

/// Does what it is told, and notes what it did.
#[derive(Cerial, Clone, Default)]
struct Script {
    runs: Option<u64>,
    lives: u32,
    run_timeout: Option<Duration>,
    fail: Vec<(u64, String)>,
    stop_at: Option<u64>,
    log: Vec<String>,
}

fn script(runs: u64) -> Script {
    Script { runs: Some(runs), lives: 1, ..Script::default() }
}

impl Script {
    fn failing(mut self, run: u64, how: &str) -> Script {
        self.fail.push((run, how.into()));
        self
    }
}

/// A place where it is written down that something happened once, across lives.
fn first_time(what: &str) -> bool {
    let path = std::env::temp_dir().join(what);
    let new = !path.exists();
    std::fs::write(path, "").unwrap();
    new
}

fn fail(how: &str) -> Result {
    let (how, once) = how.split_once('@').map_or((how, None), |(how, mark)| (how, Some(mark)));
    if once.is_some_and(|mark| !first_time(mark)) {
        return Ok(());
    }
    match how {
        "error" => Err("it went wrong".into()),
        "io" => Err(std::fs::read("/no/such/file").unwrap_err().into()),
        "panic" => panic!("a panic of {}", 42),
        "kill" => {
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL)?;
            Ok(())
        }
        // std's handler lets the first one pass, expecting the faulting instruction to fault again.
        "segv" => loop {
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::SEGV)?;
        },
        "abort" => std::process::abort(),
        "exit" => std::process::exit(0),
        "hang" => loop {
            std::thread::park();
        },
        other => Err(format!("no way to fail like {other}").into()),
    }
}

#[skprocess]
impl Skprocess for Script {
    type Output = Vec<String>;
    fn config(&self) -> ProcessConfig {
        let mut config = ProcessConfig::new().lives(self.lives).stderr(Stdio::Null).grace(0.05);
        if let Some(runs) = self.runs {
            config = config.runs(runs);
        }
        if let Some(limit) = self.run_timeout {
            config = config.timeout(Section::Run, limit);
        }
        config
    }
    fn prerun(&mut self, cx: &mut Context) -> Result {
        self.log.push(format!("pre{}", cx.current_run()));
        Ok(())
    }
    fn run(&mut self, cx: &mut Context) -> Result {
        self.log.push(format!("run{}", cx.current_run()));
        if self.stop_at == Some(cx.current_run()) {
            cx.stop();
        }
        let run = cx.current_run();
        self.fail.iter().filter(|(at, _)| *at == run).try_for_each(|(_, how)| fail(how))
    }
    fn postrun(&mut self, cx: &mut Context) -> Result {
        self.log.push(format!("post{}", cx.current_run()));
        Ok(())
    }
    fn onfinish(&mut self, _: &mut Context) -> Result {
        self.log.push("finish".into());
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<Vec<String>> {
        Ok(self.log.clone())
    }
}

#[track_caller]
fn failed(object: &Script) -> ProcessError {
    object.start().expect("a child starts").timeout(20.0).result().expect_err("it fails")
}

#[test]
fn the_lifecycle_runs_in_order() {
    let job = script(2).start().unwrap();
    let log = job.timeout(20.0).result().unwrap();
    assert_eq!(log, ["pre0", "run0", "post0", "pre1", "run1", "post1", "finish"]);
    assert_eq!(job.result().unwrap(), log, "the result can be asked for again");
    assert_eq!(job.timers().run.num_times(), 2);
    assert_eq!(job.timers().full_run.num_times(), 2);
    assert!(!job.is_alive());
}

#[test]
fn no_runs_go_straight_to_the_end() {
    assert_eq!(script(0).start().unwrap().result().unwrap(), ["finish"]);
}

#[test]
fn a_stop_between_sections_ends_the_loop() {
    let object = Script { stop_at: Some(1), ..script(9) };
    assert_eq!(
        object.start().unwrap().result().unwrap(),
        ["pre0", "run0", "post0", "pre1", "run1", "finish"]
    );
    let endless = Script { runs: None, lives: 1, ..Script::default() }.start().unwrap();
    endless.stop();
    assert_eq!(endless.timeout(20.0).result().unwrap().last().unwrap(), "finish");
}

#[test]
fn an_error_names_section_run_and_cause() {
    let error = failed(&script(3).failing(1, "io"));
    assert_eq!((error.kind(), error.current_run()), (ProcessErrorKind::Run, Some(1)));
    assert!(error.to_string().starts_with("run 1 of `skprocess::Script`: No such file"), "{error}");
}

#[test]
fn a_panic_tells_its_message_and_place() {
    let error = failed(&script(3).failing(2, "panic"));
    assert!(error.crashed());
    let panic = error.death().unwrap().panic.clone().unwrap();
    assert_eq!(panic.message, "a panic of 42");
    assert!(panic.location.contains("skprocess.rs"), "{panic:?}");
    assert!(error.to_string().contains("run 2 of"), "{error}");
}

#[test]
fn a_signal_is_named() {
    for (how, signal, name) in [("kill", 9, "SIGKILL"), ("segv", 11, "SIGSEGV"), ("abort", 6, "SIGABRT")] {
        let error = failed(&script(2).failing(1, how));
        assert_eq!(error.kind(), ProcessErrorKind::Crashed);
        let cause = &error.death().unwrap().cause;
        assert!(matches!(cause, Cause::Signaled { signal: s, .. } if *s == signal), "{cause:?}");
        assert!(error.to_string().contains(name) && error.to_string().contains("run 1"), "{error}");
    }
}

#[test]
fn an_exit_without_a_result_is_an_error() {
    let error = failed(&script(1).failing(0, "exit"));
    assert_eq!(error.kind(), ProcessErrorKind::Crashed);
}

#[test]
fn a_section_that_overruns_is_ended() {
    let start = Instant::now();
    let error =
        failed(&Script { run_timeout: Some(Duration::from_millis(150)), ..script(1).failing(0, "hang") });
    assert_eq!(error.kind(), ProcessErrorKind::ProcessTimeout);
    assert_eq!(error.timeout(), Some(Duration::from_millis(150)));
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_new_life_goes_on_after_the_last_finished_section() {
    for how in ["error", "panic", "kill", "segv", "hang"] {
        let mark = format!("skprocess-{}-{how}", std::process::id());
        let object = Script {
            lives: 2,
            run_timeout: Some(Duration::from_millis(300)),
            ..script(3).failing(1, &format!("{how}@{mark}"))
        };
        let job = object.start().unwrap();
        let log = job.timeout(20.0).result();
        let _ = std::fs::remove_file(std::env::temp_dir().join(mark));
        let want = ["pre0", "run0", "post0", "pre1", "run1", "post1", "pre2", "run2", "post2", "finish"];
        assert_eq!(log.unwrap_or_else(|e| panic!("{how}: {e:?}")), want, "{how}");
        assert_eq!(job.timers().run.num_times(), 3, "failed sections are not recorded");
    }
}

#[test]
fn lives_end() {
    let error = failed(&Script { lives: 3, ..script(2).failing(1, "kill") });
    assert_eq!(error.lives_used(), 3);
    assert!(error.to_string().contains("3 lives used"), "{error}");
}

#[test]
fn a_kill_is_told_from_a_crash() {
    let job = Script { runs: None, lives: 5, ..Script::default() }.start().unwrap();
    job.kill();
    let error = job.timeout(20.0).result().unwrap_err();
    assert_eq!(error.kind(), ProcessErrorKind::Killed);
    assert!(!job.is_alive());
}

#[test]
fn a_result_timeout_leaves_the_process_running() {
    let job = script(1).failing(0, "hang").start().unwrap();
    let error = job.timeout(0.05).result().unwrap_err();
    assert_eq!(error.kind(), ProcessErrorKind::ResultTimeout);
    assert!(job.is_alive());
}

#[test]
fn settings_that_make_no_sense_are_errors() {
    #[derive(Cerial)]
    struct Bad(f64);
    #[skprocess]
    impl Skprocess for Bad {
        fn config(&self) -> ProcessConfig {
            ProcessConfig::new().timeout(Section::Run, self.0)
        }
        fn run(&mut self, _: &mut Context) -> Result {
            Ok(())
        }
    }
    for seconds in [-1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(Bad(seconds).start().unwrap_err().kind(), ProcessErrorKind::Config);
    }
}

/// Counts its runs, in its state alone.
#[derive(Cerial)]
struct Counter {
    runs: u64,
    done: u64,
}

#[skprocess]
impl Skprocess for Counter {
    type Output = u64;
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().runs(self.runs).lives(u32::MAX).stderr(Stdio::Null)
    }
    fn run(&mut self, cx: &mut Context) -> Result {
        assert_eq!(self.done, cx.current_run(), "state and place are of one moment");
        self.done += 1;
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<u64> {
        Ok(self.done)
    }
}

#[test]
fn no_run_is_lost_or_done_twice_however_often_the_process_is_killed() {
    let job = Counter { runs: 5_000, done: 0 }.start().unwrap();
    let (mut kills, mut seen) = (0, job.current_run());
    while !job.timeout(0.000_3).wait() {
        // Each life gets on, or the test would not end.
        let run = job.current_run();
        if run > seen + 20 && kills < 200 {
            seen = run;
            let pid = rustix::process::Pid::from_raw(job.pid().unwrap().cast_signed()).unwrap();
            kills += u32::from(rustix::process::kill_process(pid, rustix::process::Signal::KILL).is_ok());
        }
    }
    assert_eq!(job.result().unwrap(), 5_000);
    assert!(kills >= 5, "{kills} kills prove little");
    assert_eq!(job.timers().run.num_times(), 5_000);
}

// ---- error hook

#[derive(Cerial)]
struct Saved {
    kept: u32,
    die: bool,
}

#[skprocess]
impl Skprocess for Saved {
    type Output = String;
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().runs(3).stderr(Stdio::Null)
    }
    fn run(&mut self, cx: &mut Context) -> Result {
        if cx.current_run() == 2 {
            return fail(if self.die { "kill" } else { "error" });
        }
        self.kept += 1;
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<String> {
        Ok("no error".into())
    }
    fn error(&mut self, _: &mut Context, error: ProcessError) -> Result<String> {
        Ok(format!("{} kept, {error}", self.kept))
    }
}

#[test]
fn the_error_hook_gives_a_value_also_after_a_death() {
    let by_error = Saved { kept: 0, die: false }.start().unwrap().result().unwrap();
    assert!(by_error.starts_with("2 kept, run 2 of"), "{by_error}");
    let by_death = Saved { kept: 0, die: true }.start().unwrap().result().unwrap();
    assert!(by_death.starts_with("2 kept, run 2 of") && by_death.contains("SIGKILL"), "{by_death}");
}

// ---- messages

#[derive(Cerial)]
struct Echo;

#[skprocess]
impl Skprocess for Echo {
    type Output = u64;
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().runs(1)
    }
    fn run(&mut self, cx: &mut Context) -> Result {
        while let Some(text) = cx.listen::<String>(10.0)? {
            if text == "end" {
                break;
            }
            cx.tell(&format!("{text}!"))?;
        }
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<u64> {
        Ok(7)
    }
}

#[test]
fn messages_go_both_ways_in_order_and_outlive_the_child() {
    let job = Echo.start().unwrap();
    for i in 0..100 {
        job.tell(&format!("m{i}")).unwrap();
    }
    job.tell(&"end".to_string()).unwrap();
    assert_eq!(job.timeout(20.0).result().unwrap(), 7);
    for i in 0..100 {
        assert_eq!(job.listen::<String>(1.0).unwrap().unwrap(), format!("m{i}!"));
    }
    assert_eq!(job.listen::<String>(1.0).unwrap_err().kind(), ProcessErrorKind::Ended);
    assert_eq!(job.tell(&1_u8).unwrap_err().kind(), ProcessErrorKind::Ended);
}

#[test]
fn a_silent_child_times_a_listener_out() {
    let job = Echo.start().unwrap();
    assert!(job.listen::<String>(0.01).unwrap().is_none());
    job.tell(&"end".to_string()).unwrap();
    assert!(job.wait(Some(Duration::from_secs(20))));
}

// ---- payloads

#[derive(Cerial)]
struct Poisoned(std::sync::Mutex<u8>);

#[skprocess]
impl Skprocess for Poisoned {
    type Output = std::sync::Mutex<u8>;
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().runs(0).stderr(Stdio::Null)
    }
    fn run(&mut self, _: &mut Context) -> Result {
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<std::sync::Mutex<u8>> {
        let lock = std::sync::Arc::new(std::sync::Mutex::new(1));
        let other = lock.clone();
        let _ = std::thread::spawn(move || {
            let _guard = other.lock();
            panic!("poison");
        })
        .join();
        Ok(std::sync::Arc::into_inner(lock).unwrap())
    }
}

#[test]
fn a_result_that_does_not_serialize_is_an_error_of_its_section() {
    let error = Poisoned(std::sync::Mutex::new(0)).start().unwrap().result().unwrap_err();
    assert_eq!(error.kind(), ProcessErrorKind::Result, "{error:?}");
    assert!(error.to_string().contains("poisoned"), "{error}");
}

#[test]
fn a_large_result_comes_whole_whatever_is_waited_for_first() {
    #[derive(Cerial)]
    struct Large;
    #[skprocess]
    impl Skprocess for Large {
        type Output = Vec<u8>;
        fn config(&self) -> ProcessConfig {
            ProcessConfig::new().runs(0)
        }
        fn run(&mut self, _: &mut Context) -> Result {
            Ok(())
        }
        fn result(&mut self, _: &mut Context) -> Result<Vec<u8>> {
            Ok(vec![7; 30 << 20])
        }
    }
    let jobs: Vec<_> = (0..2).map(|_| Large.start().unwrap()).collect();
    for job in jobs.iter().rev() {
        assert!(job.wait(Some(Duration::from_secs(30))));
    }
    for job in jobs {
        assert_eq!(job.result().unwrap().len(), 30 << 20);
    }
}
