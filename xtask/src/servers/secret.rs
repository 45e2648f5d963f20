//! Passwords of the test servers: new at every start.

use std::fs::File;
use std::io::Read;

use crate::error::{Context, Result};

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

/// Returns 24 random letters, digits, dots and underscores (144 bits).
///
/// All of them stand unquoted in a URL, in SQL, in a Redis configuration and in a shell.
pub(crate) fn password() -> Result<String> {
    let mut bytes = [0_u8; 24];
    File::open("/dev/urandom").and_then(|mut f| f.read_exact(&mut bytes)).context("read /dev/urandom")?;
    Ok(bytes.iter().map(|b| char::from(LETTERS[usize::from(b % 64)])).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn passwords_are_long_plain_and_different() {
        let (a, b) = (super::password().unwrap(), super::password().unwrap());
        assert_ne!(a, b);
        assert!(a.len() == 24 && a.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_'), "{a}");
    }
}
