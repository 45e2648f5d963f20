//! Each section's error, timeout and end; objects that are made of others.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::time::{Duration, Instant};

use cerial::Cerial;
use suitkaise_processing::{
    Context, ProcessConfig, ProcessError, ProcessErrorKind, Result, Section, Skprocess, Stdio, skprocess,
};

suitkaise_processing::test_support!();

const SECTIONS: [(Section, ProcessErrorKind); 6] = [
    (Section::PreRun, ProcessErrorKind::PreRun),
    (Section::Run, ProcessErrorKind::Run),
    (Section::PostRun, ProcessErrorKind::PostRun),
    (Section::OnFinish, ProcessErrorKind::OnFinish),
    (Section::Result, ProcessErrorKind::Result),
    (Section::Error, ProcessErrorKind::ErrorHandler),
];

const LIMIT: Duration = Duration::from_millis(250);

/// Goes wrong in one section, one way.
#[derive(Cerial)]
struct Fragile {
    at: Section,
    how: String,
}

impl Fragile {
    fn reach(&self, section: Section) -> Result {
        // `error` is reached by an error before it.
        if self.at == Section::Error && section == Section::Run {
            return Err("the way to `error`".into());
        }
        if section != self.at {
            return Ok(());
        }
        match self.how.as_str() {
            "error" => Err("broken".into()),
            "panic" => panic!("broken"),
            _ => loop {
                std::thread::park();
            },
        }
    }
}

#[skprocess]
impl Skprocess for Fragile {
    type Output = u8;
    fn config(&self) -> ProcessConfig {
        let config = ProcessConfig::new().runs(2).grace(0.05).stderr(Stdio::Null);
        if self.how != "hang" {
            return config;
        }
        SECTIONS.iter().fold(config, |config, (section, _)| config.timeout(*section, LIMIT))
    }
    fn prerun(&mut self, _: &mut Context) -> Result {
        self.reach(Section::PreRun)
    }
    fn run(&mut self, _: &mut Context) -> Result {
        self.reach(Section::Run)
    }
    fn postrun(&mut self, _: &mut Context) -> Result {
        self.reach(Section::PostRun)
    }
    fn onfinish(&mut self, _: &mut Context) -> Result {
        self.reach(Section::OnFinish)
    }
    fn result(&mut self, _: &mut Context) -> Result<u8> {
        self.reach(Section::Result).map(|()| 1)
    }
    fn error(&mut self, _: &mut Context, error: ProcessError) -> Result<u8> {
        self.reach(Section::Error)?;
        Err(error.into())
    }
}

fn failed(at: Section, how: &str) -> ProcessError {
    Fragile { at, how: how.into() }.start().unwrap().timeout(20.0).result().unwrap_err()
}

#[test]
fn an_error_in_each_section_has_its_kind() {
    for (at, kind) in SECTIONS {
        let error = failed(at, "error");
        assert_eq!((error.kind(), error.section()), (kind, Some(at)), "{error:?}");
        assert!(error.to_string().contains("lifecycle::Fragile`: broken"), "{error}");
    }
}

#[test]
fn a_panic_in_each_section_is_a_crash_there() {
    for (at, _) in SECTIONS {
        let error = failed(at, "panic");
        assert_eq!((error.kind(), error.section()), (ProcessErrorKind::Crashed, Some(at)), "{error:?}");
        assert!(error.to_string().contains("panicked at"), "{error}");
    }
}

#[test]
fn a_timeout_in_each_section_ends_it_in_time() {
    for (at, _) in SECTIONS {
        let start = Instant::now();
        let error = failed(at, "hang");
        // Also where `error` is written: it runs in a fresh process, and hands on what it got.
        assert_eq!(
            (error.kind(), error.timeout()),
            (ProcessErrorKind::ProcessTimeout, Some(LIMIT)),
            "{error:?}"
        );
        assert_eq!(error.section(), Some(at), "{error:?}");
        assert!(
            start.elapsed() >= LIMIT && start.elapsed() < Duration::from_secs(10),
            "{:?}",
            start.elapsed()
        );
    }
}

// ---- join_in, and a stop that is heeded

#[derive(Cerial)]
struct Paced {
    cleaned: std::path::PathBuf,
    heeds: bool,
    runs: u64,
}

