//! `#[sk]` on an impl block: modifiers of methods, what the analysis found, and a proxy over a transport of one's own.
//!
//! `cargo run -p suitkaise-sk --example scores -- --verbose`

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Write;

use suitkaise_sk::{Ask, Dispatch, MethodMeta, Serve, Server, Shareable, Transport, sk};

/// A table of scores.
#[derive(Default, Clone)]
pub struct Scores {
    points: BTreeMap<String, i64>,
    games: u32,
}

#[sk]
impl Scores {
    /// Adds points to a player.
    pub fn add(&mut self, player: &str, points: i64) {
        *self.points.entry(player.to_owned()).or_default() += points;
        self.games += 1;
    }

    /// Names the best player.
    pub fn best(&self) -> Option<String> {
        self.points.iter().max_by_key(|(_, points)| **points).map(|(player, _)| player.clone())
    }

    /// Counts the games.
    pub fn games(&self) -> u32 {
        self.games
    }

    /// Reads scores from a file of `name points` lines.
    pub fn load(&mut self, path: &str) -> std::io::Result<usize> {
        let text = std::fs::read_to_string(path)?;
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        for (player, points) in lines {
            self.add(player, points.parse().unwrap_or(0));
        }
        Ok(self.points.len())
    }
}

/// A transport within one thread: it boxes what another one would encode.
struct Nearby<'a>(&'a RefCell<Scores>);

struct Frame(Box<dyn Any>);

impl Transport for Nearby<'_> {
    type Error = String;
}

impl<A: 'static, R: 'static> Ask<A, R> for Nearby<'_> {
    fn ask(&self, method: &'static MethodMeta, arguments: A) -> Result<R, String> {
        let answer = self.0.borrow_mut().dispatch(method.index, Frame(Box::new(arguments)))?;
        answer
            .downcast()
            .map(|answer| *answer)
            .map_err(|_| format!("`{}` answered another type", method.name))
    }
}

impl Server for Frame {
    type Done = Result<Box<dyn Any>, String>;

    fn unknown(self, index: u32) -> Self::Done {
        Err(format!("there is no method {index}"))
    }
}

impl<A: 'static, R: 'static> Serve<A, R> for Frame {
    fn serve(self, method: &'static MethodMeta, call: impl FnOnce(A) -> R) -> Self::Done {
        let arguments =
            self.0.downcast::<A>().map_err(|_| format!("`{}` got other arguments", method.name))?;
        Ok(Box::new(call(*arguments)))
    }
}

pub(crate) fn run(out: &mut dyn Write, verbose: bool) -> Result<(), Box<dyn std::error::Error>> {
    // Modifiers: `sk()` for methods with `&self`, `sk_mut()` for those with `&mut self`.
    let mut scores = Scores::default();
    let error = scores
        .sk_mut()
        .load()
        .retry(2)
        .delay(0.0)
        .call("/no/such/file")
        .err()
        .ok_or("there is such a file")?;
    writeln!(out, "load: {error}")?;
    scores.add("ada", 3);
    writeln!(out, "best, within a second: {:?}", scores.sk().best().timeout(1.0).call()?)?;

    // What Share needs to know: which attributes each method reads and writes.
    for method in Scores::shared_meta().methods() {
        writeln!(out, "{}: reads {:?}, writes {:?}", method.name, method.reads, method.writes)?;
    }
    for method in Scores::blocking_methods() {
        writeln!(out, "{} blocks: {:?}", method.name, method.calls)?;
    }

    // A proxy has the same methods, and sends them.
    let scores = RefCell::new(scores);
    let proxy = Scores::proxy(Nearby(&scores));
    proxy.add("grace", 5)?;
    writeln!(out, "through the proxy: {:?} after {} games", proxy.best()?, proxy.games()?)?;
    if verbose {
        writeln!(out, "  ({:?})", scores.borrow().points)?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    run(&mut std::io::stdout(), std::env::args().any(|a| a == "--verbose"))
}
