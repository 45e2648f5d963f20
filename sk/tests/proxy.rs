//! The proxy, and the dispatcher at the other end, over a transport of the test's own.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(missing_docs, unreachable_pub, reason = "the types stand for a library's")]

use std::any::Any;
use std::cell::{Cell, RefCell};

use suitkaise_sk::{Ask, Dispatch, MethodMeta, Serve, Server, Shareable, Transport, sk};

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
    let getters: Vec<_> = Board::META.methods.iter().filter(|m| m.getter).map(|m| m.name).collect();
    assert_eq!(getters, ["len"]);
}
