//! What happens to the instances, and when: all of it from the seed.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};

/// What is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Whatever happens to instances, the data is right.
    Faults,
    /// Replacing instances by SIGTERM fails no request.
    Rolling,
}

/// How the way to the database fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// Connections end, and no new one is had.
    Cut,
    /// Calls are carried out, but their answers never arrive.
    Mute,
}

/// What happens next. An instance is given by a number that is taken modulo of how many there are.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// SIGKILL.
    Kill { victim: usize },
    /// SIGSTOP, and after a time SIGCONT, or SIGKILL as for an instance that is found dead.
    Pause { victim: usize, time: Duration, then_kill: bool },
    /// The way to the database, of one instance or of all.
    Database { victim: Option<usize>, time: Duration, how: Break },
    /// SIGTERM to every instance, each replaced first: one after the other, or all at once.
    Deploy { at_once: bool },
}

/// The endless plan of one run.
pub struct Plan {
    mode: Mode,
    random: StdRng,
    deck: Vec<fn(&mut StdRng) -> Fault>,
}

/// Every one of these happens before any of them happens again.
const FAULTS: [fn(&mut StdRng) -> Fault; 8] =
    [kill, kill, pause_and_continue, pause_and_kill, cut, mute, break_all, deploy];

impl Mode {
    /// How many steps of its plan a run takes at least, however short it is, so that everything happens.
    pub fn least_steps(self) -> usize {
        match self {
            Self::Faults => FAULTS.len(),
            Self::Rolling => 1,
        }
    }
}

impl Plan {
    pub fn new(mode: Mode, seed: u64) -> Self {
        Self { mode, random: StdRng::seed_from_u64(seed), deck: Vec::new() }
    }
}

impl Iterator for Plan {
    type Item = (Duration, Fault);

    fn next(&mut self) -> Option<Self::Item> {
        let random = &mut self.random;
        if self.mode == Mode::Rolling {
            return Some((time(random, 0..2_000), deploy(random)));
        }
        if self.deck.is_empty() {
            self.deck.extend(FAULTS);
            self.deck.shuffle(random);
        }
        let wait = time(random, 100..1_500);
        self.deck.pop().map(|fault| (wait, fault(random)))
    }
}

fn time(random: &mut StdRng, milliseconds: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(random.random_range(milliseconds))
}

fn victim(random: &mut StdRng) -> usize {
    random.random_range(0..usize::MAX)
}

fn kill(random: &mut StdRng) -> Fault {
    Fault::Kill { victim: victim(random) }
}

/// Some are over before the balancer gives up on the request, some long after.
fn pause_and_continue(random: &mut StdRng) -> Fault {
    Fault::Pause { victim: victim(random), time: time(random, 300..8_000), then_kill: false }
}

fn pause_and_kill(random: &mut StdRng) -> Fault {
    Fault::Pause { victim: victim(random), time: time(random, 300..8_000), then_kill: true }
}

fn cut(random: &mut StdRng) -> Fault {
    Fault::Database { victim: Some(victim(random)), time: time(random, 0..4_000), how: Break::Cut }
}

fn mute(random: &mut StdRng) -> Fault {
    Fault::Database { victim: Some(victim(random)), time: time(random, 100..4_000), how: Break::Mute }
}

fn break_all(random: &mut StdRng) -> Fault {
    let how = if random.random_bool(0.5) { Break::Cut } else { Break::Mute };
    Fault::Database { victim: None, time: time(random, 0..2_000), how }
}

fn deploy(random: &mut StdRng) -> Fault {
    Fault::Deploy { at_once: random.random_bool(0.5) }
}
