//! The run: which workloads were asked for, what each prints, and the rows that `benches/bars.toml` judges.

use std::time::Duration;

use crate::harness::{Contender, Figures, run};

/// Writing or reading, and its figure of a contender.
pub type Side = (&'static str, fn(&Figures) -> f64);
pub const SIDES: [Side; 2] = [("write", |f| f.write), ("read", |f| f.read)];

/// Peers that describe their bytes, or do what ours does beside: neither mode may ever be behind one of them.
const SELF_DESCRIBING: [&str; 4] = ["fory", "typetag", "rmp-serde", "ciborium"];

pub struct Bench {
    pub turns: usize,
    pub turn: Duration,
    pub only: Option<String>,
    /// The rank of the compact mode, by side: one entry a workload.
    ranks: [Vec<usize>; 2],
}

impl Bench {
    pub fn new(turns: usize, turn: Duration, only: Option<String>) -> Bench {
        Bench { turns, turn, only, ranks: Default::default() }
    }

    pub fn wants(&self, workload: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == workload)
    }

    /// Runs a workload and prints its table.
    pub fn table(&self, workload: &str, size: &str, all: Vec<Contender>) -> Vec<Figures> {
        let figures = run(all, self.turns, self.turn);
        println!("\n{workload} ({size})");
        println!("{:<22}{:>12}{:>14}{:>10}{:>14}{:>10}", "", "bytes", "write ns", "MB/s", "read ns", "MB/s");
        for f in &figures {
            let rate = |ns: f64| f.bytes as f64 / ns * 1e3;
            println!(
                "{:<22}{:>12}{:>14.1}{:>10.0}{:>14.1}{:>10.0}",
                f.name,
                f.bytes,
                f.write,
                rate(f.write),
                f.read,
                rate(f.read)
            );
        }
        figures
    }

    /// Runs a workload, prints its table and its rows: ours beside the fastest peer, beside the fastest that describes
    /// itself, portable beside compact, and the bytes beside the fewest.
    pub fn workload(&mut self, workload: &str, size: &str, all: Vec<Contender>) -> Vec<Figures> {
        let figures = self.table(workload, size, all);
        let compact = find(&figures, "cerial compact");
        let portable = find(&figures, "cerial portable");
        for (i, (side, of)) in SIDES.into_iter().enumerate() {
            for ours in [compact, portable].into_iter().flatten() {
                let mode = ours.name.trim_start_matches("cerial ");
                let rank = 1 + figures.iter().filter(|f| is_peer(f) && of(f) < of(ours)).count();
                let Some(best) = best(&figures, of, is_peer) else { continue };
                println!(
                    "  {mode} {side}: rank {rank}, {:.2}x of the best peer ({})",
                    of(ours) / of(best),
                    best.name
                );
                row(&format!("{workload} {side} {mode}"), "ns", of(ours), Some((of(best), best.name)));
                if let Some(other) = self::best(&figures, of, describes_itself) {
                    let name = format!("{workload} {side} {mode}, self-describing peers");
                    row(&name, "ns", of(ours), Some((of(other), other.name)));
                }
                if mode == "compact" {
                    self.ranks[i].push(rank);
                }
            }
            if let (Some(ours), Some(compact)) = (portable, compact) {
                row(
                    &format!("{workload} {side} portable/compact"),
                    "ns",
                    of(ours),
                    Some((of(compact), compact.name)),
                );
            }
        }
        if let (Some(ours), Some(best)) = (compact, best(&figures, |f| f.bytes as f64, is_peer)) {
            row(
                &format!("{workload} bytes"),
                "bytes",
                ours.bytes as f64,
                Some((best.bytes as f64, best.name)),
            );
        }
        figures
    }

    /// Prints in how many of the workloads the compact mode was the fastest of all.
    pub fn ranks(&self) {
        for (ranks, (side, _)) in self.ranks.iter().zip(SIDES) {
            if self.only.is_none() && !ranks.is_empty() {
                let first = ranks.iter().filter(|rank| **rank == 1).count();
                println!("\nfastest of all to {side} in {first} of {} workloads", ranks.len());
                row(
                    &format!("share of workloads first to {side}"),
                    "share",
                    first as f64 / ranks.len() as f64,
                    None,
                );
            }
        }
    }
}

/// A contender's figures.
pub fn find<'a>(figures: &'a [Figures], name: &str) -> Option<&'a Figures> {
    figures.iter().find(|f| f.name == name)
}

/// The one of least `of` among those that `which` lets through.
pub fn best(
    figures: &[Figures],
    of: fn(&Figures) -> f64,
    which: impl Fn(&Figures) -> bool,
) -> Option<&Figures> {
    figures.iter().filter(|f| which(f)).min_by(|a, b| of(a).total_cmp(&of(b)))
}

/// Ours in both modes, and floors (in parentheses), are no peers.
fn is_peer(f: &Figures) -> bool {
    !f.name.starts_with("cerial") && !f.name.starts_with('(')
}

fn describes_itself(f: &Figures) -> bool {
    SELF_DESCRIBING.iter().any(|name| f.name.starts_with(name))
}

/// Prints a row for `cargo xtask bench`.
pub fn row(name: &str, unit: &str, ours: f64, peer: Option<(f64, &str)>) {
    let line = serde_json::json!({
        "row": name, "unit": unit, "ours": ours, "peer": peer.map(|p| p.0), "peer_name": peer.map(|p| p.1),
    });
    println!("BENCH {line}");
}
