//! The games, a file each.

mod five_d;
mod k3;
mod trx_wix;
mod wingo;

use crate::Game;

/// Every game that is offered, in the order in which clients show them. Routes, their description, statistics, exposure
/// and tests go through this list.
pub const GAMES: &[&dyn Game] = &[&wingo::Wingo, &k3::K3, &five_d::FiveD, &trx_wix::TrxWix];

/// The version of the payout tables. It stays: a price is changed by a new line behind the others, and a line that was
/// ever sold keeps its place and its price, so that bets that were placed before are paid by it.
pub const RULES_VERSION: u16 = 1;
