//! Finds work that a lost message left behind, and sends its job again (M6).
//!
//! Every minute it reads the book and a sparse index, shard by shard and never by a scan, and looks for
//!
//! - bets that have waited for a minute and may have an opponent, and expired bets that need a refund;
//! - matches that are not settled a minute after they were joined;
//! - rounds past their latest closing time, and ended rounds that are not finished;
//! - lanes of periods that are not paid;
//! - jackpot wins that began and are unpaid, or were drawn and have not begun;
//! - new players with a bonus owed, and bonuses for first deposits;
//! - deposits and withdrawals that are due for a look;
//! - sessions that owe an attendance day, or a notification about a new password.
//!
//! It also reports the age of the oldest item of each kind, and of items that no job ends: undrawn periods, withdrawals
//! that wait for a cashier, and unclaimed money.
//!
//! Resent jobs have new deduplication ids, because SQS drops a repeated one for five minutes. A long queue gets resent
//! jobs only every tenth minute, because it most likely still contains them.
//!
//! Architecture invariant: nothing is changed here; a surplus job is harmless.

mod bets;
mod handler;
mod kinds;
mod left;
mod overdue;
mod sweep;
mod waiting;

pub use handler::handle;
pub use kinds::{KINDS, Kind};

use evens_runtime::{Calls, Function, Schedule, Slow, Stack, Start};

pub const FUNCTION: Function = Function {
    folder: "sweep",
    stack: Stack::Operations,
    start: Start::Schedule(Schedule {
        name: "EveryMinute",
        expression: "rate(1 minute)",
        timeout_secs: 300,
        at_once: 1,
        event_age_max_secs: 60,
        retries_max: 0,
        reason: "One run at a time. Further calls are dropped, not kept, because the next minute checks everything \
            again. A sweep that is cut off starts with the same shards again, so it has enough time for a large \
            backlog.",
    }),
    slow: Slow { calls: Calls::Scheduled, warn_ms: 60_000, page_ms: 240_000 },
    ..Function::REQUESTS
};
