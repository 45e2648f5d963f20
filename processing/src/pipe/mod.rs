//! Two ends that talk, one of which may travel to a child.
//!
//! [`Pipe::pair`] gives an [`Anchor`], which stays, and a [`Point`], which may stand anywhere in a value that goes to a
//! child: in an item of a pool, in an object that is started, in a message of another pipe. It *moves*: once it was sent, the end here is gone.
//! Messages are any [`Cerial`](cerial::Cerial) values, whole and in order.

mod error;
mod point;

use std::fmt;
use std::ops::Deref;

use cerial::schema::{Kind, SchemaBuilder};
use cerial::{Decode, Encode, Reader, Shape, Writer};

pub(crate) use point::End;
use point::{BOTH, RECEIVES, SENDS};

pub use error::{PipeError, PipeErrorKind};
pub use point::Point;

use crate::os::fds;

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

/// The end that stays. It has all that a [`Point`] has, but is locked for good.
///
/// It cannot be serialized: a value that it stands in is refused with an error that says so.
pub struct Anchor(Point);

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
