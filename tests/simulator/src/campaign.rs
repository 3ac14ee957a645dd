//! Runs many seeds: one thread per core, which share only the number of the next seed.

use crate::gain::{Gain, Knows};
use crate::hazard::{Hazard, Strikes};
use crate::mutation::Mutation;
use crate::run::{Order, Outcome, run};
use crate::touched::Touch;
use crate::violation::Violation;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

thread_local! {
    /// The panics on this thread since the current run began. Handlers catch panics, so a panic does not end the run.
    static PANICS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Records panics instead of printing them. Called once per process.
pub fn keep_panics() {
    panic::set_hook(Box::new(|info| {
        let text = info.to_string();
        PANICS.with(|panics| panics.borrow_mut().push(text));
    }));
}

/// The result of one seed.
#[derive(Debug, Clone)]
pub struct Tried {
    pub seed: u64,
    /// The outcome, or `None` if the run itself panicked or failed.
    pub outcome: Option<Outcome>,
    /// The violations, including failures of the run itself.
    pub violations: Vec<Violation>,
}

/// Runs one seed and reports a panic as a violation. Requires [`keep_panics`].
pub fn try_seed(order: Order) -> Tried {
    PANICS.with(|panics| panics.borrow_mut().clear());
    let run = panic::catch_unwind(AssertUnwindSafe(|| run(order)));
    let mut violations = PANICS.with(|panics| {
        let panics = panics.borrow_mut().split_off(0);
        panics.into_iter().map(|text| Violation::new("defect", text)).collect::<Vec<_>>()
    });
    let outcome = match run {
        Ok(Ok(outcome)) => Some(outcome),
        Ok(Err(error)) => {
            violations.push(Violation::new("defect", format!("The run could not start: {error:#}")));
            None
        }
        Err(_) => None,
    };
    violations.extend(outcome.iter().flat_map(|outcome| outcome.violations.clone()));
    Tried { seed: order.seed, outcome, violations }
}

/// Runs a seed twice. Reports it as a violation if the second run differs.
fn try_twice(order: Order) -> Tried {
    let (mut tried, again) = (try_seed(order), try_seed(order));
    if tried.outcome != again.outcome {
        let trace =
            |tried: &Tried| tried.outcome.as_ref().map(|outcome| format!("{:016x}", outcome.trace_hash));
        let [one, other] = [&tried, &again].map(|tried| trace(tried).unwrap_or_else(|| "none".to_owned()));
        let sentence = format!("Two runs differ: their traces are {one} and {other}.");
        tried.violations.push(Violation::new("defect", sentence));
    }
    tried
}

/// The combined results of many seeds.
#[derive(Debug, Clone)]
pub struct Sum {
    /// The number of seeds.
    pub seeds: u64,
    /// The number of seeds whose table and queues were called through the SDK.
    pub through_sdk: u64,
    /// The failed seeds, in order.
    pub failed: Vec<Tried>,
    /// The number of engine calls.
    pub calls: u64,
    /// The table actions of functions.
    pub touched: BTreeSet<Touch>,
    /// The number of bets between players.
    pub bets: u64,
    pub matches: u64,
    pub deposits: u64,
    pub withdrawals: u64,
    /// The number of bets on house games.
    pub game_bets: u64,
    /// The number of deposits that were refunded or disputed, or that cashiers credited.
    pub returned: u64,
    /// The total virtual time in seconds.
    pub virtual_seconds: u64,
    /// The number of occurrences of each hazard.
    pub strikes: Strikes,
    /// The number of seeds in which the mutation changed something.
    pub mutated: u64,
    /// The gain of cheaters with public knowledge.
    pub gain: Gain,
    /// The gain of cheaters who know the seeds.
    pub gain_of_readers: Gain,
}

impl Sum {
    /// Returns whether the cheaters' gains are within chance.
    pub fn is_fair(&self) -> bool {
        self.gain.is_within_chance() && self.gain_of_readers.is_within_chance()
    }

    /// The hazards that never occurred. After a thousand seeds there must be none, because their handling would be
    /// untested.
    pub fn never_struck(&self) -> impl Iterator<Item = Hazard> {
        Hazard::ALL.iter().copied().filter(|hazard| self.strikes.of(*hazard) == 0)
    }

    fn add(&mut self, tried: Tried) {
        self.seeds += 1;
        if let Some(outcome) = &tried.outcome {
            self.calls += outcome.calls;
            self.through_sdk += u64::from(outcome.is_through_sdk);
            self.touched.extend(outcome.touched.iter().cloned());
            self.bets += outcome.bets;
            self.matches += outcome.matches;
            self.deposits += outcome.deposits;
            self.withdrawals += outcome.withdrawals;
            self.game_bets += outcome.game_bets;
            self.returned += outcome.returned;
            self.virtual_seconds += outcome.virtual_time.as_secs();
            self.strikes.merge(&outcome.strikes);
            self.mutated += u64::from(outcome.mutated > 0);
            match outcome.cheater {
                (Knows::Public, gain) => self.gain.add(&gain),
                (Knows::Seeds, gain) => self.gain_of_readers.add(&gain),
            }
        }
        if !tried.violations.is_empty() {
            self.failed.push(tried);
        }
    }
}

/// The seeds to run.
#[derive(Debug, Clone, Copy)]
pub struct Seeds {
    pub first: u64,
    pub count: u64,
    /// The number of threads.
    pub jobs: usize,
    /// A defect to inject.
    pub mutation: Option<Mutation>,
    /// Stops after the first failed seed.
    pub stops_at_failure: bool,
    /// The time after which no further seed starts.
    pub ends_at: Option<Instant>,
    /// Runs each seed twice and compares the runs.
    pub is_twice: bool,
}

/// Runs the seeds and calls `each` for every result.
pub fn run_seeds(seeds: Seeds, mut each: impl FnMut(&Tried)) -> Sum {
    let next = AtomicU64::new(seeds.first);
    let end = seeds.first.saturating_add(seeds.count);
    let mut sum = Sum {
        seeds: 0,
        through_sdk: 0,
        failed: Vec::new(),
        calls: 0,
        touched: BTreeSet::new(),
        bets: 0,
        matches: 0,
        deposits: 0,
        withdrawals: 0,
        game_bets: 0,
        returned: 0,
        virtual_seconds: 0,
        strikes: Strikes::NONE,
        mutated: 0,
        gain: Gain::default(),
        gain_of_readers: Gain::default(),
    };
    thread::scope(|scope| {
        let (done, tried) = mpsc::channel();
        for _ in 0..seeds.jobs.max(1) {
            let (done, next) = (done.clone(), &next);
            scope.spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end || seeds.ends_at.is_some_and(|ends_at| Instant::now() >= ends_at) {
                        break;
                    }
                    let order = Order { seed, mutation: seeds.mutation, is_printed: false };
                    let tried = if seeds.is_twice { try_twice(order) } else { try_seed(order) };
                    // Sending fails if the receiver has stopped.
                    if done.send(tried).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        for tried in tried {
            let stops = seeds.stops_at_failure && !tried.violations.is_empty();
            each(&tried);
            sum.add(tried);
            if stops {
                next.store(end, Ordering::Relaxed);
                break;
            }
        }
    });
    sum.failed.sort_by_key(|tried| tried.seed);
    sum
}
