//! Many seeds: one thread for each core, nothing shared between runs but the number of the next seed.

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
    /// What panicked on this thread since a run began. Handlers are guarded, so a panic there ends no run.
    static PANICS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what panics, instead of printing it. Once for the process.
pub fn keep_panics() {
    panic::set_hook(Box::new(|info| {
        let text = info.to_string();
        PANICS.with(|panics| panics.borrow_mut().push(text));
    }));
}

/// A seed that was run.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The seed.
    pub seed: u64,
    /// What came of it; none where the run itself could not go on.
    pub outcome: Option<Outcome>,
    /// What did not hold, the run itself included.
    pub violations: Vec<Violation>,
}

/// Runs one seed, and takes a panic for a violation. See [`keep_panics`].
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
            violations.push(Violation::new("defect", format!("The run did not begin: {error:#}")));
            None
        }
        Err(_) => None,
    };
    violations.extend(outcome.iter().flat_map(|outcome| outcome.violations.clone()));
    Tried { seed: order.seed, outcome, violations }
}

/// What came of many seeds.
#[derive(Debug, Clone)]
pub struct Sum {
    /// How many were run.
    pub seeds: u64,
    /// Those that broke something, in their order.
    pub failed: Vec<Tried>,
    /// Calls of the engines.
    pub calls: u64,
    /// What functions have done to the table.
    pub touched: BTreeSet<Touch>,
    /// Bets that were placed.
    pub bets: u64,
    /// Matches that were made.
    pub matches: u64,
    /// Deposits that were opened.
    pub deposits: u64,
    /// Withdrawals that were requested.
    pub withdrawals: u64,
    /// Bets against the house that were placed.
    pub game_bets: u64,
    /// Deposits whose money went back, or whose payer asked for it, or that cashiers gave to their players.
    pub returned: u64,
    /// Virtual seconds that passed.
    pub virtual_seconds: u64,
    /// How often what went wrong.
    pub strikes: Strikes,
    /// In how many seeds a mutation changed something.
    pub mutated: u64,
    /// What cheaters have won who know what is public.
    pub gain: Gain,
    /// What those have won who know the seeds.
    pub gain_of_readers: Gain,
}

impl Sum {
    /// Whether no cheater has won more than may be chance.
    pub fn is_fair(&self) -> bool {
        self.gain.is_within_chance() && self.gain_of_readers.is_within_chance()
    }

    /// What can go wrong and never did. Of a thousand seeds nothing is left here: else no seed shows any more what is
    /// done about it.
    pub fn never_struck(&self) -> impl Iterator<Item = Hazard> {
        Hazard::ALL.iter().copied().filter(|hazard| self.strikes.of(*hazard) == 0)
    }

    fn add(&mut self, tried: Tried) {
        self.seeds += 1;
        if let Some(outcome) = &tried.outcome {
            self.calls += outcome.calls;
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

/// Which seeds are run.
#[derive(Debug, Clone, Copy)]
pub struct Seeds {
    /// The first one.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// Threads.
    pub jobs: usize,
    /// A defect to be found.
    pub mutation: Option<Mutation>,
    /// Whether the first seed that fails is the last one.
    pub stops_at_failure: bool,
    /// From when on no further seed is begun, however many are left.
    pub ends_at: Option<Instant>,
}

/// Runs seeds; `each` hears of every one.
pub fn run_seeds(seeds: Seeds, mut each: impl FnMut(&Tried)) -> Sum {
    let next = AtomicU64::new(seeds.first);
    let end = seeds.first.saturating_add(seeds.count);
    let mut sum = Sum {
        seeds: 0,
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
                    // An error means that nobody listens any more.
                    if done.send(try_seed(order)).is_err() {
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
