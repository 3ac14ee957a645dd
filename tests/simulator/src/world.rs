//! [`World`]: the shared state of a run, with one thread and one uncontended lock.

use crate::alarms::Alarms;
use crate::answers::Answers;
use crate::backlog::Backlogs;
use crate::deliveries::Deliveries;
use crate::dice::{Dice, is_through_sdk};
use crate::hazard::{Hazard, Odd, Strikes};
use crate::mutation::Mutation;
use crate::provider::Provider;
use crate::touched::Touch;
use crate::trace::Trace;
use crate::violation::Violation;
use embedded_sqs::core::{Core, QueueId};
use evens_sandbox_provider::core::Settings as ProviderPace;
use evens_simulated_table::Table;
use evens_store::Layout;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The start of every run: 2026-11-20 00:00:00 UTC.
const EPOCH_MS: u64 = 1_795_132_800_000;

/// The source of an action, for the trace and for crashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// Events outside the system.
    World,
    /// The preparation and the final checks, which have no faults.
    Auditor,
    /// A process of the system.
    Process(usize),
    /// A player's device.
    Player(usize),
    /// The cheater, on any device.
    Cheater,
    /// The operator of rounds.
    Operator,
    /// A player who deposits.
    Payer(usize),
    /// A player who withdraws.
    Withdrawer(usize),
    /// A player who bets on house games.
    Gamer(usize),
    /// A page of a player on the live channel.
    Page(usize),
    /// The payment provider.
    Provider,
}

impl fmt::Display for Who {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::World => "world".to_owned(),
            Self::Auditor => "auditor".to_owned(),
            Self::Process(number) => format!("process-{number}"),
            Self::Player(number) => format!("player-{number}"),
            Self::Cheater => "cheater".to_owned(),
            Self::Operator => "operator".to_owned(),
            Self::Payer(number) => format!("payer-{number}"),
            Self::Withdrawer(number) => format!("withdrawer-{number}"),
            Self::Gamer(number) => format!("gamer-{number}"),
            Self::Page(number) => format!("page-{number}"),
            Self::Provider => "provider".to_owned(),
        };
        formatter.pad(&text)
    }
}

/// The shared state of a run. Cheap to clone.
#[derive(Clone)]
pub(crate) struct World {
    state: Arc<Mutex<State>>,
    started: Instant,
}

impl fmt::Debug for World {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("World")
    }
}

/// The state behind the lock.
pub(crate) struct State {
    pub(crate) dice: Dice,
    pub(crate) trace: Trace,
    pub(crate) table: Table,
    /// Set if table and queues are called through the SDK.
    pub(crate) is_through_sdk: bool,
    /// The layout of the table, for every store of the run.
    pub(crate) layout: Layout,
    pub(crate) queues: Core,
    pub(crate) provider: Provider,
    pub(crate) alarms: Alarms,
    pub(crate) bells: BTreeMap<QueueId, Arc<Notify>>,
    pub(crate) backlogs: Backlogs,
    pub(crate) deliveries: Deliveries,
    pub(crate) odds: Odd,
    pub(crate) latency_max_ms: u64,
    pub(crate) strikes: Strikes,
    pub(crate) calls: u64,
    pub(crate) touched: BTreeSet<Touch>,
    /// Fires when a process must end.
    pub(crate) crashes: Vec<Arc<Notify>>,
    /// The times until which processes stand still.
    pub(crate) stalls: BTreeMap<Who, u64>,
    pub(crate) mutation: Option<Mutation>,
    /// The number of changes by the mutation.
    pub(crate) mutated: u64,
    pub(crate) answers: Answers,
    pub(crate) violations: Vec<Violation>,
    /// A user who is definitely blocked.
    pub(crate) blocked: Option<u64>,
    /// The start of the latest sweep.
    pub(crate) swept_ms: Option<u64>,
    pub(crate) rounds: Rounds,
    /// The version of each wallet at its last hint, by user.
    pub(crate) hinted_versions: BTreeMap<u64, Decimal>,
    /// Events that a defect takes away from the page of a user.
    pub(crate) stray_events: Vec<(u64, Value)>,
}

/// Counts the steps of rounds and notifies waiters.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    moves: u64,
    moved: Arc<Notify>,
}

impl Rounds {
    /// The number of steps of all rounds.
    pub(crate) fn moves(&self) -> u64 {
        self.moves
    }

    /// A notification that fires when a round makes a step.
    pub(crate) fn moved(&self) -> Arc<Notify> {
        Arc::clone(&self.moved)
    }

