//! Modifiers: what they add to a call.

use std::hint::black_box;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use suitkaise_sk::sk;

use crate::harness::{alternate, atomic_addition, per_call, print};

const ADDITION: &str = "AtomicU64::fetch_add";

#[sk]
#[inline(never)]
fn work(x: u64) -> Result<u64, std::num::ParseIntError> {
    Ok(black_box(x).wrapping_mul(3))
}

/// The same without `#[sk]`.
#[inline(never)]
fn plain_work(x: u64) -> Result<u64, std::num::ParseIntError> {
    Ok(black_box(x).wrapping_mul(3))
}

const LOOP: &str = "BENCH_KIT_SK_LOOP";

pub fn run() {
    if let Ok(task) = std::env::var(LOOP) {
        return repeat(&task);
    }
    match (instructions("work"), instructions("plain_work")) {
        (Some(ours), Some(peer)) => {
            let name = "sk/#[sk] fn called plainly, instructions a call over the same without";
            print(name, "instructions", ours - peer, Some((peer, "the same fn without #[sk]")));
        }
        _ => eprintln!("sk/#[sk] fn called plainly: not counted, `valgrind` is missing"),
    }
    let n = 1_000_000;
    let plain = |x| _ = black_box(work(black_box(x)));

    let wrapped = sk(work).retry(3);
    let (ours, peer) = alternate(|| per_call(n, || _ = black_box(wrapped.call(black_box(7)))), || per_call(n, || plain(7)));
    print("sk/sk(f).retry(3) on success, over the plain call", "ns", ours - peer, Some((atomic_addition(), ADDITION)));

    let chain = work::retry(3);
    let (ours, peer) = alternate(|| per_call(n, || _ = black_box(chain.call(black_box(7)))), || per_call(n, || plain(7)));
    print("sk/f::retry(3) kept, on success, over the plain call", "ns", ours - peer, Some((atomic_addition(), ADDITION)));
    let (ours, peer) =
        alternate(|| per_call(n, || _ = black_box(work::retry(3).call(black_box(7)))), || per_call(n, || plain(7)));
    print("sk/f::retry(3) built at each call, over the plain call", "ns", ours - peer, Some((atomic_addition(), ADDITION)));

    let timed = work::timeout(1.0);
    let (ours, peer) = alternate(
        || per_call(3_000, || _ = black_box(timed.call(7))),
        || per_call(300, || _ = std::thread::spawn(|| work(7)).join()),
    );
    print("sk/timeout on a reused thread", "us", ours / 1e3, Some((peer / 1e3, "std::thread::spawn + join")));
    let (ours, peer) = alternate(
        || per_call(3_000, || _ = black_box(work::background().call(7).result())),
        || per_call(300, || _ = std::thread::spawn(|| work(7)).join()),
    );
    print("sk/background + result", "us", ours / 1e3, Some((peer / 1e3, "std::thread::spawn + join")));

    // Fast enough that nobody waits: the bookkeeping alone.
    let limited = work::rate_limit(1e9).burst(u32::MAX);
    let quota = governor::Quota::with_period(Duration::from_nanos(1)).expect("a nanosecond is a period");
    let governor = governor::RateLimiter::direct(quota.allow_burst(NonZeroU32::MAX));
    let (ours, peer) = alternate(
        || per_call(n, || _ = black_box(limited.call(black_box(7)))),
        || {
            per_call(n, || {
                if governor.check().is_ok() {
                    _ = black_box(work(black_box(7)));
                }
            })
        },
    );
    print("sk/rate limiter that lets through", "ns", ours, Some((peer, "governor")));

    build_time();
}

/// Calls one of the two `n` times, for valgrind to count.
fn repeat(task: &str) {
    let Some((side, n)) = task.split_once(' ').and_then(|(side, n)| Some((side, n.parse::<u32>().ok()?))) else {
        return;
    };
    if side == "work" {
        (0..n).for_each(|_| _ = black_box(work(black_box(7))));
    } else {
        (0..n).for_each(|_| _ = black_box(plain_work(black_box(7))));
    }
}

/// Instructions of one more call: those of 11,000 less those of 1,000, so that the start does not count.
fn instructions(side: &str) -> Option<f64> {
    let count = |n: u32| {
        let exe = std::env::current_exe().ok()?;
        let out = std::process::Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(exe)
            .arg("sk")
            .env(LOOP, format!("{side} {n}"))
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&out.stderr).into_owned();
        let collected = text.lines().find_map(|line| line.split("Collected : ").nth(1))?;
        collected.trim().parse::<f64>().ok()
    };
    Some(((count(11_000)? - count(1_000)?) / 10_000.0).round())
}

/// What `#[sk]` adds to a build of 100 methods, and of 100 functions: `cargo check` of a crate with and without it.
fn build_time() {
    for (what, with) in [("100 methods", methods as fn(bool) -> String), ("100 functions", functions)] {
        match (check(what, &with(true)), check(what, &with(false))) {
            (Ok(ours), Ok(peer)) => {
                print(&format!("sk/build of {what}"), "ms", ours, Some((peer, "the same without #[sk]")));
            }
            (Err(why), _) | (_, Err(why)) => eprintln!("bench-kit: no figure for sk/build: {why}"),
        }
    }
}

fn methods(sk: bool) -> String {
    let mut text = String::from("pub struct Thing { a: u64, b: Vec<String> }\n");
    text.push_str(if sk { "#[suitkaise_sk::sk]\nimpl Thing {\n" } else { "impl Thing {\n" });
    for i in 0..100 {
        text.push_str(&format!(
            "pub fn method{i}(&mut self, n: u64, name: &str) -> Result<u64, String> {{ self.a += n; self.b.push(name.into()); Ok(self.a) }}\n"
        ));
    }
    text + "}\n"
}

fn functions(sk: bool) -> String {
    let mark = if sk { "#[suitkaise_sk::sk]\n" } else { "" };
    (0..100)
        .map(|i| format!("{mark}pub fn call{i}(n: u64, name: &str) -> Result<u64, String> {{ Ok(n + name.len() as u64) }}\n"))
        .collect()
}

/// Milliseconds of the best of five checks of a crate with this text.
fn check(what: &str, text: &str) -> Result<f64, String> {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = std::env::temp_dir().join(format!("suitkaise-bench-sk-{}", std::process::id()));
    let fail = |e: std::io::Error| format!("{what} in {}: {e}", dir.display());
    std::fs::create_dir_all(dir.join("src")).map_err(fail)?;
    let sk = here.join("../../sk");
    let manifest = format!(
        "[package]\nname = \"many\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\nsuitkaise-sk = {{ path = {sk:?} }}\n"
    );
    std::fs::write(dir.join("Cargo.toml"), manifest).map_err(fail)?;
    let mut best = f64::MAX;
    for round in 0..6 {
        std::fs::write(dir.join("src/lib.rs"), format!("// {round}\n{text}")).map_err(fail)?;
        let start = Instant::now();
        let done = std::process::Command::new("cargo")
            .args(["check", "--quiet", "--offline"])
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", dir.join("target"))
            .current_dir(&dir)
            .output()
            .map_err(fail)?;
        if !done.status.success() {
            return Err(format!("{what}: {}", String::from_utf8_lossy(&done.stderr)));
        }
        if round > 0 {
            best = best.min(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    std::fs::remove_dir_all(&dir).map_err(fail)?;
    Ok(best)
}
