//! A supervised service: a calculator in a process of its own that survives what it is asked.
//!
//! ```text
//! echo "1 + 2
//! 4 / 0
//! crash
//! 6 * 7" | cargo run --example service -- [--verbose]
//! ```
//!
//! Each line goes to the service as a message, its answer comes back as one. A division by zero panics, `crash` ends the
//! process as hard as it can be ended, `sleep` takes longer than a run may take. Each of them costs the service a life,
//! and the next life goes on with the state of the last finished run: the count of answers shows it. With no life left,
//! the service is gone, and the error says why.

use std::io::BufRead;

use suitkaise::{
    Cerial, Context, Job, ProcessConfig, ProcessError, Result, Section, Skprocess, Stdio, skprocess,
};

#[derive(Cerial, Default)]
struct Calculator {
    answers: u64,
}

#[skprocess]
impl Skprocess for Calculator {
    type Output = u64;

    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().lives(4).timeout(Section::Run, 1.0).grace(0.1).stderr(Stdio::Null)
    }

    /// One question. Where none comes, the run ends without one, and the next begins.
    fn run(&mut self, cx: &mut Context) -> Result {
        let Some(question) = cx.listen::<String>(0.2)? else { return Ok(()) };
        let parts: Vec<_> = question.split_whitespace().collect();
        let answer = match parts[..] {
            ["crash"] => std::process::abort(),
            ["sleep"] => loop {
                std::thread::park();
            },
            [a, sign, b] => match (a.parse::<i64>(), sign, b.parse::<i64>()) {
                (Ok(a), "+", Ok(b)) => (a + b).to_string(),
                (Ok(a), "*", Ok(b)) => (a * b).to_string(),
                (Ok(a), "/", Ok(b)) => (a / b).to_string(),
                _ => "?".into(),
            },
            _ => "?".into(),
        };
        self.answers += 1;
        cx.tell(&format!("{answer} (answer {})", self.answers))
    }

    fn result(&mut self, _: &mut Context) -> Result<u64> {
        Ok(self.answers)
    }
}

/// The answer, or `None` where the life that was asked is gone.
fn ask(job: &Job<Calculator>, question: &str) -> Result<Option<String>, ProcessError> {
    let asked = job.pid();
    job.tell(&question.to_owned())?;
    loop {
        match job.listen::<String>(0.05)? {
            Some(answer) => return Ok(Some(answer)),
            None if job.pid() != asked => return Ok(None),
            None => {}
        }
    }
}

#[suitkaise::main]
fn main() -> Result {
    let verbose = std::env::args().any(|arg| arg == "--verbose");
    let job = Calculator::default().start()?;
    for line in std::io::stdin().lock().lines() {
        let question = line?;
        match ask(&job, &question) {
            Ok(Some(answer)) => println!("{question} = {answer}"),
            Ok(None) => println!("{question}: that cost a life"),
            Err(ended) => {
                // The job knows more of its end than the question does.
                println!("{question}: the service is gone: {}", job.error().unwrap_or(ended));
                return Ok(());
            }
        }
        if verbose {
            println!("  process {:?}, run {}", job.pid(), job.current_run());
        }
    }
    job.stop();
    println!("{} answers in all", job.result()?);
    Ok(())
}
