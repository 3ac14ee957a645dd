//! House games: periods, bets on them, and payouts.

mod at_once;
mod blocks;
mod cancel;
mod every;
mod fed;
mod idle;
mod play;
mod refusals;
pub(crate) mod table;
