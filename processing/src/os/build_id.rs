//! What tells one build of a program from another.

use std::io;
use std::sync::OnceLock;

/// The build of the running executable: the linker's GNU build id, or the identity of its file where there is none.
pub(crate) fn build_id() -> &'static [u8] {
    static ID: OnceLock<Vec<u8>> = OnceLock::new();
    ID.get_or_init(|| note().or_else(|| file().ok()).unwrap_or_default())
}

/// Device, inode, size and time of the executable's file. A replaced file gets another inode, and Linux lets nobody
/// write to one that runs.
fn file() -> io::Result<Vec<u8>> {
    use std::os::unix::fs::MetadataExt;
    let own = std::path::Path::new("/proc/self/exe");
    let meta = std::fs::metadata(own).or_else(|_| std::fs::metadata(std::env::current_exe()?))?;
    let numbers = [
        meta.dev(),
        meta.ino(),
        meta.size(),
        meta.mtime().cast_unsigned(),
        meta.mtime_nsec().cast_unsigned(),
    ];
    Ok([&b"file"[..], &numbers.map(u64::to_le_bytes).concat()].concat())
}

#[cfg(not(target_os = "linux"))]
fn note() -> Option<Vec<u8>> {
    None
}

#[cfg(target_os = "linux")]
fn note() -> Option<Vec<u8>> {
    let mut found: Option<Vec<u8>> = None;
    // SAFETY:
    // - `first_object` has the signature that the call wants and lets no panic out.
    // - `found` outlives the call, which passes the pointer on as it is.
    unsafe { libc::dl_iterate_phdr(Some(first_object), (&raw mut found).cast()) };
    found
}

/// Called once, for the executable itself, which comes first.
#[cfg(target_os = "linux")]
extern "C" fn first_object(
    info: *mut libc::dl_phdr_info,
    _size: libc::size_t,
    found: *mut libc::c_void,
) -> libc::c_int {
    // SAFETY: the loader passes a valid description that lives for this call.
    let info = unsafe { &*info };
    // SAFETY: the loader's table of `dlpi_phnum` program headers, mapped as long as the object is.
    let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)) };
    for header in headers.iter().filter(|header| header.p_type == libc::PT_NOTE) {
        #[allow(clippy::cast_possible_truncation, reason = "addresses have the width of the target")]
        let (start, len) = ((info.dlpi_addr + header.p_vaddr) as usize, header.p_memsz as usize);
        // SAFETY:
        // - a note segment lies in a loaded, readable segment at load address plus virtual address.
        // - it is mapped as long as the executable is, and nobody writes to it.
        let notes =
            unsafe { std::slice::from_raw_parts(std::ptr::with_exposed_provenance::<u8>(start), len) };
        if let Some(id) = gnu_build_id(notes) {
            // SAFETY: `found` is the pointer to the `Option` in `note`, which nobody else uses meanwhile.
            unsafe { *found.cast::<Option<Vec<u8>>>() = Some(id.to_vec()) };
            break;
        }
    }
    1
}

/// Finds the note of type 3 and owner "GNU" in a segment of notes.
fn gnu_build_id(mut notes: &[u8]) -> Option<&[u8]> {
    let word = |bytes: &[u8]| bytes.first_chunk().map(|b| u32::from_ne_bytes(*b) as usize);
    loop {
        let (name_len, len, kind) = (word(notes)?, word(notes.get(4..)?)?, word(notes.get(8..)?)?);
        let body = notes.get(12..)?;
        let at = name_len.checked_next_multiple_of(4)?;
        let (name, value) = (body.get(..name_len)?, body.get(at..at.checked_add(len)?)?);
        if kind == 3 && name == b"GNU\0" && !value.is_empty() {
            return Some(value);
        }
        notes = body.get(at + len.checked_next_multiple_of(4)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_id_is_found_behind_other_notes_and_in_no_broken_ones() {
        let note = |kind: usize, name: &[u8], value: &[u8]| {
            let mut out = Vec::new();
            for word in [name.len(), value.len(), kind] {
                out.extend(u32::try_from(word).expect("small").to_ne_bytes());
            }
            for part in [name, value] {
                out.extend(part);
                out.resize(out.len().next_multiple_of(4), 0);
            }
            out
        };
        let notes = [note(1, b"GNU\0", &[1; 16]), note(3, b"GNU\0", &[7; 20])].concat();
        assert_eq!(gnu_build_id(&notes), Some(&[7; 20][..]));
        for cut in 0..notes.len() {
            assert_eq!(gnu_build_id(&notes[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn this_test_binary_has_a_build_id_and_its_file_an_identity() {
        assert!(build_id().len() >= 8);
        assert!(file().expect("a file").starts_with(b"file"));
    }
}
