//! What to use instead of a type that no handler can take.

/// Type paths, as `type_name` begins them, and what to do.
const ADVICE: &[(&[&str], &str)] = &[
    (
        &[
            "std::sync::mpsc::Sender<",
            "std::sync::mpsc::SyncSender<",
            "std::sync::mpsc::Receiver<",
            "crossbeam_channel::channel::Sender<",
            "crossbeam_channel::channel::Receiver<",
            "tokio::sync::mpsc::",
        ],
        "one end of a channel would leave the other behind: use `cerial_plugins::Queue`, which is both ends in one \
         object, or `cerial_plugins::Drained` for what a receiver still holds",
    ),
    (
        &[
            "std::sync::mutex::MutexGuard<",
            "std::sync::poison::mutex::MutexGuard<",
            "std::cell::RefMut<",
            "std::cell::Ref<",
        ],
        "a guard does not travel: keep the lock or the cell itself",
    ),
    (
        &["std::sync::lazy_lock::LazyLock<", "core::cell::lazy::LazyCell<"],
        "a lazy cell cannot be made from a value: use `cerial_plugins::Lazy`, or `OnceLock` or `OnceCell`",
    ),
    (
        &["std::sync::barrier::Barrier"],
        "a barrier cannot be asked for its size: use `cerial_plugins::Barrier`, which knows it",
    ),
    (
        &["std::fs::File", "std::io::buffered::", "tempfile::file::NamedTempFile"],
        "reading bytes must not open anything: hold it as a live resource, `Live<OpenFile>`, `Live<OpenReader>`, \
         `Live<OpenWriter>` or `Live<TempFile>` of `cerial_reconnectors`",
    ),
    (
        &["std::net::tcp::", "std::net::udp::", "std::os::unix::net::", "std::process::"],
        "reading bytes must not open or start anything: hold it as a live resource (`Live<..>`)",
    ),
    (
        &[
            "alloc::boxed::Box<dyn core::ops::function::",
            "alloc::rc::Rc<dyn core::ops::function::",
            "alloc::sync::Arc<dyn core::ops::function::",
        ],
        "nobody can look into a boxed closure: hold a `fn(..) -> ..` that points to a `#[cerial::function]`, with what it \
         would capture beside it, or to a process of the same build `cerial::Code` or `closure!`, behind a type parameter",
    ),
    (
        &["alloc::boxed::Box<dyn ", "alloc::rc::Rc<dyn ", "alloc::sync::Arc<dyn "],
        "put `#[cerial::object]` on the trait and on each impl whose type may stand behind it",
    ),
    (
        &["fn(", "unsafe fn(", "extern \"", "for<"],
        "write the type out where the field stands, `fn(..) -> ..`: behind an alias a function with references is not \
         recognised; mark the function itself `#[cerial::function]`",
    ),
    (
        &["std::thread::JoinHandle<", "std::thread::join_handle::JoinHandle<"],
        "a thread does not travel: `cerial_plugins::Finished` takes its handle, and travels as what it returned",
    ),
    (
        &["num_rational::Ratio<num_bigint::"],
        "a ratio of big integers does not travel: keep its two parts, and make it with `Ratio::new`",
    ),
    (&["std::thread::"], "a thread does not travel: keep what it works on, or its result"),
];

/// The advice for a type, where there is some.
pub(super) fn advice(type_name: &str) -> Option<&'static str> {
    let known = |starts: &&[&str]| starts.iter().any(|start| type_name.starts_with(start));
    ADVICE.iter().find(|(starts, _)| known(starts)).map(|(_, advice)| *advice)
}
