//! Objects with a lifecycle in the workers of a pool.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::time::{Duration, Instant};

use cerial::Cerial;
use suitkaise_processing::raw::Stdio;
use suitkaise_processing::{
    Context, Pool, PoolErrorKind, ProcessConfig, ProcessError, Result, Section, Skprocess, closure,
    lifecycle, skprocess,
};

suitkaise_processing::test_support!();

/// Notes what it does, and fails as it is told.
#[derive(Cerial, Clone, Default)]
struct Script {
    runs: u64,
    lives: u32,
    limit: Option<Duration>,
    how: String,
    log: Vec<String>,
    handles: bool,
}

impl Script {
    fn new(how: String) -> Script {
        Script { runs: 2, lives: 1, how, ..Script::default() }
    }
}

/// How often a run began in this worker.
static RUNS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

#[skprocess]
impl Skprocess for Script {
    type Output = Vec<String>;
    fn config(&self) -> ProcessConfig {
        let config = ProcessConfig::new().runs(self.runs).lives(self.lives);
        match self.limit {
            Some(limit) => config.timeout(Section::Run, limit),
            None => config,
        }
    }
    fn prerun(&mut self, cx: &mut Context) -> Result {
        self.log.push(format!("pre{}", cx.current_run()));
        Ok(())
    }
    fn run(&mut self, cx: &mut Context) -> Result {
        self.log.push(format!("run{}", cx.current_run()));
        let nth = RUNS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        match &*self.how {
            "error" => Err("it went wrong".into()),
            "panic" => panic!("a panic of {}", 42),
            "error twice" if nth < 2 => Err("not yet".into()),
            "panic once" if nth == 0 => panic!("not yet"),
            "abort" => std::process::abort(),
            "hang" => loop {
                std::thread::park();
            },
            "stop" => {
                cx.stop();
                Ok(())
            }
            "tell" => cx.tell(&1_u8),
            _ => Ok(()),
        }
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
    fn error(&mut self, _: &mut Context, error: ProcessError) -> Result<Vec<String>> {
        if self.handles { Ok(vec![error.to_string()]) } else { Err(error.into()) }
    }
}

fn quiet(workers: usize) -> Pool {
    Pool::workers(workers).stdio(Stdio::Null, Stdio::Null)
}

#[track_caller]
fn fails(script: Script, kind: PoolErrorKind, says: &str) {
    let pool = quiet(1);
    let began = Instant::now();
    let error = pool.try_map(lifecycle(|script: Script| script), [script]).expect_err("it fails");
    assert_eq!((error.kind(), error.index()), (kind, Some(0)), "{error}");
    assert!(error.to_string().contains(says), "{error}");
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(pool.map(|x: u8| x, [1]).expect("the pool goes on"), [1]);
}

#[test]
fn an_object_is_built_from_each_item_and_lives_whole_in_a_worker() {
    let names = ["a", "stop", "b"].map(str::to_owned);
    let got = Pool::workers(2).try_map(lifecycle(Script::new), names).expect("results");
    let whole = ["pre0", "run0", "post0", "pre1", "run1", "post1", "finish"];
    assert_eq!((&got[0][..], &got[2][..]), (&whole.map(str::to_owned)[..], &whole.map(str::to_owned)[..]));
    assert_eq!(got[1], ["pre0", "run0", "finish"]);
}

#[test]
fn objects_take_all_modifiers() {
    let runs = 1_u64;
    let build = closure!([runs] |how: String, lives: u32| Script { runs: *runs, lives, ..Script::new(how) });
    let items = [("a".to_owned(), 1), ("b".to_owned(), 2)];
    let pool = Pool::workers(2);
    let got = pool.retry(2).timeout(20.0).star().background().try_map(lifecycle(build), items);
    assert!(got.result().expect("results").iter().all(|log| log.len() == 4));
}

#[test]
fn errors_and_panics_cost_lives_and_the_state_goes_on() {
    for how in ["error twice", "panic once"] {
        let script = Script { lives: 3, ..Script::new(how.into()) };
        let got = quiet(1).try_map(lifecycle(|script: Script| script), [script]).expect("a result");
        assert_eq!(got[0], ["pre0", "run0", "post0", "pre1", "run1", "post1", "finish"], "{how}");
    }
}

#[test]
fn the_last_failure_is_the_items_with_its_place() {
    fails(
        Script::new("error".into()),
        PoolErrorKind::Failed,
        "run 0 of `pool_objects::Script`: it went wrong",
    );
    let spent = Script { lives: 3, ..Script::new("error".into()) };
    fails(spent, PoolErrorKind::Failed, "3 lives used");
    fails(Script::new("abort".into()), PoolErrorKind::Died, "SIGABRT");
    fails(Script::new("tell".into()), PoolErrorKind::Failed, "no job to talk to");
    fails(Script { lives: 0, ..Script::new("a".into()) }, PoolErrorKind::Failed, "0 lives");
    fails(Script::new("panic".into()), PoolErrorKind::Failed, "panicked: a panic of 42");
}

#[test]
fn a_section_that_takes_too_long_ends_the_worker_and_is_named() {
    let script = Script { limit: Some(Duration::from_millis(50)), ..Script::new("hang".into()) };
    fails(script, PoolErrorKind::TimedOut, "run of run 0 of `pool_objects::Script` took longer than 50ms");
}

#[test]
fn an_objects_own_handler_gives_the_result() {
    let script = Script { handles: true, ..Script::new("error".into()) };
    let got = quiet(1).try_map(lifecycle(|script: Script| script), [script]).expect("a result");
    assert!(got[0][0].contains("it went wrong"), "{}", got[0][0]);
}
