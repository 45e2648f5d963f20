//! Printing what a call wrote or read: a line a part, one colour per depth.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::encode::Encode;
use crate::options::{Mode, Options};

/// Where the walk is printed.
#[derive(Clone, Default)]
pub(crate) enum Verbose {
    #[default]
    Off,
    Stderr,
    Sink(Arc<Mutex<dyn Write + Send>>),
}

impl fmt::Debug for Verbose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verbose::Off => "off",
            Verbose::Stderr => "stderr",
            Verbose::Sink(_) => "sink",
        })
    }
}

/// Red, yellow, green, cyan, blue, magenta, by depth.
const COLOURS: [u8; 6] = [31, 33, 32, 36, 34, 35];

impl Options {
    /// Whether anything is printed.
    #[inline(always)]
    pub(crate) fn tells(&self) -> bool {
        !matches!(self.verbose, Verbose::Off)
    }

    /// Prints a value that was just written, where that is asked for.
    #[inline]
    pub(crate) fn tell_written<T: Encode + ?Sized>(&self, value: &T, bytes: &[u8]) {
        if !matches!(self.verbose, Verbose::Off) {
            // Compact bytes do not describe themselves: the same value in the form that does.
            let portable = match self.mode {
                Mode::Portable => Ok(bytes.to_vec()),
                Mode::Compact => self.clone().verbose(false).mode(Mode::Portable).serialize(value),
            };
            // What only a process of this build may read has no such form.
            self.tell("wrote", bytes.len(), portable.as_deref().unwrap_or(bytes));
        }
    }

    /// Prints bytes that were just read, where that is asked for.
    #[inline]
    pub(crate) fn tell_read(&self, bytes: &[u8]) {
        if !matches!(self.verbose, Verbose::Off) {
            self.tell("read", bytes.len(), bytes);
        }
    }

    #[cold]
    fn tell(&self, verb: &str, size: usize, portable: &[u8]) {
        let mut lines = vec![(0, format!("{verb} {size} compact bytes"))];
        if let Ok(ir) = self.inspect(portable) {
            lines[0].1 = format!("{verb} `{}`, {size} bytes", ir.type_name());
            let told = ir.story(&mut |depth, path, what| {
                let colon = if path.is_empty() { "" } else { ": " };
                lines.push((depth, format!("{path}{colon}{what}")));
            });
            if let Err(error) = told {
                lines.push((0, error.to_string()));
            }
        }
        // Nobody can be told that telling failed.
        let _ = match &self.verbose {
            Verbose::Off => Ok(()),
            Verbose::Stderr => {
                let stderr = std::io::stderr();
                print(&mut stderr.lock(), &lines, stderr.is_terminal())
            }
            Verbose::Sink(sink) => {
                print(&mut *sink.lock().unwrap_or_else(PoisonError::into_inner), &lines, false)
            }
        };
    }
}

fn print(out: &mut dyn Write, lines: &[(usize, String)], coloured: bool) -> std::io::Result<()> {
    for (depth, line) in lines {
        if coloured {
            writeln!(out, "\x1b[{}m[{depth}] {line}\x1b[0m", COLOURS[depth % COLOURS.len()])?;
        } else {
            writeln!(out, "[{depth}] {line}")?;
        }
    }
    out.flush()
}
