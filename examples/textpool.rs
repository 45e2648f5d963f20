//! Counts the words of every text file below a directory, in worker processes, with a progress bar.
//!
//! ```text
//! cargo run --release --example textpool -- [--verbose] [--workers N] [DIR]
//! ```
//!
//! The function that counts is an ordinary one. It runs in worker processes that are used again; files go to them as
//! paths, counts come back as maps. A file that brings its worker down (or is no text) is one line at the end, and costs
//! nothing but itself.

use std::collections::BTreeMap;
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};
use suitkaise::{Pool, Result};

/// The words of one file and how often each stands in it.
fn count(path: PathBuf) -> Result<BTreeMap<String, u64>> {
    let bytes = std::fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{} is not text", path.display()))?;
    let mut counts = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 3) {
        *counts.entry(word.to_lowercase()).or_insert(0) += 1;
    }
    Ok(counts)
}

#[suitkaise::main]
fn main() -> Result {
    let (mut verbose, mut workers, mut directory) = (false, None, PathBuf::from("."));
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--verbose" => verbose = true,
            "--workers" => workers = Some(args.next().ok_or("--workers wants a number")?.parse()?),
            _ => directory = arg.into(),
        }
    }
    let mut files = files_below(&directory)?;
    files.sort();

    // A bar on the terminal, from the pool's own reports; `Pool::progress` (feature `progress`) draws one by itself.
    let bar = ProgressBar::new(files.len() as u64)
        .with_style(ProgressStyle::with_template("{wide_bar} {pos}/{len} files {per_sec}")?);
    let moved = bar.clone();
    let pool = workers.map_or_else(Pool::new, Pool::workers);
    let pool = pool.timeout(10.0).retry(1).on_progress(move |now| moved.set_position(now.done));

    let (mut words, mut failed) = (BTreeMap::<String, u64>::new(), Vec::new());
    for (file, counts) in files.iter().zip(pool.try_imap(count, files.clone())?) {
        match counts {
            Ok(counts) => {
                if verbose {
                    println!("{}: {} different words", file.display(), counts.len());
                }
                for (word, n) in counts {
                    *words.entry(word).or_default() += n;
                }
            }
            Err(error) => failed.push(error),
        }
    }
    bar.finish_and_clear();

    let mut most: Vec<_> = words.iter().map(|(word, n)| (*n, word)).collect();
    most.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    println!("{} files, {} different words", files.len(), words.len());
    for (n, word) in most.iter().take(5) {
        println!("{n:>8}  {word}");
    }
    for error in failed {
        println!("left out: {error}");
    }
    Ok(())
}

/// Every file below a directory, in it and in those below it.
fn files_below(directory: &PathBuf) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(|error| format!("{}: {error}", directory.display()))? {
        let entry = entry?;
        match entry.file_type()? {
            kind if kind.is_dir() => found.extend(files_below(&entry.path())?),
            kind if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    Ok(found)
}