#[skprocess]
impl Skprocess for Paced {
    type Output = u64;
    fn config(&self) -> ProcessConfig {
        let config = ProcessConfig::new().stderr(Stdio::Null).grace(10.0);
        if self.heeds { config.timeout(Section::Run, 0.05) } else { config.join_in(0.15) }
    }
    fn run(&mut self, cx: &mut Context) -> Result {
        if self.heeds {
            while !cx.stop_requested() {
                cx.listen::<()>(0.01)?;
            }
            std::fs::write(&self.cleaned, "cleaned up")?;
        } else {
            cx.listen::<()>(0.02)?;
        }
        self.runs += 1;
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<u64> {
        Ok(self.runs)
    }
}

#[test]
fn no_run_begins_after_join_in() {
    let start = Instant::now();
    let runs = Paced { cleaned: "".into(), heeds: false, runs: 0 }.execute().unwrap();
    assert!((2..=8).contains(&runs), "{runs} runs of 20 ms within 150 ms");
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[test]
fn a_section_that_takes_too_long_is_asked_to_stop_first() {
    let directory = tempfile::tempdir().unwrap();
    let cleaned = directory.path().join("cleaned");
    let error = Paced { cleaned: cleaned.clone(), heeds: true, runs: 0 }.execute().unwrap_err();
    assert_eq!(
        (error.kind(), error.timeout()),
        (ProcessErrorKind::ProcessTimeout, Some(Duration::from_millis(50)))
    );
    assert_eq!(std::fs::read_to_string(cleaned).unwrap(), "cleaned up");
}

// ---- composition

/// Behaviour for any object: notes each section of the object inside it.
#[derive(Cerial)]
struct Noted<P> {
    inner: P,
    notes: Vec<String>,
}

#[skprocess]
impl<P: Skprocess> Skprocess for Noted<P> {
    type Output = (Vec<String>, P::Output);
    fn config(&self) -> ProcessConfig {
        self.inner.config()
    }
    fn prerun(&mut self, cx: &mut Context) -> Result {
        self.notes.push(format!("prerun {}", cx.current_run()));
        self.inner.prerun(cx)
    }
    fn run(&mut self, cx: &mut Context) -> Result {
        self.notes.push(format!("run {}", cx.current_run()));
        self.inner.run(cx)
    }
    fn postrun(&mut self, cx: &mut Context) -> Result {
        self.inner.postrun(cx)
    }
    fn onfinish(&mut self, cx: &mut Context) -> Result {
        self.inner.onfinish(cx)
    }
    fn result(&mut self, cx: &mut Context) -> Result<Self::Output> {
        Ok((self.notes.clone(), self.inner.result(cx)?))
    }
}

/// Starts one of itself in its own child, levels deep, and gives the process ids of all.
#[derive(Cerial)]
struct Nested {
    levels: u32,
    pids: Vec<u32>,
}

#[skprocess]
impl Skprocess for Nested {
    type Output = Vec<u32>;
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().runs(1)
    }
    fn run(&mut self, _: &mut Context) -> Result {
        self.pids.push(std::process::id());
        if self.levels > 1 {
            let below = Noted { inner: Nested { levels: self.levels - 1, pids: vec![] }, notes: vec![] };
            let (notes, pids) = below.start()?.timeout(20.0).result()?;
            assert_eq!(notes, ["prerun 0", "run 0"]);
            self.pids.extend(pids);
        }
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<Vec<u32>> {
        Ok(self.pids.clone())
    }
}

#[test]
fn objects_are_composed_by_wrapping_and_by_nesting() {
    let mut pids = Nested { levels: 3, pids: vec![] }.execute().unwrap();
    pids.push(std::process::id());
    pids.sort_unstable();
    pids.dedup();
    assert_eq!(pids.len(), 4, "three processes below this one");
}

#[test]
fn an_error_below_is_the_cause_of_the_one_above() {
    #[derive(Cerial)]
    struct Above;
    #[skprocess]
    impl Skprocess for Above {
        fn config(&self) -> ProcessConfig {
            ProcessConfig::new().runs(1)
        }
        fn run(&mut self, _: &mut Context) -> Result {
            Fragile { at: Section::Run, how: "error".into() }.execute()?;
            Ok(())
        }
    }
    let error = Above.execute().unwrap_err();
    assert_eq!(error.kind(), ProcessErrorKind::Run);
    let text = error.to_string();
    assert!(text.contains("Above`: run 0 of `lifecycle::Fragile`: broken"), "{text}");
}
