//! The doors: serialize and deserialize, with the default options or with one's own.

use std::io::{Read, Write};

use crate::codec::Static;
use crate::encode::{Cerial, Decode, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::options::{Mode, Options};
use crate::schema::{Root, root_of};
use crate::wire::{Reader, Writer, append, read_header, schema_from_bytes, write_header};

static DEFAULT: Options = Options::new();

/// Serializes a value, portable.
///
/// # Errors
/// Whatever keeps it from being written: a type without a handler, a poisoned or held lock, a strong cycle.
pub fn serialize<T: Encode + ?Sized>(value: &T) -> Result<Vec<u8>> {
    DEFAULT.serialize(value)
}

/// Serializes a value behind what `out` holds already.
///
/// # Errors
/// As [`serialize`]; `out` is then as it was.
pub fn serialize_into<T: Encode + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<()> {
    DEFAULT.serialize_into(value, out)
}

/// Serializes a value to a stream.
///
/// # Errors
/// As [`serialize`], and those of the stream.
pub fn to_writer<T: Encode + ?Sized>(value: &T, out: impl Write) -> Result<()> {
    DEFAULT.to_writer(value, out)
}

/// Deserializes a value that owns what it holds.
///
/// # Errors
/// Bytes that are not such a value, with the place; a budget of [`Limits`](crate::Limits) that is spent.
pub fn deserialize<T: Cerial>(bytes: &[u8]) -> Result<T> {
    DEFAULT.deserialize(bytes)
}

/// Deserializes a value that may borrow from the bytes.
///
/// # Errors
/// As [`deserialize`]. Bytes of another schema can only be read by types that own what they hold.
pub fn deserialize_borrowed<'de, T: Decode<'de>>(bytes: &'de [u8]) -> Result<T> {
    DEFAULT.deserialize_borrowed(bytes)
}

/// Deserializes a value from a stream, which is read to its end.
///
/// # Errors
/// As [`deserialize`], and those of the stream.
pub fn from_reader<T: Cerial>(input: impl Read) -> Result<T> {
    DEFAULT.from_reader(input)
}

impl Options {
    /// [`serialize`] with these options.
    ///
    /// # Errors
    /// As there.
    pub fn serialize<T: Encode + ?Sized>(&self, value: &T) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        self.serialize_into(value, &mut out)?;
        Ok(out)
    }

    /// [`serialize_into`] with these options.
    ///
    /// # Errors
    /// As there.
    #[inline]
    pub fn serialize_into<T: Encode + ?Sized>(&self, value: &T, out: &mut Vec<u8>) -> Result<()> {
        let start = out.len();
        let root = root_of::<T>();
        if !T::shape().tail {
            root.headers
                .put(self.mode, |header| append(out, header, T::shape().head, |head| value.head(head)));
            if self.tells() {
                self.tell_written(value, &out[start..]);
            }
            return Ok(());
        }
        let mut w = Writer::new(std::mem::take(out), self);
        write_header(&mut w, &root.headers);
        let result = w.value(Static::<T>::NEW, value);
        let written = w.len() - start;
        if result.is_err() {
            w.truncate(start);
        }
        *out = w.into_vec();
        match result {
            Ok(()) => {
                self.tell_written(value, &out[start..]);
                Ok(())
            }
            Err(error) => {
                Err(self.explain(error, root, || format!("{written} bytes were written before it failed")))
            }
        }
    }

    /// [`to_writer`] with these options.
    ///
    /// # Errors
    /// As there.
    pub fn to_writer<T: Encode + ?Sized>(&self, value: &T, mut out: impl Write) -> Result<()> {
        out.write_all(&self.serialize(value)?)?;
        Ok(out.flush()?)
    }

    /// [`deserialize`] with these options.
    ///
    /// # Errors
    /// As there.
    #[inline]
    pub fn deserialize<T: Cerial>(&self, bytes: &[u8]) -> Result<T> {
        let root = root_of::<T>();
        self.tell_read(bytes);
        match self.same_shape(bytes, root) {
            Some(r) => read_root(r).map_err(|error| self.explain(error, root, String::new)),
            None => self.deserialize_foreign(bytes, root),
        }
    }

    /// Reads bytes that do not begin as ours would: of another shape, or not ours at all.
    #[cold]
    fn deserialize_foreign<T: Cerial>(&self, bytes: &[u8], root: &'static Root) -> Result<T> {
        let mut r = self.reader(bytes)?;
        let header = read_header(&mut r)?;
        let mut r = Reader::new(r.rest(), self, header.mode);
        if header.mode == Mode::Compact {
            return Err(other_build(&root.name));
        }
        let theirs = schema_from_bytes(header.schema, self)?;
        crate::ir::read_foreign(&mut r, &theirs, root, |r| finish(r))
            .and_then(|value| r.finish().map(|()| value))
            .map_err(|error| {
                self.explain(error, root, || format!("`{}` stands in the bytes", theirs.name(&theirs.root)))
            })
    }

    /// [`deserialize_borrowed`] with these options.
    ///
    /// # Errors
    /// As there.
    #[inline]
    pub fn deserialize_borrowed<'de, T: Decode<'de>>(&'de self, bytes: &'de [u8]) -> Result<T> {
        let root = root_of::<T>();
        self.tell_read(bytes);
        if let Some(r) = self.same_shape(bytes, root) {
            return read_root(r).map_err(|error| self.explain(error, root, String::new));
        }
        let header = read_header(&mut self.reader(bytes)?)?;
        Err(match header.mode {
            Mode::Compact => other_build(&root.name),
            Mode::Portable => {
                let theirs = schema_from_bytes(header.schema, self)?;
                Error::new(
                    ErrorKind::TypeMismatch,
                    format!("want `{}`, got `{}` of another shape", root.name, theirs.name(&theirs.root)),
                )
                .with_help("a value of a changed type cannot be borrowed: read it with `deserialize`")
            }
        })
    }

    /// [`from_reader`] with these options.
    ///
    /// # Errors
    /// As there.
    pub fn from_reader<T: Cerial>(&self, input: impl Read) -> Result<T> {
        let mut bytes = Vec::new();
        input.take(self.limits.input_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        self.deserialize(&bytes)
    }

    /// Says where in which root an error happened, and what each step saw, where that is asked for.
    #[cold]
    fn explain(&self, error: Error, root: &Root, last: impl FnOnce() -> String) -> Error {
        let error = error.in_root(&root.name);
        if !self.debug {
            return error;
        }
        match last() {
            empty if empty.is_empty() => error.through(root),
            last => error.through(root).seen(last),
        }
    }

    /// A reader behind the header, where that is the very header that we would write.
    #[inline]
    fn same_shape<'de>(&'de self, bytes: &'de [u8], root: &Root) -> Option<Reader<'de>> {
        let (mode, body) = root.headers.strip(bytes)?;
        (bytes.len() as u64 <= self.limits.input_bytes).then(|| Reader::new(body, self, mode))
    }

    fn reader<'de>(&'de self, bytes: &'de [u8]) -> Result<Reader<'de>> {
        if bytes.len() as u64 > self.limits.input_bytes {
            return Err(Error::new(
                ErrorKind::Limit,
                format!(
                    "{} bytes are over the limit of {} for one input",
                    bytes.len(),
                    self.limits.input_bytes
                ),
            ));
        }
        Ok(Reader::new(bytes, self, Mode::Portable))
    }
}

/// Reads the root value of a stream that is all of it.
#[inline(always)]
fn read_root<'de, T: Decode<'de>>(mut r: Reader<'de>) -> Result<T> {
    let shape = T::shape();
    if !shape.tail
        && r.rest().len() == shape.head
        && let Ok(value) = T::read(r.rest(), &mut r)
    {
        return Ok(value);
    }
    finish(&mut r)
}

/// Reads the root value, patches what waits, and checks that nothing is left.
fn finish<'de, T: Decode<'de>>(r: &mut Reader<'de>) -> Result<T> {
    let mut value = match r.value(Static::<T>::NEW).and_then(|value| r.finish().map(|()| value)) {
        Ok(value) => value,
        Err(error) if r.options().debug => {
            return Err(error.seen(format!("{} bytes were left to read where it failed", r.rest().len())));
        }
        Err(error) => return Err(error),
    };
    if let Some(graph) = r.take_graph() {
        graph.patch(|patcher| value.patch(patcher));
    }
    Ok(value)
}

#[cold]
fn other_build(name: &str) -> Error {
    Error::new(
        ErrorKind::TypeMismatch,
        format!("these compact bytes were not written for the `{name}` of this build"),
    )
    .with_help("compact bytes are for one build; use the portable mode between builds")
}
