//! Draws for any game: a secret whose hash was public first, and what follows from it for everybody who knows the
//! secret.
//!
//! Invariants:
//! - a [`Seed`] or [`Nonce`] shows nothing of itself but its hash until it is revealed (M7);
//! - what is drawn follows from the seed and the message alone: no clock, no state, nothing of who has staked what;
//! - each number of [`Numbers::below`] is as likely as every other: what would favour some is skipped, not folded in.
//!
//! A message says in its first line whose draw it is (`match`, `round`, the name of a game), so that no two kinds of
//! draws ever ask for the same. The crate knows none of them.

mod numbers;
mod secret;

pub use numbers::Numbers;
pub use secret::{Nonce, Seed};
