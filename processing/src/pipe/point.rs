//! The end that may travel.

use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cerial::schema::{Body, Field, Fields, Kind, SchemaBuilder};
use cerial::{Cerial, Decode, Encode, Reader, Shape, Writer};
use suitkaise_timing::Seconds;

use super::error::{PipeError, PipeErrorKind};
use crate::bag::{self, Packet};
use crate::channel::{Channel, Got};
use crate::deadline::Deadline;
use crate::error::SendError;
use crate::frame::FIRST_USER_KIND;
use crate::os::fds;
use crate::peer::OPTIONS;

const MESSAGE: u8 = FIRST_USER_KIND;

/// What an end may do.
pub(super) const BOTH: u8 = 0;
pub(super) const SENDS: u8 = 1;
pub(super) const RECEIVES: u8 = 2;

/// One end as this process holds it; nothing once it left or was closed.
pub(crate) struct End(Mutex<Option<Arc<Channel>>>);

impl End {
    /// The end is in another process now.
    pub(crate) fn leave(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn channel(&self) -> Result<Arc<Channel>, PipeError> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone().ok_or_else(|| {
            PipeError::new(PipeErrorKind::Gone, "this end was closed, or has travelled to another process")
        })
    }
}

/// The end that may travel.
pub struct Point {
    end: Arc<End>,
    way: u8,
    locked: AtomicBool,
}

impl Point {
    pub(super) fn of(fd: OwnedFd, way: u8, locked: bool) -> Point {
        let channel = Some(Arc::new(Channel::new(fd)));
        Point { end: Arc::new(End(Mutex::new(channel))), way, locked: AtomicBool::new(locked) }
    }

    /// Sends a value. Points in it travel with it.
    ///
    /// # Blocking
    /// While the other side does not read and the socket is full.
    ///
    /// # Errors
    /// The value cannot be serialized, the other side is gone, this end only receives.
    pub fn send<T: Cerial>(&self, value: &T) -> Result<(), PipeError> {
        self.send_by(value, Deadline::NEVER).map(drop)
    }

    /// [`send`](Self::send) within a time: seconds or a `Duration`. `false`: the time is up. What went out in part by
    /// then is completed by the next send.
    ///
    /// # Errors
    /// As there.
    pub fn send_within<T: Cerial>(&self, value: &T, limit: impl Seconds) -> Result<bool, PipeError> {
        self.send_by(value, Deadline::within(checked(limit)?))
    }

    fn send_by<T: Cerial>(&self, value: &T, deadline: Deadline) -> Result<bool, PipeError> {
        if self.way == RECEIVES {
            return Err(PipeError::new(PipeErrorKind::OneWay, "this end of a one-way pipe only receives"));
        }
        let channel = self.end.channel()?;
        let (bytes, packed) = bag::pack(|| OPTIONS.serialize(value));
        let bytes = bytes.map_err(|error| PipeError::value("the message cannot be serialized", error))?;
        let borrowed: Vec<_> = packed.iter().map(std::os::fd::AsFd::as_fd).collect();
        match channel.send(MESSAGE, &[&bytes], &borrowed, deadline, None) {
            Ok(()) => {
                bag::sent(&packed);
                Ok(true)
            }
            Err(SendError::Timeout { partial: false }) => Ok(false),
            Err(SendError::Timeout { partial: true }) => {
                // It is on its way, and so are its points.
                bag::sent(&packed);
                Ok(false)
            }
            Err(SendError::Closed) => Err(PipeError::new(PipeErrorKind::Closed, "the other side is gone")),
            Err(error) => {
                Err(PipeError::new(PipeErrorKind::Io, format!("the message was not sent: {error}")))
            }
        }
    }

    /// Waits for a value.
    ///
    /// # Blocking
    /// Until one comes or the other side is gone.
    ///
    /// # Errors
    /// The other side is gone and everything it sent was taken, the value is of another type, this end only sends.
    pub fn recv<T: Cerial>(&self) -> Result<T, PipeError> {
        let value = self.recv_by(Deadline::NEVER)?;
        value.ok_or_else(|| PipeError::new(PipeErrorKind::Closed, "the other side is gone"))
    }

