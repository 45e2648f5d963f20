//! Pools of two workers beside procspawn's and rayon's.

use std::time::Duration;

use rayon::prelude::*;
use suitkaise_processing::Pool;

use crate::harness::{alternate, micros, print};

const WORKERS: usize = 2;
const ITEMS: u64 = 10_000;

fn nap(n: u64) -> u64 {
    std::thread::sleep(Duration::from_millis(10));
    n
}

pub fn run() {
    let pool = Pool::workers(WORKERS);
    let threads = rayon::ThreadPoolBuilder::new().num_threads(WORKERS).build().expect("threads");
    let peer = procspawn::Pool::new(WORKERS).expect("a pool");
    let each = |took: f64| took / ITEMS as f64;
    let ours = || each(micros(|| pool.map(|n: u64| n, 0..ITEMS).expect("results")));

    let (own, theirs) = alternate(9, ours, || {
        each(micros(|| {
            // 200 at once: each costs it two sockets, and more run it out of descriptors.
            let batch = |first: u64| {
                let handles: Vec<_> =
                    (first..first + 200).map(|n| procspawn::spawn!(in peer, (n) || n)).collect();
                handles.into_iter().map(|handle| handle.join().expect("a result")).sum::<u64>()
            };
            (0..ITEMS).step_by(200).map(batch).sum::<u64>()
        }))
    });
    print("pool/10000 no-ops, beside procspawn's pool", "us/item", own, Some((theirs, "procspawn::Pool")));
    peer.shutdown();

    let (own, theirs) = alternate(9, ours, || {
        each(micros(|| threads.install(|| (0..ITEMS).into_par_iter().map(std::hint::black_box).sum::<u64>())))
    });
    print("pool/10000 no-ops, beside threads", "us/item", own, Some((theirs, "rayon")));

    let naps = 40;
    let (own, theirs) = alternate(
        3,
        || micros(|| pool.map(nap, 0..naps).expect("results")) / 1e3,
        || micros(|| threads.install(|| (0..naps).into_par_iter().map(nap).sum::<u64>())) / 1e3,
    );
    print("pool/40 tasks of 10 ms, beside threads", "ms", own, Some((theirs, "rayon")));
}
