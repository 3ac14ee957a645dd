//! Opens the periods of games in advance, closes and draws them, second by second, and sends the jobs that pay them
//! out.
//!
//! Keeps M7: the hash of a seed is public from the opening on, before the first bet, and the seed is read only after
//! the period has closed. Time and the period's state decide what is due. So a second clock, a fast clock and a clock
//! that was stopped do no harm: a later clock finds the step already made. A period that was not opened one period
//! before its first bet is left out. After a pause a room therefore continues with the next period but one. An existing
//! period is drawn however late, because its seed stayed secret meanwhile.
//!
//! A period that a block draws waits for the first block of its source after closing, and uses no other. Without a
//! block it is cancelled ten minutes after it closed, and its stakes are returned.
//!
//! Architecture invariant: nothing here reads a bet. A draw depends on the period's seed, id and block only.

mod asked;
mod clock;
mod step;

pub use clock::GameClock;

use evens_runtime::{Calls, Function, Schedule, Size, Slow, Stack, Start};

pub const FUNCTION: Function = Function {
    folder: "game-clock",
    stack: Stack::Games,
    start: Start::Schedule(Schedule {
        name: "EveryMinute",
        expression: "rate(1 minute)",
        timeout_secs: 90,
        at_once: 2,
        event_age_max_secs: 60,
        retries_max: 0,
        reason: "A run takes a step every second for a minute, so the next run begins before it ends. Two run at \
            once, and each skips the steps that the other has made. Further calls are dropped, because the next \
            minute checks everything again.",
    }),
    slow: Slow { calls: Calls::Scheduled, warn_ms: 80_000, page_ms: 86_000 },
    memory: Size {
        mb: 128,
        reason: "it mostly waits, so it costs its memory; the least there is, watched by its alarm",
    },
    ..Function::REQUESTS
};
