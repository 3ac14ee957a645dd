//! Checks the books, on Lambda and on one box: recent movements every hour, and all of them every day, or every hour if
//! they are small. It checks M1 to M7, M9, the part of M8 that is visible in the table, and that sealed days are
//! unchanged. It reports each violation. It seals a day once the day is over and everything that the seal covers is in
//! order.
//!
//! It sees no secrets: no seeds of rounds that are not public, no passwords, no payee accounts. `evens verify`, which
//! runs the same check, is for operators and sees everything.
//!
//! Memory is bounded by a maximum number of records. Larger books are checked in shares of their players, rounds and
//! periods, a share a day. The history of each player is also checked in steps, which go on where the last one was
//! ended. The duration is bounded by a time limit. Beyond it the run fails, and an alarm fires if no run has succeeded
//! for hours.
//!
//! Architecture invariant: nothing is repaired here. People look at a violation.
//!
//! Not in simulated runs: the simulator calls the checks directly.

mod background;
mod causes;
mod handler;
mod history;
mod looks;
mod moved;
mod schedule;
mod seal_day;
mod verification;

pub use background::BackgroundFault;
pub use handler::Verifier;
pub use history::{HistoryVerification, StepLimits};
pub use looks::Findings;
pub use moved::MovedVerification;
pub use seal_day::day_to_seal;
pub use verification::{ItemProgress, Verification, VerifyFault, VisibleItems, fundings_of};

use evens_runtime::{Calls, Function, Schedule, Size, Slow, Stack, Start};

pub const FUNCTION: Function = Function {
    folder: "verify",
    stack: Stack::Operations,
    start: Start::Schedule(Schedule {
        name: "EveryHour",
        expression: "rate(1 hour)",
        timeout_secs: 900,
        at_once: 1,
        event_age_max_secs: 600,
        retries_max: 0,
        reason: "One run at a time. Further calls are dropped, because the next run checks three hours. The function \
            stops by itself after 13 minutes and logs it.",
    }),
    slow: Slow { calls: Calls::Scheduled, warn_ms: 600_000, page_ms: 840_000 },
    memory: Size {
        mb: 3_008,
        reason: "the maximum of every account, enough for the 5,000,000 records that are held",
    },
    ..Function::REQUESTS
};
