//! Finds opponents for a bet: oldest first, in equal amounts, passing over whoever is being taken at the moment.
//!
//! Keeps M5 (a join takes the same amount from both sides), M7 (where each match is its own game, the outcome is
//! written with the match, before anybody is paid) and, with the sweeper, M6. A bet is visible in the book before its
//! job is sent, and the book is read strongly consistent: of two opposed bets, the one that came later sees the earlier
//! one.
//!
//! Architecture invariant: a job is a hint. Nothing is decided from the message but which bet to look at; what waits
//! in the book decides, and the conditional write of the join.

mod candidates;
mod handler;
mod shared_view;

pub use handler::Matcher;
