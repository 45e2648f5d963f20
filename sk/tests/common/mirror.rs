//! An object that lives elsewhere, for tests: every argument, answer and state really goes through bytes.
#![allow(missing_docs, unreachable_pub, dead_code, clippy::unwrap_used, reason = "a test")]

use std::sync::Mutex;

use cerial::{Cerial, deserialize, serialize};
use suitkaise_sk::{Ask, Dispatch, MethodMeta, Serve, Server, Shareable, Transport};

/// Where the object lives. It is put away as bytes after every command, as by somebody who may be killed at any time.
pub struct Mirror {
    state: Mutex<Vec<u8>>,
    log: Mutex<Vec<(u32, Vec<u8>)>>,
}

impl Mirror {
    pub fn new(object: &impl Cerial) -> Mirror {
        Mirror { state: Mutex::new(serialize(object).unwrap()), log: Mutex::default() }
    }

    /// The object as it is.
    pub fn object<T: Cerial>(&self) -> T {
        deserialize(&self.state.lock().unwrap()).unwrap()
    }

    pub fn change<T: Cerial>(&self, f: impl FnOnce(&mut T)) {
        let mut state = self.state.lock().unwrap();
        let mut object: T = deserialize(&state).unwrap();
        f(&mut object);
        *state = serialize(&object).unwrap();
    }

    /// The object as a process of this number sees it.
    pub fn proxy<T: Shareable>(&self, process: u64) -> T::Proxy<Way<'_, T>> {
        T::proxy(Way { mirror: self, process, marker: std::marker::PhantomData })
    }

    /// Makes every call again, on another object.
    pub fn replay<T: Dispatch<Frame>>(&self, object: &mut T) {
        for (index, arguments) in self.log.lock().unwrap().iter() {
            object.dispatch(*index, Frame(arguments.clone())).unwrap();
        }
    }

    /// How many calls have come.
    pub fn calls(&self) -> usize {
        self.log.lock().unwrap().len()
    }
}

pub struct Way<'a, T> {
    mirror: &'a Mirror,
    process: u64,
    marker: std::marker::PhantomData<fn() -> T>,
}

impl<T> Transport for Way<'_, T> {
    type Error = String;
    fn process(&self) -> u64 {
        self.process
    }
}

impl<T: Cerial + Dispatch<Frame>, A: Cerial, R: Cerial> Ask<A, R> for Way<'_, T> {
    fn ask(&self, method: &'static MethodMeta, arguments: A) -> Result<R, String> {
        assert!(method.shared, "{} cannot be called from another process", method.name);
        assert_eq!(T::META.at(method.index), Some(method));
        let arguments = serialize(&arguments).unwrap();
        let mut state = self.mirror.state.lock().unwrap();
        let mut object: T = deserialize(&state).unwrap();
        self.mirror.log.lock().unwrap().push((method.index, arguments.clone()));
        let answer = object.dispatch(method.index, Frame(arguments))?;
        *state = serialize(&object).unwrap();
        deserialize(&answer).map_err(|e| e.to_string())
    }
}

pub struct Frame(Vec<u8>);

impl Server for Frame {
    type Done = Result<Vec<u8>, String>;
    fn unknown(self, index: u32) -> Self::Done {
        Err(format!("no method {index}"))
    }
}

impl<A: Cerial, R: Cerial> Serve<A, R> for Frame {
    fn serve(self, _: &'static MethodMeta, call: impl FnOnce(A) -> R) -> Self::Done {
        Ok(serialize(&call(deserialize(&self.0).unwrap())).unwrap())
    }
}
