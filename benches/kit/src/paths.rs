//! Skpath beside `std::fs::canonicalize`, the project walk beside the `ignore` crate.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use suitkaise_paths::{CustomRoot, Project, Skpath, streamline_path};

use crate::harness::{alternate, per_call, print};

const PEER: &str = "fs::canonicalize + String";
const LOOP: &str = "BENCH_KIT_PATHS_LOOP";

pub fn run() {
    let dir = std::env::temp_dir().join(format!("bench-kit-paths-{}", std::process::id()));
    if let Ok(task) = std::env::var(LOOP) {
        return repeat(&task);
    }
    let deep = dir.join("a/b");
    std::fs::create_dir_all(&deep).expect("cannot make the bench's directory");
    let dir = dir.canonicalize().expect("the directory was just made");
    std::fs::write(dir.join("setup.sk"), "").expect("cannot write the marker");
    let file = dir.join("a/b/c.txt");
    std::fs::write(&file, "").expect("cannot write the file");

    construction(&file);
    walk(&dir);
    std::fs::remove_dir_all(&dir).expect("cannot remove the bench's directory");
}

fn construction(file: &Path) {
    let n = 20_000;
    let (a, b) = alternate(|| per_call(n, || _ = black_box(ours(file))), || per_call(n, || _ = black_box(peer(file))));
    print("paths/Skpath construction", "ns", a, Some((b, PEER)));
    let (a, b) = (allocations(|| _ = black_box(ours(file))), allocations(|| _ = black_box(peer(file))));
    print("paths/Skpath construction, allocations", "allocations", a, Some((b, PEER)));
    match (system_calls("ours", file), system_calls("peer", file)) {
        (Some(a), Some(b)) => print("paths/Skpath construction, system calls", "calls", a, Some((b, PEER))),
        _ => eprintln!("paths/Skpath construction, system calls: not counted, `strace` is missing or may not trace"),
    }
    let dir = file.parent().expect("the file stands in a directory");
    let (a, b) = alternate(
        || per_call(n, || _ = black_box(suitkaise_paths::find_root(dir))),
        || per_call(n, || _ = black_box((dir.canonicalize(), dir.is_dir()))),
    );
    print("paths/root detection, known", "ns", a, Some((b, "fs::canonicalize + is_dir")));
    let path = ours(file);
    print("paths/Skpath construction and rp", "ns", per_call(n, || _ = black_box(ours(file).rp().len())), None);
    print("paths/Skpath construction and id", "ns", per_call(n, || _ = black_box(ours(file).id())), None);
    print("paths/rp", "ns", per_call(n, || _ = black_box(black_box(&path).rp())), None);
    print("paths/id", "ns", per_call(n, || _ = black_box(black_box(&path).id())), None);
    print("paths/streamline_path", "ns", per_call(n, || _ = black_box(streamline_path(" My: Report 7?.TXT "))), None);
}

fn ours(file: &Path) -> Skpath {
    Skpath::try_new(file).expect("the file is there")
}

fn peer(file: &Path) -> (PathBuf, String) {
    let path = file.canonicalize().expect("the file is there");
    let text = path.to_string_lossy().into_owned();
    (path, text)
}

/// 100,000 files in 1,000 directories, with rules that ignore a tenth of them.
fn walk(dir: &Path) {
    for d in 0..1000 {
        let sub = dir.join(format!("tree/{:02}/{d:03}", d % 20));
        std::fs::create_dir_all(&sub).expect("cannot make the tree");
        for f in 0..100 {
            let name = if f % 10 == 0 { format!("{f:02}.log") } else { format!("{f:02}.rs") };
            std::fs::write(sub.join(name), "").expect("cannot write a file of the tree");
        }
    }
    std::fs::write(dir.join(".gitignore"), "*.log\n").expect("cannot write the rules");
    let _root = CustomRoot::try_new(dir).expect("the directory is there");
    let timed = |f: &dyn Fn() -> usize| {
        let start = Instant::now();
        assert!(black_box(f()) > 90_000);
        start.elapsed().as_secs_f64() * 1e3
    };
    let alone = || {
        let mut builder = ignore::WalkBuilder::new(dir);
        builder.standard_filters(false).ignore(true).git_ignore(true).git_exclude(true).require_git(false);
        builder.build().filter_map(Result::ok).map(ignore::DirEntry::into_path).collect::<Vec<_>>().len()
    };
    let project = Project::new();
    let (ours, theirs) =
        alternate(|| timed(&|| project.paths().map_or(0, |paths| paths.len())), || timed(&alone));
    print("paths/project paths, 100,000 files", "ms", ours, Some((theirs, "ignore::WalkBuilder, the same rules")));
    let (ours, theirs) = alternate(|| timed(&|| project.tree().map_or(0, |tree| tree.len())), || timed(&alone));
    print("paths/project tree, 100,000 files", "ms", ours, Some((theirs, "ignore::WalkBuilder, paths only")));
}

/// Runs one side `n` times, for `strace` to count.
fn repeat(task: &str) {
    let mut words = task.splitn(3, ' ');
    let (side, n, file) = (words.next(), words.next(), words.next());
    let (Some(side), Some(n), Some(file)) = (side, n.and_then(|n| n.parse::<u32>().ok()), file) else { return };
    for _ in 0..n {
        match side {
            "ours" => _ = black_box(ours(Path::new(file))),
            _ => _ = black_box(peer(Path::new(file))),
        }
    }
}

/// System calls of one more construction: those of 1,100 less those of 100, so that start and cache do not count.
fn system_calls(side: &str, file: &Path) -> Option<f64> {
    let count = |n: u32| {
        let log = file.with_extension("strace");
        let exe = std::env::current_exe().ok()?;
        let task = format!("{side} {n} {}", file.display());
        let status = Command::new("strace").arg("-f").arg("-o").arg(&log).arg(exe).arg("paths").env(LOOP, task).status();
        let lines = status.ok()?.success().then(|| std::fs::read_to_string(&log).ok())??.lines().count();
        Some(lines as f64)
    };
    Some((count(1_100)? - count(100)?) / 1_000.0)
}

/// Allocations of one call, once the caches are filled.
fn allocations(f: impl Fn()) -> f64 {
    f();
    MADE.store(0, Ordering::Relaxed);
    COUNTS.store(true, Ordering::Relaxed);
    f();
    COUNTS.store(false, Ordering::Relaxed);
    MADE.load(Ordering::Relaxed) as f64
}

static COUNTS: AtomicBool = AtomicBool::new(false);
static MADE: AtomicU64 = AtomicU64::new(0);

/// The system's allocator; it counts while it is asked to, and otherwise costs one relaxed load.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY:
// - every call is passed on to `System` with the arguments it came with, so its contract is `System`'s.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNTS.load(Ordering::Relaxed) {
            MADE.fetch_add(1, Ordering::Relaxed);
        }
        // SAFETY:
        // - the caller keeps `GlobalAlloc::alloc`'s contract, which is the one of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY:
        // - `at` came from `alloc` above, that is from `System`, with this layout.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if COUNTS.load(Ordering::Relaxed) {
            MADE.fetch_add(1, Ordering::Relaxed);
        }
        // SAFETY:
        // - `at` came from `alloc` above, that is from `System`, with this layout; `size` is the caller's.
        unsafe { System.realloc(at, layout, size) }
    }
}
