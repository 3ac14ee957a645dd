//! Draws for any game: a secret whose hash is published first, and results that can be recomputed from the secret.
//!
//! Invariants:
//! - a [`Seed`] or [`Nonce`] shows only its hash until it is revealed (M7);
//! - a draw follows from the seed and the message alone: it depends on no clock, no state and no stakes;
//! - [`Numbers::below`] is unbiased: bytes that would favour some numbers are skipped, not folded in.
//!
//! The first line of a message names the kind of draw: `match`, `round`, or the name of a game. So two kinds of draws
//! never share a message. This crate knows none of them.

mod numbers;
mod secret;

pub use numbers::Numbers;
pub use secret::{Nonce, Seed};
