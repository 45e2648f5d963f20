//! The steps of the chores, as data. A new check is a new entry here.
//!
//! All of them build with `--all-features`: what is off by default (drivers, mostly) is tested too, and the steps share
//! what they compile.

use crate::step::Step;

/// The tests: of the packages that were asked for (`--workspace`, or `-p NAME` for each, is added).
pub(crate) const TESTS: Step =
    Step { name: "tests", argv: &["cargo", "nextest", "run", "--all-features", "--no-tests=pass"], env: &[] };

/// The examples in the documentation, likewise.
pub(crate) const DOCTESTS: Step =
    Step { name: "doctests", argv: &["cargo", "test", "--doc", "--all-features", "--quiet"], env: &[] };

/// What a test run of the whole does beside: release-mode runs, crates outside the workspace. All get the servers'
/// environment.
pub(crate) const MORE_TESTS: &[Step] = &[
    Step {
        name: "ten million mutations of golden bytes, in release",
        argv: &["cargo", "test", "--release", "--quiet", "-p", "cerial", "--test", "hostile", "random"],
        // Whether it holds is the question here: thin LTO only costs time.
        env: &[("HOSTILE_ROUNDS", "10000000"), ("CARGO_PROFILE_RELEASE_LTO", "off")],
    },
    Step {
        name: "three thousand worst possible objects, in release",
        argv: &["cargo", "test", "--release", "--quiet", "--all-features", "--test", "worst"],
        env: &[("WORST_SEEDS", "3000"), ("CARGO_PROFILE_RELEASE_LTO", "off")],
    },
    Step {
        name: "processes over the portable back end",
        argv: &[
            "cargo",
            "nextest",
            "run",
            "--all-features",
            "-p",
            "suitkaise-processing",
            "-E",
            "not binary(ui) and not test(all_of_this_holds)",
        ],
        env: &[("SUITKAISE_BACKEND", "portable")],
    },
];

/// The benches of the workspace, built and not run (`-p NAME` for each package that has some is added).
pub(crate) const BENCHES_BUILD: Step = Step {
    name: "benches build",
    argv: &["cargo", "bench", "--no-run", "--quiet", "--bench", "*"],
    // That they build is the question here, not how fast they are.
    env: &[("CARGO_PROFILE_BENCH_LTO", "off"), ("CARGO_PROFILE_BENCH_CODEGEN_UNITS", "16")],
};

/// What `ci` checks before the tests.
pub(crate) const BEFORE_TESTS: &[Step] = &[
    Step { name: "format", argv: &["cargo", "fmt", "--all", "--check"], env: &[] },
    Step {
        name: "lints",
        argv: &[
            "cargo",
            "clippy",
            "--workspace",
            "--all-features",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ],
        env: &[],
    },
];

/// What `ci` checks after the tests.
pub(crate) const AFTER_TESTS: &[Step] = &[
    Step {
        name: "docs",
        argv: &["cargo", "doc", "--workspace", "--all-features", "--no-deps", "--quiet"],
        env: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    Step {
        name: "licences",
        // Not `advisories`: their database is a download from elsewhere than the registry.
        argv: &["cargo", "deny", "--log-level", "error", "check", "bans", "licenses", "sources"],
        env: &[],
    },
];

/// A program that measures or tortures, by the name that the command line gives it.
pub(crate) struct Program {
    /// What `cargo xtask bench NAME` calls it.
    pub(crate) name: &'static str,
    /// The program and its arguments, from the root of the checkout.
    pub(crate) argv: &'static [&'static str],
}

/// The benches. Each prints a line `BENCH {"row", "unit", "ours", "peer", "peer_name"}` per figure.
pub(crate) const BENCHES: &[Program] = &[
    Program {
        name: "cerial",
        argv: &["cargo", "run", "--release", "--quiet", "--manifest-path", "benches/peers/Cargo.toml"],
    },
    Program {
        name: "kit",
        argv: &["cargo", "run", "--release", "--quiet", "--manifest-path", "benches/kit/Cargo.toml"],
    },
    Program {
        name: "processing",
        argv: &["cargo", "run", "--release", "--quiet", "--manifest-path", "benches/processing/Cargo.toml"],
    },
];

/// The crash tests. Each takes `--seconds N --seed S` after its own arguments and prints one line
/// `TORTURE {"rounds", "faults", "lost", "doubled", "hung", "leaked"}` at its end.
pub(crate) const TORTURES: &[Program] = &[
    Program {
        name: "parent",
        argv: &[
            "cargo",
            "run",
            "--release",
            "--quiet",
            "-p",
            "suitkaise-processing",
            "--bin",
            "processing-test-program",
            "--",
            "torture",
        ],
    },
    Program {
        name: "processing",
        argv: &[
            "cargo",
            "run",
            "--release",
            "--quiet",
            "-p",
            "suitkaise-processing",
            "--bin",
            "processing-torture",
            "--",
        ],
    },
];
