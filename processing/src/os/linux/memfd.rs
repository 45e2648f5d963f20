//! Unnamed shared memory with seals.

use std::ffi::CStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

/// Makes a memory file with these contents that nobody can grow, shrink or write to any more.
///
/// # Errors
/// No memory, no descriptor left.
pub fn sealed_memfd(name: &CStr, contents: &[&[u8]]) -> io::Result<OwnedFd> {
    let mut file = File::from(memfd_create(name, MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?);
    for part in contents {
        file.write_all(part)?;
    }
    let sealed = SealFlags::GROW | SealFlags::SHRINK | SealFlags::WRITE | SealFlags::SEAL;
    fcntl_add_seals(&file, sealed)?;
    Ok(file.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_memfd_reads_back_and_cannot_be_changed() {
        use std::os::unix::fs::FileExt;
        let file = File::from(sealed_memfd(c"test", &[b"ab", b"cd"]).expect("memfd"));
        let mut back = [0; 4];
        file.read_exact_at(&mut back, 0).expect("read");
        assert_eq!(&back, b"abcd");
        assert!(file.write_at(b"x", 0).is_err());
        assert!(file.set_len(1).is_err());
    }
}
