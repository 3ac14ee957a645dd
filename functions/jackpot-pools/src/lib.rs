//! `GET /api/jackpots`: what the jackpots hold, and who has won; and what operators do with them: they contribute,
//! award a pool to a player, and change the terms.
//!
//! Keeps M3 and M9 (each operation happens once under its id, in one transaction) and that nobody waits for a win who
//! contributes. A pool that was awarded is paid by the worker of the queue `jackpots`: this function can move no money
//! into a wallet. What cannot be contributed in time goes to the same queue: slower, and not lost.
//!
//! Architecture invariant: no rule lives here. `jackpots` decides, and `store` compares at the write.

mod awards;
mod configs;
mod contributions;
mod pools;
mod proposals;
mod recent;

use axum::Router;
use axum::extract::Extension;
use evens_runtime::{Context, Need};

/// What it has to be told.
pub const NEEDS: &[Need] = &[
    Need::TokenPublicKeys,
    Need::RateLimits,
    Need::JackpotTwoPersonsFrom,
    Need::JackpotContributionMax,
    Need::JackpotContributionsPerDayMax,
];

/// The function's routes.
pub fn router() -> Router<Context> {
    quick_router().merge(award_router())
}

/// Those that are answered at once. What they remember is the process's.
pub fn quick_router() -> Router<Context> {
    let routes = pools::router().merge(proposals::router());
    let routes = routes.merge(contributions::router()).merge(configs::router());
    routes.layer(Extension(recent::RecentJackpots::default()))
}

/// The one that waits until a win is paid.
pub fn award_router() -> Router<Context> {
    awards::router()
}
