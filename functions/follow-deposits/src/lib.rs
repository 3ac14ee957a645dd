//! Gives players what follows from deposits that were credited: the bonus for the first one, and that for whoever
//! brought the player.
//!
//! Keeps M3: the bonus shares a transaction with the record that owes it, so a job that comes twice gives it once. It
//! touches one player's wallet alone, so nothing that happens to others can hold it up: the referrer's bonus is a job
//! of its own.
//!
//! Architecture invariant: a job is a hint. What is owed is read from the player's record.

mod handler;

pub use handler::handle;
