//! Bets, matches and rounds: M5 to M7, and the money they moved.

pub(crate) mod barred;
pub(crate) mod draws;
pub(crate) mod effects;
pub(crate) mod endings;
pub(crate) mod matching;
