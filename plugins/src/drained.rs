//! Sources that travel as what they still hold: receivers, iterators.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::VecDeque;
use std::fmt;
use std::sync::mpsc;

use cerial::codec::{Codec, ReadCodec, Static};
use cerial::schema::{Kind, SchemaBuilder};
use cerial::{Decode, Encode, Error, Patcher, Reader, Result, Shape, Walker, Writer};

/// A source of items that can be emptied without waiting, and made without any.
pub trait Drain: Sized {
    /// What comes out of it.
    type Item;
    /// Takes what is there now.
    fn take(&mut self) -> Option<Self::Item>;
    /// A source that has ended: no item will come.
    fn ended() -> Self;
}

/// A receiver whose `try_recv` takes an item.
macro_rules! receivers {
    ($($(#[$attr:meta])* $receiver:ty, $ended:expr;)*) => {$(
        $(#[$attr])*
        impl<T> Drain for $receiver {
            type Item = T;
            fn take(&mut self) -> Option<T> {
                self.try_recv().ok()
            }
            fn ended() -> Self {
                $ended
            }
        }
    )*};
}

receivers! {
    mpsc::Receiver<T>, mpsc::channel().1;
    #[cfg(feature = "crossbeam-channel")]
    crossbeam_channel::Receiver<T>, crossbeam_channel::unbounded().1;
    #[cfg(feature = "tokio")]
    tokio::sync::mpsc::Receiver<T>, tokio::sync::mpsc::channel(1).1;
    #[cfg(feature = "tokio")]
    tokio::sync::mpsc::UnboundedReceiver<T>, tokio::sync::mpsc::unbounded_channel().1;
}

/// An iterator as a source: `Drained<Remaining<I>>` travels as the items that are still to come.
pub struct Remaining<I>(Option<I>);

impl<I: Iterator> Drain for Remaining<I> {
    type Item = I::Item;
    fn take(&mut self) -> Option<I::Item> {
        let item = self.0.as_mut()?.next();
        if item.is_none() {
            self.0 = None;
        }
        item
    }
    fn ended() -> Self {
        Remaining(None)
    }
}

/// More items than this are an endless iterator, to which nobody can wait for the end.
const MOST: usize = 1 << 26;

/// A source, by value, that travels as the items that it holds.
///
/// Writing it takes what has arrived out of the channel, or what is left in the iterator, and keeps it here, so that
/// nothing is lost and writing it again gives the same; what arrives later is not in the bytes. The one that is read
/// has those items and no sender. Until it is written, an iterator is consumed one by one as it is asked. An iterator
/// that does not end is an error after 67,108,864 items.
///
/// ```
/// use cerial_plugins::{Drained, Remaining};
/// use std::sync::mpsc::{Receiver, channel};
///
/// # fn main() -> cerial::Result<()> {
/// let (sender, receiver) = channel();
/// sender.send("a".to_owned()).unwrap();
/// let drained = Drained::new(receiver);
/// let back: Drained<Receiver<String>> = cerial::deserialize(&cerial::serialize(&drained)?)?;
/// assert_eq!(back.next_now(), Some("a".to_owned()));
/// assert_eq!(back.next_now(), None);
/// assert_eq!(drained.next_now(), Some("a".to_owned()));
///
/// let mut squares = Drained::of((1..=4).map(|n| n * n));
/// assert_eq!(squares.next(), Some(1));
/// let bytes = cerial::serialize(&squares)?;
/// let back: Drained<Remaining<std::vec::IntoIter<i32>>> = cerial::deserialize(&bytes)?;
/// assert_eq!(back.collect::<Vec<_>>(), [4, 9, 16]);
/// # Ok(()) }
/// ```
pub struct Drained<R: Drain> {
    source: RefCell<R>,
    /// Taken out of the source, in order, and not given out yet.
    taken: RefCell<VecDeque<R::Item>>,
}

impl<I: Iterator> Drained<Remaining<I>> {
    /// Wraps an iterator.
    pub fn of(items: impl IntoIterator<IntoIter = I>) -> Drained<Remaining<I>> {
        Drained::new(Remaining(Some(items.into_iter())))
    }
}

impl<R: Drain> Drained<R> {
    /// Wraps a receiver.
    pub fn new(source: R) -> Drained<R> {
        Drained { source: RefCell::new(source), taken: RefCell::default() }
    }

    /// The next item, if one has arrived.
    pub fn next_now(&self) -> Option<R::Item> {
        let taken = self.taken.borrow_mut().pop_front();
        taken.or_else(|| self.source.borrow_mut().take())
    }

    /// The items that were taken out already, and the source with what comes after them.
    pub fn into_parts(self) -> (VecDeque<R::Item>, R) {
        (self.taken.into_inner(), self.source.into_inner())
    }

    fn take_all(&self) -> Result<Ref<'_, VecDeque<R::Item>>> {
        let mut source: RefMut<'_, R> =
            self.source.try_borrow_mut().map_err(|_| Error::extract("a source is being read from"))?;
        while let Some(item) = source.take() {
            let mut taken = self.taken.borrow_mut();
            taken.push_back(item);
            if taken.len() > MOST {
                return Err(Error::extract(format!(
                    "more than {MOST} items are left: does the iterator end?"
                ))
                .with_help("bound it with `take(n)`"));
            }
        }
        drop(source);
        Ok(self.taken.borrow())
    }
}

impl<R: Drain> Iterator for Drained<R> {
    type Item = R::Item;
    /// [`Drained::next_now`]: of a receiver, what has arrived; of an iterator, all there is.
    fn next(&mut self) -> Option<R::Item> {
        self.next_now()
    }
}

impl<R: Drain> fmt::Debug for Drained<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drained").field("taken", &self.taken.borrow().len()).finish_non_exhaustive()
    }
}

/// The items' codec: a list.
fn items<T>() -> Static<VecDeque<T>> {
    Static::NEW
}

impl<R: Drain<Item: Encode>> Encode for Drained<R> {
    fn shape() -> Shape {
        items::<R::Item>().shape()
    }
    fn schema(builder: &mut SchemaBuilder) -> Kind {
        items::<R::Item>().schema(builder)
    }
    fn head(&self, _: &mut [u8]) {}
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        items().tail(&*self.take_all()?, w)
    }
    fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
        // What has not been taken out yet stays where it is.
        items().walk(&*self.taken.borrow(), walker)
    }
    fn patch(&mut self, patcher: &mut Patcher<'_>) {
        // Weak pointers wait in the items, which `read` left here.
        items().patch(self.taken.get_mut(), patcher);
    }
}

impl<'de, R: Drain<Item: Decode<'de>>> Decode<'de> for Drained<R> {
    fn read(head: &[u8], r: &mut Reader<'de>) -> Result<Drained<R>> {
        let taken = RefCell::new(items().read(head, r)?);
        Ok(Drained { source: RefCell::new(R::ended()), taken })
    }
}
