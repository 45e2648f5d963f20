//! Functions inside of values: between processes of one build they travel as they are.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use cerial::{Cerial, Code};
use suitkaise_processing::{Closure, Context, Pool, ProcessConfig, Result, Skprocess, closure, skprocess};

suitkaise_processing::test_support!();

fn increment(x: u64) -> u64 {
    x + 1
}

fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {
    if a.len() < b.len() { b } else { a }
}

/// Functions that nobody marked.
#[derive(Cerial, Clone)]
struct Steps {
    each: Vec<fn(u64) -> u64>,
    pick: Option<for<'a> fn(&'a str, &'a str) -> &'a str>,
    value: u64,
}

fn steps() -> Steps {
    Steps { each: vec![increment, |x| x * 10], pick: Some(longest), value: 4 }
}

fn run(steps: Steps) -> (u64, String, fn(u64) -> u64) {
    let value = steps.each.iter().fold(steps.value, |value, step| step(value));
    (value, steps.pick.unwrap()("a", "ab").to_owned(), increment)
}

#[skprocess]
impl Skprocess for Steps {
    type Output = Steps;
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().runs(2)
    }
    fn run(&mut self, _: &mut Context) -> Result {
        self.value = run(self.clone()).0;
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<Steps> {
        Ok(self.clone())
    }
}

#[test]
fn functions_travel_in_the_items_and_results_of_a_pool() {
    let results = Pool::workers(1).map(run, [steps(), Steps { value: 0, ..steps() }]).unwrap();
    assert_eq!((results[0].0, &*results[0].1), (50, "ab"));
    assert_eq!(results[1].0, 10);
    assert_eq!(results[1].2 as usize, increment as fn(u64) -> u64 as usize, "the very function");
}

#[test]
fn functions_travel_in_an_object_and_back_in_its_result() {
    let back = steps().start().unwrap().timeout(20.0).result().unwrap();
    assert_eq!(back.value, 510);
    assert_eq!(run(back).0, 5110);
}

/// Closures have no names: they stand behind a parameter.
#[derive(Cerial, Clone)]
struct Task<W> {
    work: W,
    input: u64,
}

fn task<W: Cerial>(work: W, input: u64) -> Task<W> {
    Task { work, input }
}

fn call_code<F: Fn(u64) -> u64 + Copy + 'static>(task: Task<Code<F>>) -> u64 {
    (task.work)(task.input)
}

fn call_closure<C, F: Fn(&C, u64) -> u64>(task: Task<Closure<C, F>>) -> u64 {
    task.work.call(task.input)
}

#[test]
fn closures_travel_in_values() {
    let pool = Pool::workers(1);
    let tasks = [1, 2].map(|input| task(Code(|x: u64| x + 100), input));
    assert_eq!(pool.map(call_code, tasks).unwrap(), [101, 102]);
    let factor = 7;
    let tasks = [1, 2].map(|input| task(closure!([factor] |x: u64| x * factor), input));
    assert_eq!(pool.map(call_closure, tasks).unwrap(), [7, 14]);
}

#[test]
fn the_same_values_are_refused_where_bytes_leave_the_program() {
    let error = cerial::serialize(&steps()).unwrap_err();
    assert!(error.help().unwrap().contains("#[cerial::function]"), "{error:?}");
    let error = cerial::serialize(&task(Code(|x: u64| x), 1)).unwrap_err();
    assert_eq!(error.kind(), cerial::ErrorKind::Unwritable);
    assert!(error.help().unwrap().contains("#[cerial::function]"), "{error:?}");
}
