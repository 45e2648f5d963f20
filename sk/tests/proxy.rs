//! The proxy, and the dispatcher at the other end, over a transport of the test's own.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(missing_docs, unreachable_pub, reason = "the types stand for a library's")]

use std::any::Any;
use std::cell::{Cell, RefCell};

use suitkaise_sk::{Ask, Caller, Dispatch, MethodMeta, Serve, Server, Shareable, Transport, sk};

#[derive(Default)]
struct Board {
    lines: Vec<String>,
}

#[sk]
impl Board {
    /// Adds a line.
    pub fn add(&mut self, line: &str) {
        self.lines.push(line.to_owned());
    }
    pub fn find(&self, words: &[String], from: usize) -> Option<usize> {
        self.lines.iter().skip(from).position(|l| words.contains(l))
    }
    pub fn len(&self) -> usize {
        self.lines.len()
    }
    fn private(&self) {}
    pub fn take(&mut self) -> Result<String, String> {
        self.private();
        self.lines.pop().ok_or_else(|| "empty".into())
    }
}

/// Boxes what a real transport would encode.
struct Local<'a> {
    board: &'a RefCell<Board>,
    asked: &'a Cell<&'static str>,
}

struct Frame(Box<dyn Any>);

impl Transport for Local<'_> {
    type Error = String;
}

impl<A: 'static, R: 'static> Ask<A, R> for Local<'_> {
    fn ask(&self, method: &'static MethodMeta, arguments: A) -> Result<R, String> {
        self.asked.set(method.name);
        let answer = self.board.borrow_mut().dispatch(method.index, Frame(Box::new(arguments)))?;
        answer.downcast().map(|r| *r).map_err(|_| "another type".into())
    }
}

impl Server for Frame {
    type Done = Result<Box<dyn Any>, String>;
    fn unknown(self, index: u32) -> Self::Done {
        Err(format!("no method {index}"))
    }
}

impl<A: 'static, R: 'static> Serve<A, R> for Frame {
    fn serve(self, _: &'static MethodMeta, call: impl FnOnce(A) -> R) -> Self::Done {
        let arguments = self.0.downcast::<A>().map_err(|_| "other arguments")?;
        Ok(Box::new(call(*arguments)))
    }
}

#[test]
fn a_proxy_has_the_objects_methods_and_sends_them() {
    let (board, asked) = (RefCell::new(Board::default()), Cell::new(""));
    let proxy = Board::proxy(Local { board: &board, asked: &asked });
    proxy.add("a").unwrap();
    proxy.add("b").unwrap();
    assert_eq!(asked.get(), "add");
    assert_eq!(proxy.len().unwrap(), 2);
    assert_eq!(proxy.find(&["b".to_owned()], 0).unwrap(), Some(1));
    assert_eq!(proxy.take().unwrap().unwrap(), "b");
    assert_eq!(proxy.take().unwrap().unwrap(), "a");
    assert_eq!(proxy.take().unwrap().unwrap_err(), "empty");
    assert_eq!(board.borrow().lines.len(), 0);
}

#[test]
fn an_unknown_index_and_a_private_method_are_refused() {
    let mut board = Board::default();
    let private = Board::META.method("private").unwrap().index;
    for index in [private, 99] {
        let refused = board.dispatch(index, Frame(Box::new(()))).err().unwrap();
        assert_eq!(refused, format!("no method {index}"));
    }
}

#[test]
fn getters_are_marked() {
    let getters: Vec<_> = Board::META.methods().filter(|m| m.getter).map(|m| m.name).collect();
    assert_eq!(getters, ["len"]);
}

/// A counter in several blocks, with a method that must not run where it lives.
#[derive(Default)]
pub struct Tally<T> {
    marks: Vec<(u64, T)>,
    notes: String,
}

