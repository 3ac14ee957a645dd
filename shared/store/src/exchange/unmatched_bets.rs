//! [`UnmatchedBets`]: the recent bets of players that may still be unmatched, as this process last read them.
//!
//! A ledger entry never changes, and a bet that has left the book never returns to it. So a bet that was once found
//! matched need not be read again, and the entries up to a wallet's version need to be read only once.

use evens_exchange::{RoundId, Side};
use evens_idempotency::BetId;
use evens_ledger::UserId;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A bet that may be unmatched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) bet: BetId,
    pub(crate) placed_at: Timestamp,
    /// `None` until the bet was found in the book: its ledger entry does not contain the side.
    pub(crate) side: Option<Side>,
}

/// The candidates of one player as of a version of their wallet. Each list is ordered by the time of placing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Candidates {
    pub(crate) version: u64,
    pub(crate) by_round: HashMap<RoundId, Vec<Candidate>>,
}

impl Candidates {
    /// Drops the bets placed before a moment.
    pub(crate) fn drop_before(&mut self, since: Timestamp) {
        self.by_round.retain(|_, bets| {
            bets.retain(|candidate| candidate.placed_at >= since);
            !bets.is_empty()
        });
    }

    /// The number of bets, and one for the player.
    fn size(&self) -> usize {
        1 + self.by_round.values().map(Vec::len).sum::<usize>()
    }
}

/// The candidates of many players. Dropping them costs a read of the ledger and changes no count.
#[derive(Debug, Default)]
pub(crate) struct UnmatchedBets(Mutex<Players>);

#[derive(Debug, Default)]
struct Players {
    candidates: HashMap<UserId, Candidates>,
    /// The sum of the candidates' sizes.
    size: usize,
}

impl UnmatchedBets {
    /// Maximum number of players and bets that are kept: a few megabytes.
    const SIZE_MAX: usize = 20_000;

    /// The player's candidates, unless they are newer than the wallet.
    pub(crate) fn of(&self, user: UserId, version: u64) -> Option<Candidates> {
        let players = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        players.candidates.get(&user).filter(|known| known.version <= version).cloned()
    }

    /// Keeps a player's candidates, unless newer ones are known. If there are too many, those of all other players are
    /// dropped.
    pub(crate) fn keep(&self, user: UserId, candidates: Candidates) {
        let mut players = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = players.candidates.get(&user);
        if known.is_some_and(|known| known.version > candidates.version) {
            return;
        }
        let (known, size) = (known.map_or(0, Candidates::size), candidates.size());
        players.size = players.size - known + size;
        if players.size > Self::SIZE_MAX {
            *players = Players { candidates: HashMap::new(), size };
        }
        players.candidates.insert(user, candidates);
    }
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Candidates, UnmatchedBets};
    use evens_idempotency::BetId;
    use evens_ledger::UserId;
    use jiff::Timestamp;

    fn user(number: u64) -> UserId {
        UserId::new(number).unwrap()
    }

    fn candidates(version: u64, count: usize) -> Candidates {
        let bet = BetId::derive(user(1), &"key-1".parse().unwrap());
        let candidate = Candidate { bet, placed_at: Timestamp::UNIX_EPOCH, side: None };
        let by_round = [("r-1".parse().unwrap(), vec![candidate; count])].into();
        Candidates { version, by_round }
    }

    #[test]
    fn older_candidates_do_not_replace_newer_ones() {
        let known = UnmatchedBets::default();
        known.keep(user(1), candidates(7, 1));
        known.keep(user(1), candidates(6, 2));
        assert_eq!(known.of(user(1), 7), Some(candidates(7, 1)));
        assert_eq!(known.of(user(1), 6), None, "the wallet that was read is older");
        assert_eq!(known.of(user(2), 7), None);
    }

    #[test]
    fn other_players_are_dropped_when_there_are_too_many() {
        let known = UnmatchedBets::default();
        known.keep(user(1), candidates(1, UnmatchedBets::SIZE_MAX - 1));
        assert!(known.of(user(1), 1).is_some());
        known.keep(user(2), candidates(1, 1));
        assert_eq!(known.of(user(1), 1), None);
        assert!(known.of(user(2), 1).is_some());
    }

    #[test]
    fn old_bets_are_dropped() {
        let mut old = candidates(1, 2);
        old.drop_before(Timestamp::UNIX_EPOCH);
        assert_eq!(old, candidates(1, 2));
        old.drop_before("1970-01-01T00:00:01Z".parse().unwrap());
        assert!(old.by_round.is_empty());
    }
}
