//! Values of the standard library's types, and of ours.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::cmp::{Ordering, Reverse};
use std::collections::*;
use std::convert::Infallible;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::io::Cursor;
use std::marker::PhantomData;
use std::net::*;
use std::num::{NonZero, Saturating, Wrapping};
use std::ops::*;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output};
use std::rc::Rc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::sync::*;
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cerial::Serde;
use cerial_plugins::{
    Barrier, ContextVar, Drained, Finished, Lazy, Pattern, PatternOptions, Queue, Remaining,
};
use regex::{Regex, RegexSet, bytes};

fn odd() -> OsString {
    OsString::from_vec(b"/tmp/\xff\xfe".to_vec())
}

fn near(a: &Instant, b: &Instant) -> bool {
    a.max(b).duration_since(*a.min(b)) < Duration::from_secs(10)
}

fn done(once: Once) -> Once {
    once.call_once(|| {});
    once
}

fn queue(items: [u8; 3]) -> Queue<u8> {
    let queue = Queue::bounded(8);
    items.into_iter().for_each(|item| queue.put(item));
    queue
}

fn waiting(queue: &Queue<u8>) -> Vec<u8> {
    let items: Vec<u8> = std::iter::from_fn(|| queue.try_get()).collect();
    items.iter().for_each(|&item| queue.put(item));
    items
}

fn received(items: [u8; 3]) -> Drained<mpsc::Receiver<u8>> {
    let (sender, receiver) = mpsc::channel();
    items.into_iter().for_each(|item| sender.send(item).unwrap());
    Drained::new(receiver)
}

fn command() -> Command {
    let mut command = Command::new("/bin/echo");
    command.args(["a", "b c"]).env("A", "1").env_remove("B").current_dir("/");
    command
}

thread_local! {
    static USER: RefCell<String> = const { RefCell::new(String::new()) };
}
cerial_plugins::context! {
    struct User: String = thread_local USER;
}

type Words = Drained<Remaining<std::vec::IntoIter<String>>>;

