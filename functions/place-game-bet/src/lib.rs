//! `POST /api/games/{gameType}/{duration}/bet`: validates the bet. One transaction debits the wallet, appends the
//! ledger entry and adds the bet to its period. The answer is 202.
//!
//! Keeps M2, M3 and M8: the bet belongs to the token's subject. Its id derives from the user and the idempotency key,
//! so a repeat finds the first result and returns it.
//!
//! Architecture invariant: no rule lives here. `contracts` parses the body and `games` decides about the bet. This
//! function cannot read a seed (M7).

mod handler;
mod recent_exposures;

pub use handler::router;

use evens_runtime::{Calls, Function, Slow, Stack, Stages, Start};

pub const FUNCTION: Function = Function {
    folder: "place-game-bet",
    stack: Stack::Games,
    start: Start::Requests(Stages { local: 5, dev: 3, staging: 35, prod: 35 }),
    slow: Slow { calls: Calls::Many, warn_ms: 1_000, page_ms: 5_000 },
    ..Function::REQUESTS
};
