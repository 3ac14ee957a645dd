//! Pays the winner of a match, once; and draws it before that, where its round has one outcome for everybody.
//!
//! Keeps M3 (the payout shares a transaction with the match's state) and M7 (the outcome is stored before anybody is
//! paid; a second draw finds the first).
//!
//! Architecture invariant: a job is a hint. Nothing is decided from the message but which match to look at.

mod handler;

pub use handler::handle;
