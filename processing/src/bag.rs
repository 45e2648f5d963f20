//! How a descriptor travels inside a value: the bytes hold a number, the descriptor goes beside them with the frame.
//!
//! While one of our own channels writes or reads a payload, the thread has a bag; elsewhere it has none, and a value
//! with a descriptor in it cannot be serialized.

use std::cell::RefCell;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use cerial::Cerial;

use crate::frame::{Frame, MAX_FDS};
use crate::peer::OPTIONS;
use crate::pipe::End;

thread_local! {
    static BAG: RefCell<Bag> = const { RefCell::new(Bag { packing: None, unpacking: None, copying: false }) };
}

struct Bag {
    packing: Option<Packed>,
    unpacking: Option<Vec<Option<OwnedFd>>>,
    /// What is packed stays here too.
    copying: bool,
}

/// What goes with a payload.
pub(crate) type Packed = Vec<Packet>;

/// A copy of a descriptor, and the end of a pipe that it was copied from, if it was.
pub(crate) struct Packet {
    pub(crate) fd: OwnedFd,
    pub(crate) end: Option<Arc<End>>,
}

impl AsFd for Packet {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// A payload was sent: the ends that went with it are the receiver's now.
pub(crate) fn sent(packed: &[Packet]) {
    for end in packed.iter().filter_map(|packet| packet.end.as_ref()) {
        end.leave();
    }
}

/// Runs `write` with an empty bag, and tells what was put in.
pub(crate) fn pack<R>(write: impl FnOnce() -> R) -> (R, Packed) {
    struct Restore(Option<Packed>);
    impl Drop for Restore {
        fn drop(&mut self) {
            BAG.with(|bag| bag.borrow_mut().packing = self.0.take());
        }
    }
    let restore = Restore(BAG.with(|bag| bag.borrow_mut().packing.replace(Vec::new())));
    let written = write();
    let packed = BAG.with(|bag| bag.borrow_mut().packing.take()).unwrap_or_default();
    drop(restore);
    (written, packed)
}

/// [`pack`] for a copy of a value that stays in use here, for the case that this process dies.
pub(crate) fn pack_copy<R>(write: impl FnOnce() -> R) -> (R, Vec<OwnedFd>) {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            BAG.with(|bag| bag.borrow_mut().copying = self.0);
        }
    }
    let _restore = Restore(BAG.with(|bag| std::mem::replace(&mut bag.borrow_mut().copying, true)));
    let (written, packed) = pack(write);
    (written, packed.into_iter().map(|packet| packet.fd).collect())
}

/// Whether what is packed stays in use here.
pub(crate) fn is_copying() -> bool {
    BAG.with(|bag| bag.borrow().copying)
}

/// Reads the value that came in a frame, with its descriptors.
pub(crate) fn open<T: Cerial>(frame: Frame) -> cerial::Result<T> {
    unpack(frame.fds, || OPTIONS.deserialize(&frame.payload))
}

/// Runs `read` with a bag of these descriptors; what is not taken is closed.
pub(crate) fn unpack<R>(fds: Vec<OwnedFd>, read: impl FnOnce() -> R) -> R {
    if fds.is_empty() {
        return read();
    }
    struct Restore(Option<Vec<Option<OwnedFd>>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            BAG.with(|bag| bag.borrow_mut().unpacking = self.0.take());
        }
    }
    let fds = fds.into_iter().map(Some).collect();
    let _restore = Restore(BAG.with(|bag| bag.borrow_mut().unpacking.replace(fds)));
    read()
}

/// Descriptors that one value may have: a frame takes so many, and one is the value's own file.
const MOST: usize = MAX_FDS - 1;

/// Whether there is a bag with room for another descriptor.
pub(crate) fn has_room() -> bool {
    BAG.with(|bag| bag.borrow().packing.as_ref().is_some_and(|packing| packing.len() < MOST))
}

/// Puts a descriptor in; its number, or `None` where there is no bag.
pub(crate) fn put(packet: impl FnOnce() -> std::io::Result<Packet>) -> std::io::Result<Option<u32>> {
    BAG.with(|bag| {
        let mut bag = bag.borrow_mut();
        let Some(packing) = &mut bag.packing else { return Ok(None) };
        if packing.len() >= MOST {
            let said = format!("a value takes {MOST} descriptors at most");
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, said));
        }
        packing.push(packet()?);
        Ok(Some(u32::try_from(packing.len() - 1).unwrap_or(u32::MAX)))
    })
}

/// Takes a descriptor out by its number, once.
pub(crate) fn take(number: u32) -> Option<OwnedFd> {
    BAG.with(|bag| bag.borrow_mut().unpacking.as_mut()?.get_mut(number as usize)?.take())
}
