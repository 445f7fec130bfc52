//! Faults on purpose: processes killed, power cut, disks filled, answers raced, and what is left judged afterwards.
//!
//! Every test here is one part of `tests/faults.sh`. It runs a short form by itself; the script asks for more rounds and
//! other seeds by [`rounds`] and [`seed`], and reads the line that [`report`] prints.

mod actor;
mod client;
mod damage;
mod disk_full;
mod forgetful;
mod history;
mod identity;
mod judge;
mod judge_tests;
mod kills;
mod load;
mod logout_races;
mod mails;
mod misuse;
mod model;
mod node;
mod nodes;
#[cfg(target_os = "linux")]
mod power_cut;
mod probe;
mod races;
mod script;
mod setup_races;
mod tellings;
mod two_nodes;
mod wire;

use std::fmt::Display;

/// How many rounds to run: `ABIDE_FAULT_ROUNDS`, or what the short form does.
pub fn rounds(short: usize) -> usize {
    number("ABIDE_FAULT_ROUNDS").map_or(short, |n| usize::try_from(n).expect("a number of rounds"))
}

/// Where the random choices of a run begin: `ABIDE_FAULT_SEED`, or 1. The same seed makes the same choices; what the
/// machine's scheduling adds differs all the same.
pub fn seed() -> u64 {
    number("ABIDE_FAULT_SEED").unwrap_or(1)
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// One line with what a part did, for `docs/reliability.md`: `result PART: …`.
#[allow(clippy::print_stdout, reason = "the line is what the script reads")]
pub fn report(part: &str, what: impl Display) {
    println!("\nresult {part} (seed {}): {what}", seed());
}

/// Random numbers that a seed repeats (SplitMix64).
#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same way for the same seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is not zero.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() % bound as u64).expect("below a usize")
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}
