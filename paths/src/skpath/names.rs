//! The parts of a path's name, by the letter.

use std::borrow::Cow;
use std::ffi::OsStr;

use super::Skpath;

impl Skpath {
    /// Returns the last name, or an empty text at the top.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        self.ap.file_name().unwrap_or_default().to_string_lossy()
    }

    /// Returns the last name exactly.
    #[must_use]
    pub fn file_name(&self) -> Option<&OsStr> {
        self.ap.file_name()
    }

    /// Returns the last name without its suffix.
    #[must_use]
    pub fn stem(&self) -> Cow<'_, str> {
        self.ap.file_stem().unwrap_or_default().to_string_lossy()
    }

    /// Returns the last suffix with its dot, such as `".gz"`, or an empty text.
    #[must_use]
    pub fn suffix(&self) -> Cow<'_, str> {
        match self.ap.extension() {
            Some(extension) if !extension.is_empty() => {
                Cow::Owned(format!(".{}", extension.to_string_lossy()))
            }
            _ => Cow::Borrowed(""),
        }
    }

    /// Returns every suffix with its dot, such as `[".tar", ".gz"]`.
    #[must_use]
    pub fn suffixes(&self) -> Vec<String> {
        let name = self.name();
        let dots = name.trim_start_matches('.');
        if dots.ends_with('.') {
            return Vec::new();
        }
        dots.split('.').skip(1).map(|part| format!(".{part}")).collect()
    }

    /// Returns the parts of the absolute path, the top first.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = &OsStr> {
        self.ap.iter()
    }

    /// Says whether `part` is one of the [`parts`](Self::parts).
    #[must_use]
    pub fn contains(&self, part: impl AsRef<OsStr>) -> bool {
        self.ap.iter().any(|own| own == part.as_ref())
    }
}
