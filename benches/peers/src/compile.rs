//! What 200 derived structs take to compile, beside serde's derive.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs, io};

use crate::bench::{Bench, row};
use crate::data::Rng;

const STRUCTS: usize = 200;

/// A generated crate: its dependencies, the derives, and what uses the types.
struct Subject {
    name: &'static str,
    dependencies: String,
    derives: &'static str,
    /// A line that writes and reads a type, `TYPE` in it.
    uses: &'static str,
}

/// How it is built: whether something uses the types, whether it is optimized, and how often.
struct Build {
    what: &'static str,
    used: bool,
    release: bool,
    rounds: usize,
}

const BUILDS: [Build; 3] = [
    Build { what: "derived only, debug", used: false, release: false, rounds: 3 },
    Build { what: "derived only, release", used: false, release: true, rounds: 1 },
    Build { what: "derived and used, debug", used: true, release: false, rounds: 1 },
];

pub fn rows(bench: &Bench) {
    if !bench.wants("compile") {
        return;
    }
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core");
    let subjects = [
        Subject {
            name: "serde",
            dependencies: "serde = { version = \"1\", features = [\"derive\"] }\nrmp-serde = \"1\"\n".into(),
            derives: "serde::Serialize, serde::Deserialize",
            uses: "rmp_serde::from_slice::<TYPE>(&rmp_serde::to_vec(v).unwrap()).unwrap()",
        },
        Subject {
            name: "cerial",
            dependencies: format!("cerial = {{ path = {:?} }}\n", core.display().to_string()),
            derives: "cerial::Cerial",
            uses: "cerial::deserialize::<TYPE>(&cerial::serialize(v).unwrap()).unwrap()",
        },
    ];
    println!("\ncompile ({STRUCTS} structs of 8 fields; alternating, the best of the rounds)");
    for build in &BUILDS {
        match measure(&subjects, build) {
            Some([serde, ours]) => {
                println!("{:<28} serde {serde:.2} s, cerial {ours:.2} s", build.what);
                row(
                    &format!("compile {STRUCTS} structs, {}", build.what),
                    "s",
                    ours,
                    Some((serde, "serde's derive")),
                );
            }
            None => println!("{}: not measured, cargo did not build it", build.what),
        }
    }
}

/// The best time of each subject, the crate alone: what it depends on is built before, with a crate that is empty.
fn measure(subjects: &[Subject; 2], build: &Build) -> Option<[f64; 2]> {
    let at = env::temp_dir().join(format!("cerial-compile-{}", std::process::id()));
    let mut best = [f64::INFINITY; 2];
    for round in 0..=build.rounds {
        for (subject, best) in subjects.iter().zip(&mut best) {
            let source = if round == 0 { String::new() } else { source(subject, build.used) };
            let folder = generate(&at, subject, build, &source).ok()?;
            let start = Instant::now();
            let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
            cargo.args(["build", "--quiet"]).args(build.release.then_some("--release"));
            cargo.current_dir(folder).env("CARGO_INCREMENTAL", "0").env("CARGO_TARGET_DIR", target());
            if !cargo.status().ok()?.success() {
                return None;
            }
            if round > 0 {
                *best = best.min(start.elapsed().as_secs_f64());
            }
        }
    }
    fs::remove_dir_all(&at).ok()?;
    Some(best)
}

/// Where the dependencies stay built from run to run.
fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    env::var_os("CARGO_TARGET_DIR").map_or(root, PathBuf::from).join("bench-compile")
}

/// The generated structs, and a function that uses each if they are to be used.
fn source(subject: &Subject, used: bool) -> String {
    let mut source = String::from("#![allow(missing_docs)]\nuse std::collections::HashMap;\n");
    let mut r = Rng(17);
    for i in 0..STRUCTS {
        let _ = writeln!(source, "#[derive({})]\npub struct S{i} {{", subject.derives);
        for field in 0..8 {
            let kind = ["u64", "f64", "String", "Option<String>", "Vec<u32>", "Vec<String>", "Option<u32>"];
            let kind = match r.below(9) {
                7 => "HashMap<String, u64>".to_owned(),
                8 if i > 0 => format!("Vec<S{}>", r.below(i as u64)),
                n => kind[n as usize % kind.len()].to_owned(),
            };
            let _ = writeln!(source, "    pub f{field}: {kind},");
        }
        source.push_str("}\n");
        if used {
            let line = subject.uses.replace("TYPE", &format!("S{i}"));
            let _ = writeln!(source, "pub fn through{i}(v: &S{i}) -> S{i} {{ {line} }}");
        }
    }
    source
}

/// Writes the crate; a source that is written again is what makes cargo build it again.
fn generate(at: &Path, subject: &Subject, build: &Build, source: &str) -> io::Result<PathBuf> {
    let folder = at.join(subject.name);
    let name = format!("{}-{}", subject.name, if build.used { "used" } else { "derived" });
    let manifest = format!(
        "[package]\nname = \"subject-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n{}",
        subject.dependencies
    );
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/lib.rs"), source)?;
    Ok(folder)
}
