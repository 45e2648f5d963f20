//! A program that has grown: settings that its first version wrote are read by its second one.
//!
//! ```text
//! cargo run --example versions -- [--verbose]
//! ```
//!
//! Both versions stand in this file, as they would stand in two releases. With `--verbose` it prints the schema that the
//! bytes carry.

use suitkaise::cerial::{self, ErrorKind};
use suitkaise::{Cerial, inspect};

/// As the first release had it.
mod v1 {
    use suitkaise::Cerial;

    #[derive(Cerial)]
    // The name on the wire: without it, it would be the crate and the type.
    #[cerial(name = "demo.Settings")]
    pub(super) struct Settings {
        pub(super) title: String,
        pub(super) port: u16,
        pub(super) verbose: bool,
        pub(super) colors: Vec<Color>,
    }

    #[derive(Cerial)]
    #[cerial(name = "demo.Color")]
    pub(super) enum Color {
        Red,
        Grey(u8),
    }
}

/// As the second release has it: every field has changed in one way or another.
mod v2 {
    use suitkaise::Cerial;

    #[derive(Cerial, Debug, PartialEq)]
    #[cerial(name = "demo.Settings")]
    pub(super) struct Settings {
        /// Renamed: the old name is an alias.
        #[cerial(alias = "title")]
        pub(super) name: String,
        /// Added, with a default.
        #[cerial(default = localhost)]
        pub(super) host: String,
        /// Wider.
        pub(super) port: u32,
        /// Its variants: one renamed, one with more data, one new; and they stand in another order.
        pub(super) colors: Vec<Color>,
        /// Added, optional. (`verbose` is gone: what nobody asks for is skipped.)
        pub(super) theme: Option<String>,
    }

    #[derive(Cerial, Debug, PartialEq)]
    #[cerial(name = "demo.Color")]
    pub(super) enum Color {
        Rgb([u8; 3]),
        Grey(u8, #[cerial(default)] u8),
        #[cerial(alias = "Red")]
        Crimson,
    }

    fn localhost() -> String {
        "localhost".into()
    }
}

/// A third version that asks for more than old bytes have.
#[derive(Cerial, Debug)]
#[cerial(name = "demo.Settings")]
struct Demanding {
    port: u32,
    owner: String,
}

fn main() -> cerial::Result<()> {
    let verbose = std::env::args().any(|arg| arg == "--verbose");
    let old = v1::Settings {
        title: "demo".into(),
        port: 8080,
        verbose: true,
        colors: vec![v1::Color::Red, v1::Color::Grey(40)],
    };
    let bytes = cerial::serialize(&old)?;
    if verbose {
        println!("{}", inspect(&bytes)?.schema());
    }

    // Fields and variants are matched by name.
    let new: v2::Settings = cerial::deserialize(&bytes)?;
    println!("{new:?}");

    // JSON goes the same way, also what a person wrote.
    let by_hand = r#"{"name": "by hand", "port": 81, "colors": ["Crimson", {"Rgb": [1, 2, 3]}]}"#;
    let new: v2::Settings = cerial::from_json(by_hand)?;
    println!("{new:?}");

    // What cannot be carried over is an error that names it; it never becomes a wrong value.
    match cerial::deserialize::<Demanding>(&bytes) {
        Err(error) if error.kind() == ErrorKind::MissingField => println!("refused: {error}"),
        Err(error) => return Err(error),
        Ok(settings) => println!("read: {} of {}", settings.port, settings.owner),
    }
    Ok(())
}
