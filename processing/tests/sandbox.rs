//! Limits and switches of objects, each as the child feels it; where their output goes.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use cerial::Cerial;
use suitkaise_processing::{
    Cause, Context, MIB, ProcessConfig, ProcessError, ProcessErrorKind, Result, Sandbox, Section, Skprocess,
    Stdio, skprocess,
};

suitkaise_processing::test_support!();

/// Looks at something, or uses something up, in a sandbox.
#[derive(Cerial, Default)]
struct Probe {
    what: String,
    sandbox: String,
    port: u16,
    lives: u32,
    mark: Option<std::path::PathBuf>,
}

fn probe(what: &str, sandbox: &str) -> Probe {
    Probe { what: what.into(), sandbox: sandbox.into(), lives: 1, ..Probe::default() }
}

fn sandbox(name: &str) -> Sandbox {
    let open = Sandbox::new();
    match name {
        "memory" => open.memory(600 * MIB),
        "cpu" => open.cpu(0.5),
        "files" => open.open_files(20),
        "nice" => open.nice(3),
        "privileges" => open.no_new_privileges(),
        "network" => open.no_network(),
        "environment" => open.empty_environment().variable("ONLY", "this"),
        "directory" => open.directory("/"),
        "nowhere" => open.directory("/nonexistent"),
        "never" => open.cpu(-1.0),
        _ => open,
    }
}

#[skprocess]
impl Skprocess for Probe {
    type Output = String;
    fn config(&self) -> ProcessConfig {
        let config = ProcessConfig::new().runs(1).lives(self.lives).sandbox(sandbox(&self.sandbox));
        match self.what.as_str() {
            "print" => config.stdout(Stdio::Capture).stderr(Stdio::Capture),
            _ => config.stdout(Stdio::Null).stderr(Stdio::Null),
        }
    }
    fn run(&mut self, _: &mut Context) -> Result {
        match self.what.as_str() {
            "allocate" => {
                if let Some(mark) = self.mark.take() {
                    if mark.exists() {
                        return Ok(());
                    }
                    std::fs::write(mark, "")?;
                }
                let mut blocks = Vec::new();
                loop {
                    blocks.push(std::hint::black_box(vec![1_u8; 16 << 20]));
                }
            }
            "burn" => loop {
                std::hint::black_box(0);
            },
            "open" => {
                let mut open = Vec::new();
                loop {
                    open.push(std::fs::File::open("/dev/null")?);
                }
            }
            "print" => {
                println!("to stdout");
                eprintln!("to stderr");
                Ok(())
            }
            _ => Ok(()),
        }
    }
    fn result(&mut self, _: &mut Context) -> Result<String> {
        Ok(match self.what.as_str() {
            "status" => std::fs::read_to_string("/proc/thread-self/status")?,
            "nice" => rustix::process::getpriority_process(None)?.to_string(),
            "where" => std::env::current_dir()?.display().to_string(),
            "environment" => {
                let mut names: Vec<_> =
                    std::env::vars().map(|(name, value)| format!("{name}={value}")).collect();
                names.retain(|name| !name.starts_with("SUITKAISE_"));
                names.join(",")
            }
            "connect" => std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok().to_string(),
            _ => String::new(),
        })
    }
}

fn seen(what: &str, sandbox: &str) -> String {
    probe(what, sandbox).start().unwrap().timeout(20.0).result().unwrap()
}

#[track_caller]
fn failed(object: &Probe) -> ProcessError {
    object.start().unwrap().timeout(20.0).result().unwrap_err()
}

#[test]
fn a_memory_limit_ends_the_object_as_out_of_memory_and_costs_a_life() {
    let error = failed(&probe("allocate", "memory"));
    assert_eq!((error.kind(), error.section()), (ProcessErrorKind::Crashed, Some(Section::Run)));
    assert_eq!(error.death().unwrap().cause, Cause::OutOfMemory);
    assert!(
        error.to_string().contains("run 0 of") && error.to_string().contains("ran out of memory"),
        "{error}"
    );

    let directory = tempfile::tempdir().unwrap();
    let mark = Some(directory.path().join("died once"));
    let twice = Probe { lives: 2, mark, ..probe("allocate", "memory") };
    assert_eq!(twice.start().unwrap().timeout(20.0).result().unwrap(), "");
}

#[test]
fn a_limit_of_processor_time_is_named() {
    let error = failed(&probe("burn", "cpu"));
    assert!(error.to_string().contains("SIGXCPU, at its limit of processor time"), "{error}");
}

#[test]
fn a_limit_of_descriptors_is_an_error_of_the_section() {
    let error = failed(&probe("open", "files"));
    assert_eq!(error.kind(), ProcessErrorKind::Run);
    assert!(error.to_string().contains("Too many open files"), "{error}");
}

#[test]
fn nice_directory_environment_and_privileges_are_the_sandboxs() {
    let own = rustix::process::getpriority_process(None).unwrap();
    assert_eq!(seen("nice", "nice"), (own + 3).min(19).to_string());
    assert_eq!(seen("where", "directory"), "/");
    assert_eq!(seen("environment", "environment"), "ONLY=this");
    let privileges =
        |status: String| status.lines().find(|line| line.starts_with("NoNewPrivs")).unwrap().to_owned();
    assert_eq!(privileges(seen("status", "privileges")), "NoNewPrivs:\t1");
    assert_eq!(
        privileges(seen("status", "open")),
        privileges(std::fs::read_to_string("/proc/thread-self/status").unwrap())
    );
}

#[test]
fn the_network_is_off_or_the_error_says_what_it_needs() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let reached = |sandbox: &str| Probe { port, ..probe("connect", sandbox) }.execute();
    assert_eq!(reached("open").unwrap(), "true");
    match reached("network") {
        Ok(reached) => assert_eq!(reached, "false"),
        Err(error) => assert!(error.to_string().contains("CAP_SYS_ADMIN"), "{error}"),
    }
}

#[test]
fn a_switch_that_cannot_be_put_on_names_itself_and_nothing_runs() {
    let error = failed(&probe("where", "nowhere"));
    let cause = &error.death().unwrap().cause;
    assert!(matches!(cause, Cause::Refused(why) if why.contains("/nonexistent")), "{error:?}");
    assert_eq!(error.section(), Some(Section::Setup), "{error:?}");
    assert_eq!(probe("", "never").start().unwrap_err().kind(), ProcessErrorKind::Config);
}

#[test]
fn captured_output_is_the_jobs_and_no_one_elses() {
    let job = probe("print", "").start().unwrap();
    assert!(job.wait(None));
    assert_eq!(String::from_utf8(job.stdout().unwrap()).unwrap(), "to stdout\n");
    assert_eq!(String::from_utf8(job.stderr().unwrap()).unwrap(), "to stderr\n");
    let quiet = probe("", "").start().unwrap();
    quiet.result().unwrap();
    assert_eq!((quiet.stdout(), quiet.stderr()), (None, None));
    assert!(quiet.death().unwrap().is_clean());
}

#[test]
fn the_values_of_variables_are_not_shown() {
    let text = format!("{:?}", Sandbox::new().variable("TOKEN", "s3cr3t"));
    assert!(text.contains("TOKEN") && !text.contains("s3cr3t"), "{text}");
}
