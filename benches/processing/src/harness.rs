//! Medians, and the `BENCH` lines.

/// One figure: ours and, where there is one, the peer's, in `unit`.
pub fn print(row: &str, unit: &str, ours: f64, peer: Option<(f64, &str)>) {
    let (peer, peer_name) = peer.map_or((None, None), |(figure, name)| (Some(figure), Some(name)));
    let line = serde_json::json!({
        "row": row, "unit": unit, "ours": ours, "peer": peer, "peer_name": peer_name,
    });
    println!("BENCH {line}");
}

/// The median, or the quantile that `BENCH_QUANTILE` names.
pub fn median(figures: &mut [f64]) -> f64 {
    let quantile = std::env::var("BENCH_QUANTILE").ok().and_then(|q| q.parse().ok()).unwrap_or(0.5_f64);
    figures.sort_by(f64::total_cmp);
    figures[((figures.len() as f64 * quantile) as usize).min(figures.len() - 1)]
}

/// Medians of both sides, run in turn, so that a busy neighbour hits both.
pub fn alternate(rounds: usize, mut ours: impl FnMut() -> f64, mut peer: impl FnMut() -> f64) -> (f64, f64) {
    ours();
    peer();
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        a.push(ours());
        b.push(peer());
    }
    (median(&mut a), median(&mut b))
}

/// Microseconds that one call takes.
pub fn micros<T>(f: impl FnOnce() -> T) -> f64 {
    let begun = std::time::Instant::now();
    std::hint::black_box(f());
    begun.elapsed().as_secs_f64() * 1e6
}

/// The clock that all processes of a machine share, in microseconds.
pub fn clock() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec as f64 * 1e6 + now.tv_nsec as f64 / 1e3
}
