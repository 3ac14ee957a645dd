//! The games, one file each.

mod five_d;
mod k3;
mod trx_wix;
mod wingo;

use crate::Game;

/// All games on offer, in the order in which clients show them. Routes, their documentation, statistics, exposure and
/// tests iterate over this list.
pub const GAMES: &[&dyn Game] = &[&wingo::Wingo, &k3::K3, &five_d::FiveD, &trx_wix::TrxWix];

/// The version of the payout tables. It never changes. A price changes by an appended line, and every line that was
/// ever sold keeps its code and price, so that earlier bets are paid by it.
pub const RULES_VERSION: u16 = 1;
