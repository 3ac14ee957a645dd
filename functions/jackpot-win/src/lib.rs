//! Pays wins of jackpots, begins those that were drawn, and makes contributions that could not be made in time.
//!
//! Keeps M3 and M9: what is paid shares a transaction with the pool that it comes from, and a meter is collected once
//! by each win. Whatever died in the middle of a win is gone on with here.
//!
//! Architecture invariant: a job is a hint. Which win is under way, who gets how much, and how far it has come is said
//! by the table alone.

mod handler;

pub use handler::handle;
