//! `plugins/SUPPORTED.md`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::table::{FAMILIES, FROM_PYTHON, Way};

pub fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("SUPPORTED.md")
}

/// A type in code, safe in a table.
fn code(ty: &str) -> String {
    ty.split(", ").fold(String::new(), |mut line, part| {
        // A comma within angle brackets belongs to the type.
        let open = line.matches('<').count() > line.matches('>').count();
        if open {
            line.truncate(line.trim_end_matches('`').len());
            let _ = write!(line, ", {part}`");
        } else {
            let _ = write!(line, "{}`{part}`", if line.is_empty() { "" } else { ", " });
        }
        line
    })
}

/// The page as it should be.
pub fn page() -> String {
    let mut out = String::from(
        "<!-- Made by `cargo xtask supported` from the tables in `plugins/tests/types`. -->\n\
         # Supported types\n\n\
         What a field may be of. *Cerial* means: the type itself has the trait, so it may also be a root and a generic\n\
         argument. *Handler* means: a field of it works, alone or inside containers; as a generic argument write\n\
         `Via<T>`. A *feature* is one of `suitkaise` and of `cerial-plugins`; those of types that are Cerial are features\n\
         of `cerial` too. What has serde's traits needs no line here: a field of it goes by serde.\n\n\
         Each line is tested with values: there and back in both modes, as a tree and as JSON, against golden bytes, and\n\
         with every byte changed.\n",
    );
    for (family, rows) in FAMILIES {
        let _ = write!(
            out,
            "\n## {family}\n\n| type | way | feature | what is stored | what comes back | traps |\n|---|---|---|---|---|---|\n"
        );
        for row in *rows {
            let way = match row.way {
                Way::Cerial => "Cerial",
                Way::Handler => "handler",
            };
            let feature = match row.feature {
                "" => String::new(),
                name if name.contains(' ') || name.contains('\'') => name.to_owned(),
                name => format!("`{name}`"),
            };
            let _ = writeln!(
                out,
                "| {} | {way} | {feature} | {} | {} | {} |",
                code(row.ty),
                row.stored,
                row.back,
                row.traps
            );
        }
    }
    out.push_str(
        "\n## Coming from Python\n\nWhat the original of that name handles, and what stands for it here.\n\n\
         | Python | Rust |\n|---|---|\n",
    );
    for (python, rust) in FROM_PYTHON {
        let _ = writeln!(out, "| {python} | {rust} |");
    }
    out
}