    /// Records a step of a round.
    pub(crate) fn move_on(&mut self) {
        self.moves += 1;
        self.moved.notify_waiters();
    }
}

impl State {
    /// The initial state: empty and without faults.
    pub(crate) fn new(seed: u64, dice: Dice, trace: Trace) -> Self {
        Self {
            dice,
            trace,
            table: Table::default(),
            is_through_sdk: is_through_sdk(seed),
            layout: Layout::default(),
            queues: Core::new("us-east-1", seed),
            provider: Provider::new(ProviderPace::default(), Dice::new(seed)),
            alarms: Alarms::default(),
            bells: BTreeMap::new(),
            backlogs: Backlogs::default(),
            deliveries: Deliveries::default(),
            odds: Odd::NONE,
            latency_max_ms: 0,
            strikes: Strikes::NONE,
            calls: 0,
            touched: BTreeSet::new(),
            crashes: Vec::new(),
            stalls: BTreeMap::new(),
            mutation: None,
            mutated: 0,
            answers: Answers::default(),
            violations: Vec::new(),
            blocked: None,
            // There is nothing yet for a sweep to find.
            swept_ms: Some(0),
            rounds: Rounds::default(),
            hinted_versions: BTreeMap::new(),
            stray_events: Vec::new(),
        }
    }

    /// Draws whether this hazard strikes now, and counts it if so.
    pub(crate) fn strike(&mut self, hazard: Hazard) -> bool {
        let strikes = self.dice.chance(self.odds.of(hazard));
        if strikes {
            self.strikes.add(hazard);
        }
        strikes
    }
}

impl World {
    /// A new world at its first moment. The clock must be paused.
    pub(crate) fn new(state: State) -> Self {
        Self { state: Arc::new(Mutex::new(state)), started: Instant::now() }
    }

    /// A separate world with a copy of the table, in which nothing changes. Returns `None` while a transaction is
    /// partly visible.
    pub(crate) fn still(&self) -> Option<Self> {
        let (table, layout) = {
            let state = self.lock();
            (state.table.whole()?, state.layout)
        };
        let (dice, trace) = (Dice::new(0), Trace::new(false));
        Some(Self::new(State { table, layout, ..State::new(0, dice, trace) }))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Milliseconds since the start of the run.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Milliseconds since 1970 by the correct clock.
    pub(crate) fn now_ms(&self) -> u64 {
        EPOCH_MS + self.elapsed_ms()
    }

    /// The time by the correct clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.now_with_skew(0)
    }

    /// The time by a clock that is ahead by this many milliseconds.
    pub(crate) fn now_with_skew(&self, skew_ms: i64) -> Timestamp {
        let now = i64::try_from(self.now_ms()).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(now.saturating_add(skew_ms)).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn queue_time(&self) -> embedded_sqs::core::Timestamp {
        embedded_sqs::core::Timestamp::from_milliseconds(self.now_ms())
    }

    /// Adds a line to the trace.
    pub(crate) fn note(&self, who: Who, what: fmt::Arguments<'_>) {
        let at_ms = self.elapsed_ms();
        self.lock().trace.add(at_ms, &who, what);
    }

    pub(crate) async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    /// Ends a process at once.
    pub(crate) fn crash(&self, who: Who) {
        if let Who::Process(number) = who {
            self.note(who, format_args!("CRASH"));
            if let Some(crash) = self.lock().crashes.get(number) {
                crash.notify_one();
            }
        }
    }

    /// Stalls a process for a while: no call leaves it, and no answer reaches it.
    pub(crate) fn stall(&self, who: Who) {
        let stall_ms = {
            let mut state = self.lock();
            let longest_ms = state.dice.pick(&[100, 1_500, 20_000]).unwrap_or(100);
            state.dice.number(10..=longest_ms)
        };
        self.note(who, format_args!("stands still for {stall_ms} ms"));
        let until_ms = self.elapsed_ms() + stall_ms;
        self.lock().stalls.insert(who, until_ms);
    }

    /// Waits until this process continues.
    pub(crate) async fn go_on(&self, who: Who) {
        let until_ms = self.lock().stalls.get(&who).copied().unwrap_or_default();
        let left_ms = until_ms.saturating_sub(self.elapsed_ms());
        if left_ms > 0 {
            self.sleep(Duration::from_millis(left_ms)).await;
        }
    }

    /// Records a violation.
    pub(crate) fn violated(&self, violation: Violation) {
        self.note(Who::World, format_args!("VIOLATION {violation}"));
        self.lock().violations.push(violation);
    }
}
