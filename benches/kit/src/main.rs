//! The bench of the kit: `bench-kit [NAME ..]` runs the named parts, or all.

mod circuits;
mod harness;
mod original;
mod paths;
mod sk;
mod timing;

const PARTS: &[(&str, fn())] = &[("timing", timing::run), ("circuits", circuits::run), ("original", original::run), ("paths", paths::run), ("sk", sk::run)];

fn main() {
    let names: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = names.iter().find(|name| PARTS.iter().all(|(part, _)| part != name)) {
        let known: Vec<&str> = PARTS.iter().map(|(part, _)| *part).collect();
        eprintln!("bench-kit: no part `{unknown}`; there are {}", known.join(", "));
        std::process::exit(2);
    }
    for (part, run) in PARTS {
        if names.is_empty() || names.iter().any(|name| name == part) {
            run();
        }
    }
}
