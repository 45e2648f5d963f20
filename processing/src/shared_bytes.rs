//! Bytes that travel by their memory instead of by a copy.

use std::fmt;
use std::io;
use std::ops::Deref;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, OnceLock};

use cerial::schema::{Body, Field, Fields, Kind, SchemaBuilder};
use cerial::{Decode, Encode, Reader, Shape, Writer};

use crate::bag::{self, Packet};
use crate::os::fds;
#[cfg(target_os = "linux")]
use crate::os::linux::{Mapping, filled_memfd, sealed_memfd};

/// What is smaller goes with the value.
const WORTH: usize = 32 << 10;

/// Bytes, often many, that whoever gets them reads where they are.
///
/// In an item or a result of a [`Pool`](crate::Pool), in an object that is started or in a message, the bytes themselves
/// stay in a sealed memory file: only its descriptor travels, and the other process maps it. The file is written at the
/// first journey and used again by the next ones, so that clones, retries and further workers cost nothing. A `Vec<u8>`
/// is copied twice more: into the file, and out of it.
///
/// Clones share. Elsewhere (in bytes of your own, in JSON) the contents are written as they are.
///
/// ```
/// use suitkaise_processing::{Pool, SharedBytes};
///
/// fn lines(text: SharedBytes) -> usize {
///     text.split(|byte| *byte == b'\n').count()
/// }
///
/// # fn try_it() -> Result<(), Box<dyn std::error::Error>> {
/// suitkaise_processing::init(); // the first line of `main`
/// let text = SharedBytes::from(std::fs::read("Cargo.toml")?);
/// let counts = Pool::workers(2).map(lines, [text.clone(), text])?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct SharedBytes(Arc<Held>);

enum Held {
    Here {
        bytes: Vec<u8>,
        file: OnceLock<OwnedFd>,
    },
    #[cfg(target_os = "linux")]
    Mapped {
        mapping: Mapping,
        file: OwnedFd,
    },
}

impl SharedBytes {
    /// So many bytes, which `fill` writes where they will be read: no copy is made for any journey. They are zero before.
    ///
    /// ```
    /// use std::io::Read;
    /// use suitkaise_processing::SharedBytes;
    ///
    /// # fn try_it() -> std::io::Result<()> {
    /// let mut file = std::fs::File::open("Cargo.toml")?;
    /// let len = file.metadata()?.len() as usize;
    /// let mut read = Ok(());
    /// let bytes = SharedBytes::filled(len, |bytes| read = file.read_exact(bytes))?;
    /// read?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// No memory or no descriptor left.
    pub fn filled(len: usize, fill: impl FnOnce(&mut [u8])) -> io::Result<SharedBytes> {
        #[cfg(target_os = "linux")]
        if len >= WORTH {
            return open(filled_memfd(len, fill)?);
        }
        let mut bytes = vec![0; len];
        fill(&mut bytes);
        Ok(SharedBytes::here(bytes))
    }

    fn here(bytes: Vec<u8>) -> SharedBytes {
        SharedBytes(Arc::new(Held::Here { bytes, file: OnceLock::new() }))
    }

    /// A descriptor of the file that holds the bytes; `None`: they are not worth one.
    #[cfg(target_os = "linux")]
    fn file(&self) -> io::Result<Option<OwnedFd>> {
        let file = match &*self.0 {
            Held::Mapped { file, .. } => file,
            Held::Here { bytes, .. } if bytes.len() < WORTH => return Ok(None),
            Held::Here { bytes, file } => match file.get() {
                Some(file) => file,
                None => {
                    let made = sealed_memfd(c"suitkaise-bytes", &[bytes])?;
                    file.get_or_init(|| made)
                }
            },
        };
        fds::copy(file).map(Some)
    }

    #[cfg(not(target_os = "linux"))]
    fn file(&self) -> io::Result<Option<OwnedFd>> {
        Ok(None)
    }

    /// Where in the bag the descriptor is; `None`: there is no bag, or no room in it.
    fn pack(&self) -> io::Result<Option<u32>> {
        if !bag::has_room() {
            return Ok(None);
        }
        match self.file()? {
            Some(fd) => bag::put(|| Ok(Packet { fd, end: None })),
            None => Ok(None),
        }
    }
}

#[cfg(target_os = "linux")]
fn open(fd: OwnedFd) -> io::Result<SharedBytes> {
    let file = fds::copy(fd.as_fd())?;
    Mapping::sealed(fd).map(|mapping| SharedBytes(Arc::new(Held::Mapped { mapping, file })))
}

#[cfg(not(target_os = "linux"))]
fn open(_: OwnedFd) -> io::Result<SharedBytes> {
    Err(io::ErrorKind::Unsupported.into())
}

impl Deref for SharedBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &*self.0 {
            Held::Here { bytes, .. } => bytes,
            #[cfg(target_os = "linux")]
            Held::Mapped { mapping, .. } => mapping,
        }
    }
}

impl AsRef<[u8]> for SharedBytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<Vec<u8>> for SharedBytes {
    fn from(bytes: Vec<u8>) -> SharedBytes {
        SharedBytes::here(bytes)
    }
}

impl From<String> for SharedBytes {
    fn from(text: String) -> SharedBytes {
        SharedBytes::here(text.into_bytes())
    }
}

impl From<&[u8]> for SharedBytes {
    fn from(bytes: &[u8]) -> SharedBytes {
        SharedBytes::here(bytes.to_vec())
    }
}

impl Default for SharedBytes {
    fn default() -> SharedBytes {
        SharedBytes::here(Vec::new())
    }
}

impl PartialEq for SharedBytes {
    fn eq(&self, other: &SharedBytes) -> bool {
        **self == **other
    }
}

impl Eq for SharedBytes {}

impl fmt::Debug for SharedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedBytes({} bytes)", self.len())
    }
}

/// A number in a bag, or nothing and the contents.
impl Encode for SharedBytes {
    fn shape() -> Shape {
        Shape::TEXT.and(Shape::TEXT)
    }

    fn schema(builder: &mut SchemaBuilder) -> Kind {
        builder.define::<SharedBytes>("suitkaise_processing::SharedBytes", &[], |_| {
            let bytes = || Kind::Seq(Box::new(Kind::U8));
            Body::Struct(Fields::Named(vec![Field::new("file", bytes()), Field::new("bytes", bytes())]))
        })
    }

    fn head(&self, _: &mut [u8]) {}

    fn tail(&self, w: &mut Writer<'_>) -> cerial::Result<()> {
        let packed = self.pack();
        match packed.map_err(|error| {
            cerial::Error::other(format!("no memory or descriptor for {} shared bytes: {error}", self.len()))
        })? {
            Some(number) => {
                w.bytes(&number.to_le_bytes());
                w.bytes(&[]);
            }
            None => {
                w.bytes(&[]);
                w.bytes(self);
            }
        }
        Ok(())
    }
}

impl<'de> Decode<'de> for SharedBytes {
    fn read(_: &[u8], r: &mut Reader<'de>) -> cerial::Result<SharedBytes> {
        let (file, bytes) = (r.bytes()?, r.bytes()?);
        if file.is_empty() {
            return Ok(SharedBytes::here(bytes.to_vec()));
        }
        let number = file.try_into().map(u32::from_le_bytes);
        match number.ok().and_then(bag::take) {
            Some(fd) => open(fd)
                .map_err(|error| cerial::Error::other(format!("shared bytes cannot be mapped: {error}"))),
            None => Err(cerial::Error::other("shared bytes came without their descriptor")),
        }
    }
}
