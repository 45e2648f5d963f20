//! Two ends that talk, one of which may travel to a child.
//!
//! [`Pipe::pair`] gives an [`Anchor`], which stays, and a [`Point`], which may stand anywhere in a value that goes to a
//! child: in an item of a pool, in an object that is started, in a message of another pipe. It *moves*: once it was sent, the end here is gone.
//! Messages are any [`Cerial`](cerial::Cerial) values, whole and in order.

use std::fmt;
use std::io;
use std::ops::Deref;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cerial::schema::{Body, Field, Fields, Kind, SchemaBuilder};
use cerial::{Cerial, Decode, Encode, Reader, Shape, Writer};
use suitkaise_timing::Seconds;

use crate::bag::{self, Packet};
use crate::channel::{Channel, Got};
use crate::deadline::Deadline;
use crate::error::SendError;
use crate::frame::FIRST_USER_KIND;
use crate::os::fds;
use crate::peer::OPTIONS;

const MESSAGE: u8 = FIRST_USER_KIND;

/// What an end may do.
const BOTH: u8 = 0;
const SENDS: u8 = 1;
const RECEIVES: u8 = 2;

/// Makes pipes between this process and its children.
#[derive(Clone, Copy, Debug)]
pub struct Pipe;

/// Which way a [`Pipe::one_way`] goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OneWay {
    /// The anchor sends, the point receives.
    FromAnchor,
    /// The point sends, the anchor receives.
    ToAnchor,
}

impl Pipe {
    /// Two ends that both send and receive.
    ///
    /// ```
    /// use suitkaise_processing::{Pipe, Point, Pool};
    ///
    /// fn answer(point: Point) {
    ///     let question: String = point.recv().expect("a question");
    ///     point.send(&question.len()).expect("somebody who listens");
    /// }
    ///
    /// # fn try_it() -> Result<(), Box<dyn std::error::Error>> {
    /// suitkaise_processing::init(); // the first line of `main`
    /// let (anchor, point) = Pipe::pair()?;
    /// anchor.send(&"how long am I?".to_owned())?;
    /// Pool::workers(1).map(answer, [point])?;
    /// assert_eq!(anchor.recv_within::<usize>(5.0)?, Some(14));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// No descriptor left.
    pub fn pair() -> Result<(Anchor, Point), PipeError> {
        Pipe::ends(BOTH, BOTH)
    }

    /// Two ends of which one sends and one receives.
    ///
    /// # Errors
    /// No descriptor left.
    pub fn one_way(way: OneWay) -> Result<(Anchor, Point), PipeError> {
        match way {
            OneWay::FromAnchor => Pipe::ends(SENDS, RECEIVES),
            OneWay::ToAnchor => Pipe::ends(RECEIVES, SENDS),
        }
    }

    fn ends(anchor: u8, point: u8) -> Result<(Anchor, Point), PipeError> {
        let (a, b) = fds::socket_pair().map_err(|error| {
            PipeError::new(PipeErrorKind::Io, format!("no descriptors for a pipe: {error}"))
        })?;
        Ok((Anchor(Point::of(a, anchor, true)), Point::of(b, point, false)))
    }
}

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

/// The end that stays. It has all that a [`Point`] has, but is locked for good.
///
/// It cannot be serialized: a value that it stands in is refused with an error that says so.
pub struct Anchor(Point);

impl Point {
    fn of(fd: OwnedFd, way: u8, locked: bool) -> Point {
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

impl Anchor {
    /// Refused: an anchor stays where it is.
    ///
    /// # Errors
    /// Always.
    pub fn unlock(&self) -> Result<(), PipeError> {
        Err(PipeError::new(PipeErrorKind::Locked, "an anchor cannot be unlocked; send its point instead"))
    }
}

impl Encode for Anchor {
    fn shape() -> Shape {
        Shape::TEXT
    }

    fn schema(builder: &mut SchemaBuilder) -> Kind {
        Point::schema(builder)
    }

    fn head(&self, _: &mut [u8]) {}

    fn tail(&self, _: &mut Writer<'_>) -> cerial::Result<()> {
        Err(cerial::Error::other("an anchor of a pipe stays where it is").with_help("send its point instead"))
    }
}

impl<'de> Decode<'de> for Anchor {
    fn read(_: &[u8], _: &mut Reader<'de>) -> cerial::Result<Anchor> {
        Err(cerial::Error::other("an anchor of a pipe is never in bytes"))
    }
}

impl Deref for Anchor {
    type Target = Point;

    fn deref(&self) -> &Point {
        &self.0
    }
}

impl fmt::Debug for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Anchor").field(&self.0).finish()
    }
}

fn checked(limit: impl Seconds) -> Result<Duration, PipeError> {
    limit.checked("timeout").map_err(|error| PipeError::new(PipeErrorKind::Config, error.to_string()))
}

/// A message that was not sent or not received.
pub struct PipeError {
    kind: PipeErrorKind,
    text: String,
    source: Option<cerial::Error>,
}

/// Which way it went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PipeErrorKind {
    /// The other side is gone.
    Closed,
    /// This end was closed, or has travelled.
    Gone,
    /// An anchor stays.
    Locked,
    /// This end goes the other way.
    OneWay,
    /// The value cannot be serialized, or what came is of another type.
    Value,
    /// A time that is none.
    Config,
    /// The system refused.
    Io,
}

impl PipeError {
    fn new(kind: PipeErrorKind, text: impl Into<String>) -> PipeError {
        PipeError { kind, text: text.into(), source: None }
    }

    fn value(text: &str, error: cerial::Error) -> PipeError {
        PipeError { kind: PipeErrorKind::Value, text: format!("{text}: {error}"), source: Some(error) }
    }

    /// Which way it went wrong, for programs.
    #[must_use]
    pub fn kind(&self) -> PipeErrorKind {
        self.kind
    }
}

impl fmt::Display for PipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for PipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.text)
    }
}

impl std::error::Error for PipeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|error| error as &(dyn std::error::Error + 'static))
    }
}

impl From<PipeError> for io::Error {
    fn from(error: PipeError) -> io::Error {
        io::Error::other(error)
    }
}
