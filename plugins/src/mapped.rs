//! Mapped memory of `memmap2`.

use cerial::{Error, Extract, Handler, Rebuild, Result};
use memmap2::{Mmap, MmapMut};

/// Memory of no file, filled. An empty mapping does not exist: one byte is mapped then, and none shown.
fn anonymous(bytes: &[u8], cx: &mut Rebuild) -> Result<MmapMut> {
    cx.charge(bytes.len().next_multiple_of(4096))?;
    let mut map = MmapMut::map_anon(bytes.len()).map_err(Error::rebuild)?;
    map.copy_from_slice(bytes);
    Ok(map)
}

/// `memmap2::MmapMut`: its contents; anonymous memory, whatever it was a map of.
pub struct MmapMutHandler;
impl Handler for MmapMutHandler {
    type Value = MmapMut;
    type State = Vec<u8>;
    const KEY: &'static str = "memmap2::MmapMut";
    fn extract(map: &MmapMut, _: &mut Extract) -> Result<Vec<u8>> {
        Ok(map.to_vec())
    }
    fn rebuild(bytes: Vec<u8>, cx: &mut Rebuild) -> Result<MmapMut> {
        anonymous(&bytes, cx)
    }
}

/// `memmap2::Mmap`: its contents; anonymous memory that cannot be written, whatever it was a map of.
pub struct MmapHandler;
impl Handler for MmapHandler {
    type Value = Mmap;
    type State = Vec<u8>;
    const KEY: &'static str = "memmap2::Mmap";
    fn extract(map: &Mmap, _: &mut Extract) -> Result<Vec<u8>> {
        Ok(map.to_vec())
    }
    fn rebuild(bytes: Vec<u8>, cx: &mut Rebuild) -> Result<Mmap> {
        anonymous(&bytes, cx)?.make_read_only().map_err(Error::rebuild)
    }
}
