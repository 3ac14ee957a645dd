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

use evens_runtime::Need;

pub const NEEDS: &[Need] = &[
    Need::TokenPublicKeys,
    Need::RateLimits,
    Need::Bets,
    Need::AttendanceOffset,
    Need::GamesBankroll,
    Need::GamesLimits,
];