#[sk(proxy, blocks(notes, looks), process_ended = forget)]
impl<T: Clone + 'static> Tally<T> {
    /// Marks for the calling process.
    #[sk(via = mark_for(process: u64, mark: T) -> usize, writes(marks))]
    pub fn mark(&mut self, mark: T) -> usize {
        self.mark_for(0, mark)
    }
    fn forget(&mut self, process: u64) {
        self.marks.retain(|(owner, _)| *owner != process);
    }
}

#[sk(proxy, extend = notes)]
impl<T: Clone + 'static> Tally<T> {
    pub fn note(&mut self, text: &str) {
        self.notes.push_str(text);
    }
}

#[sk(proxy, extend = looks)]
impl<T: Clone + 'static> Tally<T> {
    pub fn count(&self) -> usize {
        self.marks.len()
    }
    pub fn notes(&self) -> String {
        self.notes.clone()
    }
}

impl<T> Tally<T> {
    fn mark_for(&mut self, process: u64, mark: T) -> usize {
        self.marks.push((process, mark));
        self.marks.len()
    }
}

impl<T: Clone + 'static, W: Transport> TallyProxy<T, W> {
    /// The process is added where the call is made.
    pub fn mark(&self, mark: T) -> Result<usize, W::Error>
    where
        W: Ask<(u64, T), usize>,
    {
        self.mark_there(self.transport.process(), mark)
    }
}

/// As [`Local`], for any object.
struct Near<'a, T>(&'a RefCell<T>, u64);

impl<T> Transport for Near<'_, T> {
    type Error = String;
    fn process(&self) -> u64 {
        self.1
    }
}

impl<T: Dispatch<Frame>, A: 'static, R: 'static> Ask<A, R> for Near<'_, T> {
    fn ask(&self, method: &'static MethodMeta, arguments: A) -> Result<R, String> {
        let answer = self.0.borrow_mut().dispatch(method.index, Frame(Box::new(arguments)))?;
        answer.downcast().map(|r| *r).map_err(|_| "another type".into())
    }
}

#[test]
fn further_blocks_are_in_the_metadata_and_the_proxy() {
    let names: Vec<_> = Tally::<u8>::META.methods().map(|m| m.name).collect();
    assert_eq!(names, ["mark", "forget", "note", "count", "notes"]);
    let note = Tally::<u8>::META.method("note").unwrap();
    assert_eq!((note.writes, note.index >> 16 == 0), (&["notes"][..], false));
    assert_eq!(Tally::<u8>::META.at(note.index), Some(note));
    assert_eq!(Tally::<u8>::META.at(u32::MAX), None);

    let tally = RefCell::new(Tally::<u8>::default());
    let proxy = Tally::<u8>::proxy(Near(&tally, 7));
    assert_eq!((proxy.mark(1).unwrap(), proxy.mark(2).unwrap(), proxy.count().unwrap()), (1, 2, 2));
    proxy.note("two").unwrap();
    assert_eq!(proxy.notes().unwrap(), "two");
    for index in [u32::MAX, note.index + 9] {
        assert!(tally.borrow_mut().dispatch(index, Frame(Box::new(()))).is_err());
    }
}

#[test]
fn a_method_goes_by_another_one_and_a_process_that_ends_is_forgotten() {
    let mark = Tally::<u8>::META.method("mark").unwrap();
    assert!(mark.shared && mark.returns);
    let tally = RefCell::new(Tally::<u8>::default());
    let (gone, stays) = (Tally::<u8>::proxy(Near(&tally, 7)), Tally::<u8>::proxy(Near(&tally, 8)));
    gone.mark(1).unwrap();
    stays.mark(2).unwrap();
    tally.borrow_mut().process_ended(7);
    assert_eq!(tally.borrow().marks, [(8, 2)]);
}

#[test]
fn a_caller_is_a_thread_of_a_process() {
    let here = Near(&RefCell::new(Board::default()), 7).caller();
    assert_eq!(here, Caller::new(7));
    let other = std::thread::spawn(|| Caller::new(7)).join().unwrap();
    assert_eq!((other.process, other.thread == here.thread), (7, false));
}
