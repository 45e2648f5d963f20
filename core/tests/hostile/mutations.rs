//! Damage to good bytes: cut short, one byte changed, many changed at random.

use std::time::Instant;

use crate::cases::{Case, MODES, all, options};
use crate::{held, tight};

/// Files up to this size get every change of one byte.
const SMALL: usize = 160;

fn golden(case: &Case, mode: &str) -> Vec<u8> {
    std::fs::read(case.file(mode)).unwrap()
}

/// Reads damaged bytes as the case's type; what comes out of them must be a good value.
#[track_caller]
fn try_bytes(case: &Case, mode: cerial::Mode, bytes: &[u8]) -> (bool, usize) {
    let strict = tight(mode);
    // Reading and writing again are measured together.
    let (result, peak) = held(case.name, 4 * bytes.len() + (8 << 10), || (case.again)(&strict, bytes));
    if let Ok(first) = &result {
        let second = (case.again)(&options(mode), first)
            .unwrap_or_else(|e| panic!("{}: what was written cannot be read: {e:?}\n{bytes:?}", case.name));
        assert_eq!(&second, first, "{}: no fixpoint\n{bytes:?}", case.name);
    }
    (result.is_ok(), peak)
}

#[test]
fn every_prefix_of_every_golden_file_is_an_error() {
    for case in all() {
        for (mode, name) in MODES {
            let golden = golden(case, name);
            for end in 0..golden.len() {
                let (read, _) = try_bytes(case, mode, &golden[..end]);
                assert!(!read, "`{}`, {name}: {end} of {} bytes were read", case.name, golden.len());
            }
        }
    }
}

#[test]
fn every_change_of_one_byte_gives_a_value_or_an_error() {
    for case in all() {
        for (mode, name) in MODES {
            let golden = golden(case, name);
            let changes: &[u8] =
                if golden.len() <= SMALL { &ALL } else { &[0x01, 0x02, 0x10, 0x40, 0x80, 0xff] };
            let mut bytes = golden.clone();
            for at in 0..bytes.len() {
                for change in changes {
                    bytes[at] = golden[at] ^ change;
                    try_bytes(case, mode, &bytes);
                }
                bytes[at] = golden[at];
            }
        }
    }
}

/// Each value other than 0.
static ALL: [u8; 255] = {
    let mut all = [0; 255];
    let mut i = 0;
    while i < 255 {
        all[i] = i as u8 + 1;
        i += 1;
    }
    all
};

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// Where the value begins, behind the header and the schema.
fn body(golden: &[u8], mode: cerial::Mode) -> usize {
    match mode {
        cerial::Mode::Compact => 13,
        // The schema's length is a count of one or two bytes.
        cerial::Mode::Portable if golden[5] < 0x80 => 6 + usize::from(golden[5]),
        cerial::Mode::Portable => 7 + usize::from(golden[5] & 0x7f) + (usize::from(golden[6]) << 7),
    }
}

/// Damages bytes behind `keep` in some places: bits, bytes, counts, runs cut, doubled, moved, taken from another file.
fn damage(bytes: &mut Vec<u8>, keep: usize, other: &[u8], random: &mut Random) {
    const NASTY: [u8; 12] = [0, 1, 2, 3, 0x7f, 0x80, 0x81, 0xfe, 0xff, 0x20, 0x25, 0x28];
    let most = 1 + random.below(8);
    let places = 1 + random.below(most);
    for _ in 0..places {
        let at = keep + random.below(bytes.len() - keep);
        let run = 1 + random.below(8).min(bytes.len().saturating_sub(at));
        let end = (at + run).min(bytes.len());
        match random.below(9) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 if at < bytes.len() => bytes[at] = random.next() as u8,
            2 | 3 if at < bytes.len() => bytes[at] = NASTY[random.below(NASTY.len())],
            4 => drop(bytes.drain(at..end)),
            5 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            6 => bytes.truncate(at),
            7 => {
                let from = random.below(other.len());
                let to = (from + run).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            _ => {
                let filler = NASTY[random.below(NASTY.len())];
                bytes.splice(at..at, std::iter::repeat_n(filler, run));
            }
        }
    }
}

fn from_env(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |v| v.parse().unwrap())
}

#[test]
fn random_mutations_give_a_value_or_an_error() {
    let rounds = from_env("HOSTILE_ROUNDS", 20_000);
    let seed = from_env("HOSTILE_SEED", 0x5eed);
    let files: Vec<_> =
        all().flat_map(|case| MODES.map(|(mode, name)| (case, mode, golden(case, name)))).collect();
    let (start, mut random) = (Instant::now(), Random(seed));
    let (mut values, mut most) = (0_u64, (0, ""));
    let mut bytes = Vec::new();
    for _ in 0..rounds {
        let (case, mode, golden) = &files[random.below(files.len())];
        let other = random.below(files.len());
        bytes.clear();
        bytes.extend_from_slice(golden);
        // Half of them leave the schema alone, so that the values themselves are met.
        let keep = if random.below(2) == 0 { 0 } else { body(golden, *mode).min(golden.len()) };
        damage(&mut bytes, keep, &files[other].2, &mut random);
        let (read, peak) = try_bytes(case, *mode, &bytes);
        values += u64::from(read);
        if peak > most.0 {
            most = (peak, case.name);
        }
    }
    println!(
        "{rounds} mutations from seed {seed:#x} in {:.1?}: {values} values, {} errors, {} bytes at the peak ({})",
        start.elapsed(),
        rounds - values,
        most.0,
        most.1,
    );
}
