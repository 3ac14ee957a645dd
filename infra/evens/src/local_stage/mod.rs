//! What only the local stage has, so that a newcomer can play at once.

pub(crate) mod banner;
pub(crate) mod local_jackpots;
pub(crate) mod quick_round;
pub(crate) mod sandbox;
