//! A catalogue of a project's files that means the same on every machine.
//!
//! Two check-outs of one project lie in different places. What was noted in the first (an id in a database, a path in
//! a JSON file) is found again in the second, because paths travel relative to the project's root.
//!
//! Run it with `cargo run -p suitkaise-paths --example same_on_every_machine -- --verbose`.

use std::error::Error;

use suitkaise_paths::{CustomRoot, Project, Skpath, SkpathState};

fn main() -> Result<(), Box<dyn Error>> {
    let verbose = std::env::args().any(|arg| arg == "--verbose");
    let base = std::env::temp_dir().join(format!("same-on-every-machine-{}", std::process::id()));
    let (jeff, sarah) =
        (Skpath::unresolved(base.join("jeff/app")), Skpath::unresolved(base.join("home/sarah/work")));

    // The same project, checked out twice.
    for checkout in [&jeff, &sarah] {
        (checkout / "data").mkdir()?;
        (checkout / "data" / "prices.csv").write_text("apple,3\n")?;
        (checkout / "debug.log").write_text("noise")?;
        (checkout / ".gitignore").write_text("*.log\n")?;
    }

    // On the first machine: note every file as its id and as its state.
    let mut notes = Vec::new();
    {
        // A real program needs no guard: its root is found from the current directory.
        let _root = CustomRoot::try_new(&jeff)?;
        for path in Project::new().exclude([".*"]).paths()? {
            if verbose {
                println!("noted  {:<18} id {:<28} at {}", path.rp(), path.id(), path.platform());
            }
            notes.push((path.id(), SkpathState::from(&path)));
        }
    }

    // On the second machine: both lead to the local file.
    let _root = CustomRoot::try_new(&sarah)?;
    for (id, state) in notes {
        let (by_id, by_state) = (Skpath::from_id(&id)?, Skpath::try_from(state)?);
        assert_eq!(by_id, by_state);
        assert!(by_id.exists());
        if verbose {
            println!("found  {:<18} at {}", by_id.rp(), by_id.platform());
        }
    }
    println!("{}", Project::new().tree()?);
    std::fs::remove_dir_all(base)?;
    Ok(())
}
