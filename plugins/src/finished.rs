//! What a thread has returned.

use std::any::Any;
use std::sync::{Mutex, MutexGuard};
use std::thread::JoinHandle;

use cerial::codec::{Codec, ReadCodec, Static};
use cerial::schema::{Kind, SchemaBuilder};
use cerial::{Decode, Encode, Error, Patcher, Reader, Result, Shape, Walker, Writer};

/// A thread's outcome, by the handle of the thread: it travels once the thread has ended.
///
/// Writing one while the thread runs is an error. What is read holds the outcome and no thread. A panic travels as its
/// message.
///
/// ```
/// use cerial_plugins::Finished;
///
/// # fn main() -> cerial::Result<()> {
/// let sum = Finished::new(std::thread::spawn(|| 2 + 2));
/// sum.wait();
/// let back: Finished<i32> = cerial::deserialize(&cerial::serialize(&sum)?)?;
/// assert_eq!(back.into_result(), Ok(4));
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Finished<T> {
    thread: Mutex<Option<JoinHandle<T>>>,
    /// None while the thread runs.
    outcome: Mutex<Option<std::result::Result<T, String>>>,
}

impl<T> Finished<T> {
    /// Takes the handle of a thread.
    pub fn new(thread: JoinHandle<T>) -> Finished<T> {
        Finished { thread: Mutex::new(Some(thread)), outcome: Mutex::new(None) }
    }

    /// Whether the thread has ended.
    pub fn is_finished(&self) -> bool {
        lock(&self.thread).as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits for the thread.
    ///
    /// # Blocking
    /// Until the thread ends, without a limit.
    pub fn wait(&self) {
        let mut thread = lock(&self.thread);
        if let Some(ended) = thread.take() {
            *lock(&self.outcome) = Some(ended.join().map_err(message));
        }
    }

    /// The value, or the panic's message.
    ///
    /// # Errors
    /// The panic's message.
    ///
    /// # Blocking
    /// Until the thread ends, without a limit.
    pub fn into_result(self) -> std::result::Result<T, String> {
        self.wait();
        let outcome = self.outcome.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        outcome.unwrap_or_else(|| Err("the thread left no outcome".to_owned()))
    }

    fn ended(&self) -> Result<&Mutex<Option<std::result::Result<T, String>>>> {
        if !self.is_finished() {
            return Err(Error::extract("a thread runs still, and does not travel")
                .with_help("wait for it first: `Finished::wait`"));
        }
        self.wait();
        Ok(&self.outcome)
    }
}

/// No code of others runs under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn message(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => {
            panic.downcast::<&str>().map_or_else(|_| "no message".to_owned(), |text| (*text).to_owned())
        }
    }
}

/// What travels.
type Held<T> = Mutex<Option<std::result::Result<T, String>>>;

fn held<T>() -> Static<Held<T>> {
    Static::NEW
}

impl<T: Encode> Encode for Finished<T> {
    fn shape() -> Shape {
        held::<T>().shape()
    }
    fn schema(builder: &mut SchemaBuilder) -> Kind {
        held::<T>().schema(builder)
    }
    fn head(&self, _: &mut [u8]) {}
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        held().tail(self.ended()?, w)
    }
    fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
        held().walk(&self.outcome, walker)
    }
    fn patch(&mut self, patcher: &mut Patcher<'_>) {
        held().patch(&mut self.outcome, patcher);
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Finished<T> {
    fn read(head: &[u8], r: &mut Reader<'de>) -> Result<Finished<T>> {
        let outcome = held().read(head, r)?;
        Ok(Finished { thread: Mutex::new(None), outcome })
    }
}
