//! `GET /api/rounds/{roundId}`: a round as everybody may see it. Its seed is there once the round has closed, not
//! before (M7).
//!
//! Architecture invariant: this function never reads a seed's item; what is public is on the round.

mod handler;

pub use handler::router;
