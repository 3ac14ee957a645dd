//! Gives a new player what the account owes: the sign-up bonus, then the referral, then the bonuses of the players
//! above them.
//!
//! Each step sends the job of the next one. No step waits for another or holds a wallet while it waits, so two cannot
//! block each other; conflicting transactions are retried. Keeps M3: a bonus shares a transaction with the account
//! state that owes it.
//!
//! An unknown referral code is not an error, because a player may type anything. The sign-up then ends without a
//! referral and logs a line.
//!
//! Architecture invariant: a job is a hint. The account says which bonuses are owed.

mod handler;

pub use handler::handle;

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function = Function { folder: "registration", stack: Stack::Players, ..Function::JOBS };
