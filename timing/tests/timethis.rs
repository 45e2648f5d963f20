//! The attribute, on everything it may stand on.

use std::panic::catch_unwind;
use std::sync::Arc;
use std::time::Duration;

use suitkaise_timing::{Sktimer, global_timer, timethis};

#[timethis]
fn hot(n: u64) -> u64 {
    if n == 0 {
        return 1;
    }
    (0..n).sum()
}

#[test]
fn a_function_gets_a_timer_of_its_own() {
    assert_eq!((hot(0), hot(4)), (1, 6));
    assert_eq!(hot::timer().num_times(), 2);
    assert!(std::ptr::eq(global_timer("timethis_hot_timer").unwrap(), hot::timer()));
}

mod deep {
    #[suitkaise_timing::timethis]
    pub(crate) fn inside() {}
}

#[test]
fn importing_the_function_imports_its_timer() {
    use deep::inside;
    inside();
    assert_eq!(inside::timer().num_times(), 1);
    assert!(global_timer("timethis_deep_inside_timer").is_some());
}

struct Index<T> {
    rows: Vec<T>,
}

impl<T: Clone> Index<T> {
    #[timethis(method)]
    fn empty() -> Vec<u8> {
        Vec::new()
    }

    #[timethis]
    fn with(rows: Vec<T>) -> Self {
        Index { rows }
    }

    #[timethis]
    fn first_mut(&mut self) -> Option<&mut T> {
        self.rows.first_mut()
    }

    #[timethis]
    fn find<'a>(&'a mut self, at: usize) -> Result<&'a mut T, String> {
        let n = self.rows.len();
        let row = self.rows.get_mut(at).ok_or_else(|| format!("no row {at} of {n}"))?;
        Ok(row)
    }

    #[timethis(max_times = 2)]
    fn consume(self) -> impl Iterator<Item = T> {
        self.rows.into_iter()
    }
}

#[test]
fn methods_get_timers_on_their_type() {
    assert!(Index::<i32>::empty().is_empty());
    let mut index = Index::with(vec![1, 2]);
    *index.first_mut().unwrap() = 5;
    *index.find(1).unwrap() = 6;
    assert_eq!(index.consume().collect::<Vec<_>>(), [5, 6]);
    for timer in [
        Index::<i32>::timer_empty(),
        Index::<i32>::timer_with(),
        Index::<i32>::timer_first_mut(),
        Index::<i32>::timer_find(),
        Index::<i32>::timer_consume(),
    ] {
        assert_eq!(timer.num_times(), 1);
    }
    assert!(global_timer("timethis_Index_first_mut_timer").is_some());
}

#[timethis]
fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
    let n = text.parse::<u32>()?;
    Ok(n)
}

#[test]
fn a_call_that_returns_err_is_not_recorded() {
    assert!(parse("x").is_err());
    assert_eq!(parse("3"), Ok(3));
    assert_eq!(parse::timer().num_times(), 1);
}

#[timethis]
fn fails() {
    std::panic::resume_unwind(Box::new("failed"));
}

#[test]
fn a_call_that_panics_is_not_recorded() {
    assert!(catch_unwind(fails).is_err());
    assert_eq!(fails::timer().num_times(), 0);
}

#[timethis(threshold = 1000.0)]
fn quick() {}

#[timethis(threshold = Duration::from_secs(1000))]
fn quick_result() -> Result<(), String> {
    Ok(())
}

#[test]
fn calls_below_the_threshold_are_not_recorded() {
    quick();
    quick_result().unwrap();
    assert_eq!((quick::timer().num_times(), quick_result::timer().num_times()), (0, 0));
}

#[timethis(max_times = 3)]
fn often() {}

#[test]
fn max_times_keeps_the_latest_calls() {
    for _ in 0..10 {
        often();
    }
    assert_eq!((often::timer().num_times(), often::timer().max_times()), (3, Some(3)));
}

static TOTAL: Sktimer = Sktimer::new();

#[timethis]
#[timethis(timer = &TOTAL)]
fn outer() {
    inner();
}

#[timethis(timer = TOTAL)]
fn inner() {}

#[test]
fn attributes_stack_and_share_a_given_timer() {
    outer();
    assert_eq!((outer::timer().num_times(), TOTAL.num_times()), (1, 2));
}

struct Worker {
    timer: Arc<Sktimer>,
    done: u32,
}

trait Work {
    fn work(&mut self) -> u32;
    fn look(&self) -> u32;
}

impl Work for Worker {
    #[timethis(timer = Arc::clone(&self.timer))]
    fn work(&mut self) -> u32 {
        self.done += 1;
        self.done
    }

    #[timethis(timer = self.timer)]
    fn look(&self) -> u32 {
        self.done
    }
}

#[test]
fn trait_impls_record_on_a_given_timer() {
    let mut worker = Worker { timer: Arc::new(Sktimer::new()), done: 0 };
    assert_eq!((worker.work(), worker.look()), (1, 1));
    assert_eq!(worker.timer.num_times(), 2);
}

#[test]
fn functions_inside_bodies_have_timers_too() {
    #[timethis]
    fn local<const N: usize, T: Copy + Default>(values: &mut [T; N], r#type: T) -> T {
        std::mem::replace(&mut values[0], r#type)
    }
    let mut values = [1, 2];
    assert_eq!(local(&mut values, 7), 1);
    assert_eq!(local(&mut ["a"], "b"), "a");
    assert_eq!(local::timer().num_times(), 2);
}

#[allow(non_camel_case_types)]
struct extended {}

#[timethis(extend)]
fn extended() {}

#[test]
fn a_struct_that_another_macro_made_is_extended() {
    extended();
    assert_eq!(extended::timer().num_times(), 1);
}

#[rustfmt::skip]
#[deny(warnings)]
mod strict {
    #[suitkaise_timing::timethis]
    pub(crate) fn one_line(a: u32, b: u32) -> u32 { #![allow(unused_mut)] let mut c = a; c + b }

    #[suitkaise_timing::timethis]
    pub(crate) fn expression(a: u32) -> u32 { a + 1 }
}

#[test]
fn the_attribute_brings_no_warning_into_strict_code() {
    assert_eq!((strict::one_line(1, 2), strict::expression(1)), (3, 2));
    assert_eq!((strict::one_line::timer().num_times(), strict::expression::timer().num_times()), (1, 1));
}

#[timethis]
unsafe extern "C" fn foreign(mut n: i32) -> i32 {
    n += 1;
    n
}

#[test]
fn unsafe_and_extern_functions_keep_their_signature() {
    // SAFETY: `foreign` only adds.
    assert_eq!(unsafe { foreign(1) }, 2);
    assert_eq!(foreign::timer().num_times(), 1);
}

#[timethis]
fn recursive(n: u32) -> u32 {
    if n == 0 { 0 } else { 1 + recursive(n - 1) }
}

#[test]
fn each_call_of_a_recursive_function_is_measured() {
    assert_eq!(recursive(4), 4);
    assert_eq!(recursive::timer().num_times(), 5);
}
