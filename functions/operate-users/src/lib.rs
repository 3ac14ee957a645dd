//! Staff find players, orders, rounds and bets by one text, list the newest players, and read the wallet, ledger, bets,
//! limits and opponents of an account. They read the names of the users whose numbers they see.
//! Operators block and unblock accounts, and end their sessions. Roles are changed by the command alone.
//!
//! Keeps: each act has a reason, a recent login, and an audit log line in its own transaction. Tokens from before a
//! block, or before sessions were ended, stay refused. No act is on the operator's own account. A repeat changes
//! nothing.
//!
//! Architecture invariant: no password hash is read here.
//!
//! Not in simulated runs: it moves no money, and a blocked account is a state that they reach without it.

mod acts;
mod reads;
mod search;

use axum::Router;
use evens_runtime::{Context, Function, Stack};

pub fn router() -> Router<Context> {
    reads::router().merge(search::router()).merge(acts::router())
}

pub const FUNCTION: Function =
    Function { folder: "operate-users", stack: Stack::Players, ..Function::REQUESTS };
