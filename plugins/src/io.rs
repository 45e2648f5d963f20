//! The standard streams of the process: each side has its own.

use std::io::{Stderr, Stdin, Stdout};

use cerial::{Extract, Handler, Rebuild, Result};

macro_rules! streams {
    ($($(#[$doc:meta])* $handler:ident, $value:ty, $key:literal, $open:expr;)*) => {$(
        $(#[$doc])*
        pub struct $handler;
        impl Handler for $handler {
            type Value = $value;
            type State = ();
            const KEY: &'static str = $key;
            fn extract(_: &$value, _: &mut Extract) -> Result<()> {
                Ok(())
            }
            fn rebuild((): (), _: &mut Rebuild) -> Result<$value> {
                Ok($open())
            }
        }
    )*};
}

streams! {
    /// `Stdin`: nothing; the reading process's own.
    StdinHandler, Stdin, "std::Stdin", std::io::stdin;
    /// `Stdout`: nothing; the reading process's own. Text that is not flushed stays with the writer.
    StdoutHandler, Stdout, "std::Stdout", std::io::stdout;
    /// `Stderr`: nothing; the reading process's own.
    StderrHandler, Stderr, "std::Stderr", std::io::stderr;
}
