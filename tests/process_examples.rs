//! The examples of processes and pools, as a user runs them: what they print.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test has a file");
    let target = test.parent().and_then(Path::parent).expect("the test is in deps/");
    let program = target.join("examples").join(name);
    assert!(program.exists(), "{} is missing: cargo builds examples with the tests", program.display());
    program
}

fn output(command: &mut Command, input: &str) -> String {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_crashing_c_call_is_one_line_and_the_program_goes_on() {
    let text = output(&mut Command::new(program("crash_isolation")), "");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "hello: 5 bytes");
    assert!(
        lines[1].starts_with(
            "no text: the call crashed: run 0 of `crash_isolation::Length`: was killed by SIGSEGV"
        ),
        "{text}"
    );
    assert_eq!(lines[2..], ["goodbye: 7 bytes", "1 crashed, and this process is still here"]);
    let text = output(Command::new(program("crash_isolation")).args(["--verbose", "one", "-"]), "");
    assert!(text.contains("1 finished runs") && text.contains("0 finished runs"), "{text}");
    assert!(text.contains("its end: Some(\"exited with code 0\")"), "{text}");
}

#[test]
fn a_pool_counts_every_text_below_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    for n in 0..30 {
        let below = directory.path().join(format!("d{}", n % 3));
        std::fs::create_dir_all(&below).unwrap();
        std::fs::write(below.join(format!("{n}.txt")), "Alpha alpha, beta. 42\n").unwrap();
    }
    std::fs::write(directory.path().join("binary"), [0xff, 0xfe, 0]).unwrap();
    let text = output(Command::new(program("textpool")).args(["--workers", "2"]).arg(directory.path()), "");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[..3], ["31 files, 2 different words", "      60  alpha", "      30  beta"]);
    assert!(lines[3].starts_with("left out: ") && lines[3].contains("binary is not text"), "{text}");
    let text = output(Command::new(program("textpool")).arg("--verbose").arg(directory.path()), "");
    assert_eq!(text.matches(".txt: 2 different words").count(), 30, "{text}");
}

#[test]
fn a_service_lives_on_with_its_state_until_its_lives_are_spent() {
    let text = output(&mut Command::new(program("service")), "1 + 2\n4 / 0\n6 * 7\ncrash\n8 / 2\n");
    assert_eq!(
        text,
        "1 + 2 = 3 (answer 1)\n4 / 0: that cost a life\n6 * 7 = 42 (answer 2)\ncrash: that cost a life\n\
         8 / 2 = 4 (answer 3)\n3 answers in all\n"
    );
    let text =
        output(Command::new(program("service")).arg("--verbose"), "crash\nsleep\ncrash\n1 + 1\ncrash\n");
    assert!(text.contains("sleep: that cost a life") && text.contains("1 + 1 = 2 (answer 1)"), "{text}");
    let last = text.lines().last().unwrap();
    assert!(last.starts_with("crash: the service is gone: run ") && last.contains("SIGABRT"), "{text}");
    assert!(last.ends_with("(4 lives used)"), "{text}");
}
