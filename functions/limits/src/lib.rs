//! `/api/limits` and `/api/exclusion`: limits that players set for themselves. A lower limit applies at once. A higher
//! one applies once its player confirms it, a day later and within a week. An exclusion begins at once and ends when
//! its player says so. A reality check stays due until its player has acknowledged it. Also `/api/identity`: the
//! player's identity status.
//!
//! Each change is kept for ever, so their number within a day is limited. Stricter settings are never refused for it.
//!
//! Keeps M8: every route concerns the token's subject. Setting a value twice has the effect of setting it once, so no
//! request here takes an `Idempotency-Key`.
//!
//! Architecture invariant: no rule lives here. `contracts` parses the body and `payments` decides. No money moves.

mod exclusion;
mod identity;
mod limits;
mod reality_check;

use axum::Router;
use evens_contracts::{Problem, ProblemKind, time_in_words};
use evens_payments::{SETTINGS_CHANGES_MAX, TooManyChanges};
use evens_runtime::{Context, Function, Stack, Stages, Start};
use evens_store::ChangeRefusal;
use jiff::tz::TimeZone;

pub fn router() -> Router<Context> {
    limits::router().merge(exclusion::router()).merge(identity::router()).merge(reality_check::router())
}

/// The problem of a refused change. `of_rule` words the refusal of its rule.
fn problem<Refusal>(refusal: ChangeRefusal<Refusal>, of_rule: impl FnOnce(Refusal) -> Problem) -> Problem {
    match refusal {
        ChangeRefusal::Rule(refusal) => of_rule(refusal),
        ChangeRefusal::TooMany(TooManyChanges { until }) => {
            let detail = format!(
                "You have changed your limits and reminders {SETTINGS_CHANGES_MAX} times within a day. Until {} you can \
                 only lower a limit, be reminded more often or exclude yourself.",
                time_in_words(until)
            );
            Problem::new(ProblemKind::TooManyChanges, detail)
        }
    }
}

/// The time zone in which days, weeks and months begin.
fn zone(context: &Context) -> TimeZone {
    TimeZone::fixed(context.settings.players.attendance_offset.offset())
}

pub const FUNCTION: Function = Function {
    folder: "limits",
    stack: Stack::Payments,
    about: "Writes the limits that players set for themselves, into their payment record and into their wallet, \
        where bets are checked. It writes no ledger entry.",
    start: Start::Requests(Stages { local: 2, dev: 2, staging: 5, prod: 5 }),
    ..Function::REQUESTS
};
