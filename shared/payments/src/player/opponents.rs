//! [`Opponents`]: the players against whom a player won bets, taken from the wins in their ledger. Two players who bet
//! against each other again and again only move money between them.

use evens_ledger::{Amount, UserId};
use std::collections::BTreeMap;

/// The won matches of a player by opponent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opponents(BTreeMap<UserId, Meetings>);

/// The matches that a player won against one opponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Meetings {
    pub won: u32,
    /// The player's stakes in these matches.
    pub staked: Amount,
    /// The stakes of all but the first matches that were counted.
    repeated: Amount,
}

impl Opponents {
    /// The number of won matches against one opponent that are not repetitions.
    pub const WON_MAX: u32 = 3;

    /// Adds a match that the player won.
    pub fn count(&mut self, opponent: UserId, staked: Amount) {
        let meetings = self.0.entry(opponent).or_default();
        meetings.won = meetings.won.saturating_add(1);
        meetings.staked = meetings.staked.saturating_add(staked);
        if meetings.is_repeated() {
            meetings.repeated = meetings.repeated.saturating_add(staked);
        }
    }

    /// The stakes that do not count as turnover: those of the repetitions, and as much again for the matches that the
    /// player lost to the same opponents. A lost match leaves no entry, and each side wins half of the draws.
    pub fn uncounted(&self) -> Amount {
        let repeated = self.0.values().map(|meetings| meetings.repeated);
        repeated.fold(Amount::ZERO, |sum, repeated| sum.saturating_add(repeated).saturating_add(repeated))
    }

    /// The opponents with repetitions, the largest stakes first.
    pub fn repeated(&self) -> Vec<(UserId, Meetings)> {
        let mut repeated: Vec<_> = self.0.iter().filter(|(_, meetings)| meetings.is_repeated()).collect();
        repeated.sort_by_key(|(user, meetings)| (std::cmp::Reverse(meetings.staked), **user));
        repeated.into_iter().map(|(user, meetings)| (*user, *meetings)).collect()
    }
}

impl Meetings {
    fn is_repeated(self) -> bool {
        self.won > Opponents::WON_MAX
    }
}