    /// [`recv`](Self::recv) within a time: seconds or a `Duration`. `None`: the time is up.
    ///
    /// # Errors
    /// As there.
    pub fn recv_within<T: Cerial>(&self, limit: impl Seconds) -> Result<Option<T>, PipeError> {
        self.recv_by(Deadline::within(checked(limit)?))
    }

    fn recv_by<T: Cerial>(&self, deadline: Deadline) -> Result<Option<T>, PipeError> {
        if self.way == SENDS {
            return Err(PipeError::new(PipeErrorKind::OneWay, "this end of a one-way pipe only sends"));
        }
        match self.end.channel()?.recv(deadline, None) {
            Ok(Got::Frame(frame)) => bag::open(frame)
                .map(Some)
                .map_err(|error| PipeError::value("the message cannot be read", error)),
            Ok(Got::TimedOut | Got::Woken) => Ok(None),
            Ok(Got::End(_)) => Err(PipeError::new(PipeErrorKind::Closed, "the other side is gone")),
            Err(error) => {
                Err(PipeError::new(PipeErrorKind::Io, format!("cannot wait for a message: {error}")))
            }
        }
    }

    /// Closes this end: the other side takes what was sent, then learns that nobody is here.
    pub fn close(&self) {
        self.end.leave();
    }

    /// Keeps this end here: a value that it stands in cannot be serialized.
    pub fn lock(&self) {
        self.locked.store(true, Ordering::Release);
    }

    /// Lets this end travel again.
    pub fn unlock(&self) {
        self.locked.store(false, Ordering::Release);
    }

    /// Whether this end has to stay.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.locked.load(Ordering::Acquire)
    }

    /// A number for the bytes: where in the bag the descriptor is.
    fn pack(&self) -> cerial::Result<u32> {
        if self.is_locked() {
            return Err(
                cerial::Error::other("this end of a pipe is locked").with_help("unlock the point first")
            );
        }
        let channel = self.end.channel().map_err(cerial::Error::other)?;
        // A copy is for the case that this process dies, and what it has not taken dies with it.
        if channel.has_unread() && !bag::is_copying() {
            return Err(cerial::Error::other("this end of a pipe has messages that were not taken")
                .with_help("take them before the point travels"));
        }
        let packet = || Ok(Packet { fd: fds::copy(channel.as_fd())?, end: Some(Arc::clone(&self.end)) });
        match bag::put(packet) {
            Ok(Some(number)) => Ok(number),
            Ok(None) => Err(cerial::Error::other("a point of a pipe travels only to a child").with_help(
                "put it in an item or result of a Pool, an object that is started, or a message; not in bytes of your own",
            )),
            Err(error) => Err(cerial::Error::other(format!("no descriptor for a point of a pipe: {error}"))),
        }
    }
}

impl Encode for Point {
    fn shape() -> Shape {
        Shape::TEXT
    }

    fn schema(builder: &mut SchemaBuilder) -> Kind {
        builder.define::<Point>("suitkaise_processing::Point", &[], |_| {
            Body::Struct(Fields::Named(vec![Field::new("end", Kind::Seq(Box::new(Kind::U8)))]))
        })
    }

    fn head(&self, _: &mut [u8]) {}

    fn tail(&self, w: &mut Writer<'_>) -> cerial::Result<()> {
        let [a, b, c, d] = self.pack()?.to_le_bytes();
        w.bytes(&[self.way, a, b, c, d]);
        Ok(())
    }
}

impl<'de> Decode<'de> for Point {
    fn read(_: &[u8], r: &mut Reader<'de>) -> cerial::Result<Point> {
        let &[way @ BOTH..=RECEIVES, a, b, c, d] = r.bytes()? else {
            return Err(cerial::Error::other("bytes that are no point of a pipe"));
        };
        match bag::take(u32::from_le_bytes([a, b, c, d])) {
            Some(fd) => Ok(Point::of(fd, way, false)),
            None => Err(cerial::Error::other("a point of a pipe came without its descriptor")),
        }
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Point")
            .field("open", &self.end.channel().is_ok())
            .field("locked", &self.is_locked())
            .finish_non_exhaustive()
    }
}

fn checked(limit: impl Seconds) -> Result<Duration, PipeError> {
    limit.checked("timeout").map_err(|error| PipeError::new(PipeErrorKind::Config, error.to_string()))
}
