//! Which names every file system takes.

/// Says whether `name` can be a file's name on Linux, macOS and Windows alike.
///
/// It is not when it is empty or blank, is `.` or `..`, holds one of `< > : " / \ | ? *` or a control character, ends
/// in a space or a dot, is reserved on Windows whatever its suffix (`CON`, `nul.txt`, `Com1`), or is longer than 255
/// bytes.
///
/// # Examples
///
/// ```
/// use suitkaise_paths::is_valid_filename;
///
/// assert!(is_valid_filename(".env"));
/// assert!(is_valid_filename("日本語.txt"));
/// assert!(!is_valid_filename("a/b"));
/// assert!(!is_valid_filename("con.txt"));
/// ```
#[must_use]
pub fn is_valid_filename(name: &str) -> bool {
    const MAX_BYTES: usize = 255;
    !name.trim().is_empty()
        && name.len() <= MAX_BYTES
        && !name.chars().any(is_forbidden)
        && !name.ends_with([' ', '.'])
        && !is_reserved(name)
}

/// Says whether some file system refuses the character in a name.
pub(crate) fn is_forbidden(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*') || c.is_control()
}

/// Says whether Windows keeps the name for a device; what stands behind the first dot does not matter to it.
pub(crate) fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    if ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].iter().any(|r| stem.eq_ignore_ascii_case(r)) {
        return true;
    }
    let mut rest = stem.chars();
    let device: String = rest.by_ref().take(3).collect();
    let port = matches!(rest.next(), Some('1'..='9' | '¹' | '²' | '³')) && rest.next().is_none();
    port && (device.eq_ignore_ascii_case("COM") || device.eq_ignore_ascii_case("LPT"))
}
