//! Staff find an account by phone number, user number or referral code, and read its wallet, ledger, bets,
//! limits and opponents.
//! Operators block and unblock accounts, and end their sessions. Roles are changed by the command alone.
//!
//! Keeps: each act has a reason, a recent login, and an audit log line: in its own transaction if it blocks or
//! unblocks, and before it if it ends sessions. No act is on the operator's own account. A repeat changes nothing.
//!
//! Architecture invariant: no password hash is read here.
//!
//! Not in simulated runs: it moves no money, and a blocked account is a state that they reach without it.

mod acts;
mod reads;

use axum::Router;
use evens_runtime::{Context, Need};

pub const NEEDS: &[Need] =
    &[Need::TokenPublicKeys, Need::RateLimits, Need::PhoneCountry, Need::AttendanceOffset];

pub fn router() -> Router<Context> {
    reads::router().merge(acts::router())
}
