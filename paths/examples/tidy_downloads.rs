//! Sorts a heap of badly named downloads into directories by their suffix, and never loses one.
//!
//! Names that some system would refuse are streamlined; a file that would land on another gets a number; every move is
//! whole or does not happen.
//!
//! Run it with `cargo run -p suitkaise-paths --example tidy_downloads -- --verbose`.

use suitkaise_paths::{PathError, PathErrorKind, Skpath, Streamline, autopath, is_valid_filename};

/// `#[autopath]` lets the callers pass text, paths or Skpaths, whatever they have.
#[autopath]
fn tidy(from: Skpath, into: Skpath, verbose: bool) -> Result<usize, PathError> {
    let names = Streamline::new().max_len(20).lowercase(true).chars_to_replace(" ");
    let mut moved = 0;
    for file in from.iterdir()?.into_iter().filter(Skpath::is_file) {
        let clean = names.apply(&file.name())?;
        assert!(is_valid_filename(&clean));
        let suffix = file.suffix().to_lowercase();
        let shelf = if suffix.is_empty() { "other" } else { suffix.trim_start_matches('.') };
        let target = place(&file, &(&into / shelf / &clean))?;
        if verbose {
            println!("{:<28} -> {}", file.name(), target.relative_to(&into)?.display());
        }
        moved += 1;
    }
    Ok(moved)
}

/// Moves `file` to `wanted`, or to the first numbered name beside it that is free.
fn place(file: &Skpath, wanted: &Skpath) -> Result<Skpath, PathError> {
    let mut target = wanted.clone();
    for number in 2.. {
        match file.move_to(&target).run() {
            // The refusal is made by the system's rename itself: two programs cannot take the same name.
            Err(error) if error.kind() == PathErrorKind::AlreadyExists => {
                target = wanted.with_stem(format!("{}-{number}", wanted.stem()))?;
            }
            done => return done,
        }
    }
    Ok(target)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let verbose = std::env::args().any(|arg| arg == "--verbose");
    let temp = std::env::temp_dir().join(format!("tidy-downloads-{}", std::process::id()));
    let base = Skpath::unresolved(temp.join("home"));
    let heap = &base / "downloads";
    heap.mkdir()?;
    for name in
        ["Report: final?.PDF", "report_ final_.pdf", "con.txt", "Quarterly numbers of the year.csv", "README"]
    {
        (&heap / name).write_text(name)?;
    }
    let moved = tidy(&heap, base.as_path().join("shelves"), verbose)?;
    println!("{moved} files moved");
    println!("{}", suitkaise_paths::Project::new().root(&base).tree()?);
    std::fs::remove_dir_all(temp)?;
    Ok(())
}
