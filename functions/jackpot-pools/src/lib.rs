//! `GET /api/jackpots`: the jackpots' amounts and winners. For operators: contribute, award a pool to a player, change
//! the terms.
//!
//! Keeps M3 and M9: each operation happens once under its id, in one transaction. Contributions never wait for a win.
//! The worker of the queue `jackpots` pays awarded pools; this function cannot move money into a wallet. A contribution
//! that cannot be made in time goes to the same queue: it is slower, but not lost.
//!
//! Architecture invariant: no rule lives here. `jackpots` decides, and `store` compares at the write.

mod awards;
mod configs;
mod contributions;
mod pools;
mod proposals;
mod recent;

pub use pools::read_jackpots;

use axum::Router;
use axum::extract::Extension;
use evens_runtime::{Calls, Context, Function, Slow, Stack, Stages, Start};

pub fn router() -> Router<Context> {
    quick_router().merge(award_router())
}

/// The routes that answer at once. Their cache belongs to the process.
pub fn quick_router() -> Router<Context> {
    let routes = pools::router().merge(proposals::router());
    let routes = routes.merge(contributions::router()).merge(configs::router());
    routes.layer(Extension(recent::RecentJackpots::default()))
}

/// The route that waits until a win is paid.
pub fn award_router() -> Router<Context> {
    awards::router()
}

pub const FUNCTION: Function = Function {
    folder: "jackpot-pools",
    stack: Stack::Jackpots,
    about: "Cannot credit a wallet.",
    start: Start::Requests(Stages { local: 5, dev: 3, staging: 20, prod: 20 }),
    slow: Slow { calls: Calls::Many, warn_ms: 1_000, page_ms: 5_000 },
    ..Function::REQUESTS
};