crate::entries! {
    "unit, ()": cerial () = [()];
    "bool": cerial bool = [true, false];
    "i8 .. i128, u8 .. u128, isize, usize": cerial (i8, u16, i128, u128, isize, usize) =
        [(-1, 2, i128::MIN, u128::MAX, -5, 6)];
    "f32, f64": cerial (f32, f64) = [(f32::from_bits(0x7fc0_1234), -0.0), (1.5, f64::NEG_INFINITY)],
        |a, b| (a.0.to_bits(), a.1.to_bits()) == (b.0.to_bits(), b.1.to_bits());
    "char": cerial char = ['x', '\u{10ffff}'];
    "String, Box<str>, Rc<str>, Arc<str>": cerial (String, Box<str>, Rc<str>, Arc<str>) =
        [("é".into(), "b".into(), "r".into(), "a".into())];
    "Vec<u8>": cerial Vec<u8> = [vec![], vec![0, 255]];
    "Cow<'_, str>, Cow<'_, [u8]>": cerial Serde<Cow<'static, str>> = [Serde("c".into())], |a, b| a.0 == b.0;
    "Option<T>": cerial Option<Option<u8>> = [None, Some(None), Some(Some(1))];
    "Result<T, E>": cerial Result<u8, String> = [Ok(1), Err("e".into())];
    "tuples to 12, [T; N]": cerial (u8, [u16; 3]) = [(1, [2, 3, 4])];
    "PhantomData<T>": cerial PhantomData<u8> = [PhantomData];
    "Vec<T>, VecDeque<T>, LinkedList<T>, Box<[T]>": cerial (Vec<u16>, VecDeque<u8>, LinkedList<u8>, Box<[u8]>) =
        [(vec![1, 2], [3].into(), [4].into(), [5].into())];
    "HashMap<K, V, S>, BTreeMap<K, V>": cerial (HashMap<String, u8>, BTreeMap<i8, u8>) =
        [([("a".into(), 1), ("b".into(), 2)].into(), [(-1, 1)].into())];
    "HashSet<T, S>, BTreeSet<T>": cerial (HashSet<u8>, BTreeSet<String>) = [([1, 2].into(), ["x".into()].into())];
    "BinaryHeap<T>": cerial BinaryHeap<u8> = [BinaryHeap::from([3, 1, 2])],
        |a, b| a.clone().into_sorted_vec() == b.clone().into_sorted_vec();
    "Box<T>": cerial Box<u8> = [Box::new(1)];
    "Rc<T>, Arc<T>": cerial (Rc<u8>, Arc<u8>) = [(Rc::new(1), Arc::new(2))];
    "rc::Weak<T>, sync::Weak<T>": cerial (Arc<u8>, sync_weak::Weak) = sync_weak::both(),
        |a, b| a.0 == b.0 && a.1.upgrade() == b.1.upgrade();
    "Cell<T>, RefCell<T>": cerial (Cell<u8>, RefCell<String>) = [(Cell::new(1), RefCell::new("r".into()))];
    "OnceCell<T>, OnceLock<T>": cerial (OnceCell<u8>, OnceLock<u8>) = [(OnceCell::from(1), OnceLock::new())];
    "Mutex<T>, RwLock<T>": cerial (Mutex<u8>, RwLock<String>) = [(Mutex::new(1), RwLock::new("w".into()))],
        |a, b| *a.0.lock().unwrap() == *b.0.lock().unwrap() && *a.1.read().unwrap() == *b.1.read().unwrap();
    "AtomicBool, AtomicI8 .. AtomicU64, AtomicIsize, AtomicUsize": cerial AtomicI64 = [AtomicI64::new(-1)],
        |a, b| a.load(SeqCst) == b.load(SeqCst);
    "NonZero<T>": cerial NonZero<u32> = [NonZero::new(7).unwrap()];
    "Wrapping<T>, Saturating<T>, Reverse<T>": cerial (Wrapping<u8>, Saturating<i8>, Reverse<u8>) =
        [(Wrapping(250), Saturating(-3), Reverse(1))];
    "Range<T> and its kin, Bound<T>": cerial (Range<u8>, RangeInclusive<char>, RangeFull, Bound<u8>) =
        [(1..9, 'a'..='z', .., Bound::Excluded(3))];
    "Ordering, ControlFlow<B, C>, Poll<T>": cerial (Ordering, ControlFlow<u8, u8>, Poll<u8>) =
        [(Ordering::Less, ControlFlow::Break(1), Poll::Pending)];
    "Infallible": cerial Result<u8, Infallible> = [Ok(1)];
    "Duration": cerial Duration = [Duration::new(5, 999_999_999)];
    "SystemTime": cerial SystemTime = [UNIX_EPOCH + Duration::new(5, 6), UNIX_EPOCH - Duration::from_nanos(1)];
    "PathBuf, Box<Path>, Rc<Path>, Arc<Path>": cerial (PathBuf, Box<Path>, Arc<Path>) =
        [("/srv".into(), Path::new(&odd()).into(), Path::new("é").into())];
    "OsString, Box<OsStr>, Rc<OsStr>, Arc<OsStr>": cerial (OsString, Box<OsStr>) = [(odd(), OsStr::new("x").into())];
    "CString, Box<CStr>, Rc<CStr>, Arc<CStr>": cerial (CString, Box<CStr>) = [(c"\xff".into(), c"".into())];
    "IpAddr, Ipv4Addr, Ipv6Addr": cerial (IpAddr, Ipv4Addr, Ipv6Addr) =
        [([192, 0, 2, 1].into(), Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST)];
    "SocketAddr, SocketAddrV4, SocketAddrV6": cerial (SocketAddr, SocketAddrV6) =
        [(([192, 0, 2, 1], 80).into(), SocketAddrV6::new(Ipv6Addr::LOCALHOST, 65535, 7, 9))];
    "io::Error, io::ErrorKind": cerial std::io::Error =
        [std::io::Error::from_raw_os_error(2), std::io::Error::new(std::io::ErrorKind::TimedOut, "late")],
        |a, b| (a.kind(), a.raw_os_error(), a.to_string()) == (b.kind(), b.raw_os_error(), b.to_string());
    "process::ExitStatus, process::Output": cerial Output =
        [Output { status: ExitStatus::from_raw(9), stdout: b"out".to_vec(), stderr: vec![] }];
    "Cursor<T>": cerial Cursor<Vec<u8>> = [{ let mut c = Cursor::new(vec![1, 2, 3]); c.set_position(2); c }];

    "std::Instant": now Instant = { let now = Instant::now(); [now, now + Duration::from_secs(3600)] }, near;
    "std::Condvar": handler Condvar = [Condvar::new()], |_, _| true;
    "std::Once": handler Once = [done(Once::new()), Once::new()], |a, b| a.is_completed() == b.is_completed();
    "std::Stdin": handler std::io::Stdin = [std::io::stdin()], |_, _| true;
    "std::Stdout": handler std::io::Stdout = [std::io::stdout()], |_, _| true;
    "std::Stderr": handler std::io::Stderr = [std::io::stderr()], |_, _| true;
    "std::Command": handler Command = [command()], |a, b| format!("{a:?}") == format!("{b:?}")
        && a.get_envs().eq(b.get_envs()) && a.get_current_dir() == b.get_current_dir();

    "regex::Regex": handler Regex = ["a+b", "(?i)^x{2,3}$", ""].map(|p| Regex::new(p).unwrap()),
        |a, b| a.as_str() == b.as_str() && a.is_match("aab") == b.is_match("aab");
    "regex::RegexSet": handler RegexSet = [RegexSet::new(["a+b", "(?i)^x{2,3}$"]).unwrap()],
        |a, b| a.patterns() == b.patterns() && a.is_match("xX") == b.is_match("xX");
    "regex::bytes::Regex": handler bytes::Regex = [r"(?-u)\xff", "a"].map(|p| bytes::Regex::new(p).unwrap()),
        |a, b| a.as_str() == b.as_str() && a.is_match(b"\xff") == b.is_match(b"\xff");
    "regex::bytes::RegexSet": handler bytes::RegexSet = [bytes::RegexSet::new([r"(?-u)\xff", "a"]).unwrap()],
        |a, b| a.patterns() == b.patterns();
    "cerial_plugins::Pattern": handler Pattern = {
        let mut options = PatternOptions::default();
        options.case_insensitive = true;
        options.ignore_whitespace = true;
        options.line_terminator = 0;
        [Pattern::new("a b # c", options).unwrap()]
    }, |a, b| a.as_str() == b.as_str() && a.options() == b.options() && b.is_match("AB");
    "url::Url": handler url::Url = ["https://example.org:8443/a?b=c#d", "mailto:a@b"].map(|u| u.parse().unwrap());
    "uuid::Uuid": handler uuid::Uuid = [uuid::Uuid::nil(), uuid::Uuid::from_u128(0x0123_4567_89ab_cdef)];

    "cerial::Queue<T>": cerial Queue<u8> = [queue([1, 2, 3])],
        |a, b| waiting(a) == waiting(b) && a.capacity() == b.capacity();
    "cerial::Drained<Receiver<T>>": cerial Drained<mpsc::Receiver<u8>> = [received([1, 2, 3])],
        |_, b| [b.next_now(), b.next_now(), b.next_now(), b.next_now()] == [Some(1), Some(2), Some(3), None];
    "cerial::Drained<Remaining<I>>": cerial Words = [Drained::of(vec!["a".to_owned(), "b".to_owned()])],
        |_, b| [b.next_now(), b.next_now(), b.next_now()] == [Some("a".into()), Some("b".into()), None];
    "cerial::Lazy<T>": cerial Lazy<Vec<u8>> = [Lazy::new(|| vec![1, 2])], |a, b| **a == **b;
    "cerial::Barrier": cerial Barrier = [Barrier::new(3)], |a, b| a.size() == b.size();
    "cerial::ContextVar<C>": cerial ContextVar<User> = {
        USER.set("ada".into());
        [ContextVar::taken()]
    }, |a, b| a.value() == b.value() && b.run(|| USER.with_borrow(Clone::clone)) == "ada";
    "cerial::Finished<T>": cerial Finished<u8> = {
        let all = [Finished::new(std::thread::spawn(|| 7))];
        all.iter().for_each(Finished::wait);
        all
    }, |a, b| format!("{a:?}") == format!("{b:?}");
}

/// A weak pointer beside its target.
mod sync_weak {
    use std::sync::Arc;
    pub type Weak = std::sync::Weak<u8>;

    pub fn both() -> [(Arc<u8>, Weak); 1] {
        let one = Arc::new(1);
        let weak = Arc::downgrade(&one);
        [(one, weak)]
    }
}
