//! [`Share`]: the part of the players, rounds and periods that one check covers, and the records that it needs.
//!
//! A record is held if one of its players, its round or its period is in the share. A check that combines records of
//! one subject is made only for subjects in the share, so all records that it needs are held. Every subject is in one
//! share of each size.

use crate::books::Books;
use evens_exchange::{Bet, Match, Side};
use evens_games::{GameBet, Period, PeriodId};
use evens_ledger::UserId;
use evens_own_limits::PlayRules;
use evens_records::StoredLimits;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};

/// One of `2^bits` parts of all players, rounds and periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    bits: u32,
    turn: u64,
}

impl Default for Share {
    fn default() -> Self {
        Self::ALL
    }
}

impl Share {
    /// Everything.
    pub const ALL: Self = Self { bits: 0, turn: 0 };
    const BITS_MAX: u32 = 16;

    /// Everything as long as it fits. If it is [halved](Self::half), consecutive turns cover all parts.
    pub fn of_turn(turn: u64) -> Self {
        Self { turn, ..Self::ALL }
    }

    /// The half of this share that belongs to its turn, or `None` if it cannot be smaller.
    #[must_use]
    pub fn half(self) -> Option<Self> {
        (self.bits < Self::BITS_MAX).then_some(Self { bits: self.bits + 1, ..self })
    }

    /// The number of the turn.
    pub fn turn(self) -> u64 {
        self.turn
    }

    /// Number of shares of this size.
    pub fn count(self) -> u64 {
        1 << self.bits
    }

    /// Number of this share, from 0.
    pub fn number(self) -> u64 {
        self.turn % self.count()
    }

    fn has(self, subject: impl Hash) -> bool {
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        self.bits == 0 || hasher.hash_one(subject) % self.count() == self.number()
    }

    pub(crate) fn has_user(self, user: UserId) -> bool {
        self.has(user.number())
    }

    pub(crate) fn has_round(self, round: &str) -> bool {
        self.has(round)
    }

    pub(crate) fn has_period(self, period: PeriodId) -> bool {
        self.has(period)
    }

    pub(crate) fn holds_bet(self, bet: &Bet) -> bool {
        self.has_user(bet.user) || self.has_round(bet.round.as_str())
    }

    /// Matches that have not ended are few. All are held, so that each check finds those that are late.
    pub(crate) fn holds_match(self, found: &Match) -> bool {
        !found.state.is_final()
            || self.has_round(found.round.as_str())
            || Side::ALL.iter().any(|side| self.has_user(found.user(*side)))
    }

    pub(crate) fn holds_game_bet(self, bet: &GameBet) -> bool {
        self.has_user(bet.user) || self.has_period(bet.period)
    }

    /// Every wallet has sums of stakes, which are compared with the bets of its player. Rules are few, and all are
    /// held, because a bet of another player in the share may meet a player who was excluded.
    pub(crate) fn holds_limits(self, limits: &StoredLimits) -> bool {
        limits.rules != PlayRules::NONE || self.has_user(limits.user)
    }

    /// A bet of a player in the share needs its period, in whatever share that is. A closed period without bets has
    /// none.
    pub(crate) fn holds_period(self, period: &Period) -> bool {
        self.has_period(period.id) || period.totals().is_none_or(|totals| totals.bets > 0)
    }
}

impl Books {
    /// Number of records in memory. It is less than the number of records if the share is not everything, and because
    /// the entries of a wallet are folded as they come.
    pub fn record_count(&self) -> usize {
        let of_players = self.wallets.len()
            + self.sign_ups.len()
            + self.names.len()
            + self.referrals.len()
            + self.visitors.len()
            + self.payments_records.len()
            + self.play.len()
            + self.access.len()
            + self.settings.len()
            + self.payees.len()
            + self.payee_owners.len();
        let of_money = self.movements.len()
            + self.transfers.len()
            + self.fundings.len()
            + self.deposits.len()
            + self.withdrawals.len()
            + self.order_places.len()
            + self.jackpots.len();
        let of_bets = self.bets.len()
            + self.waiting.len()
            + self.matches.len()
            + self.rounds.len()
            + self.seeds.len()
            + self.game_bets.len()
            + self.periods.len()
            + self.period_shards.len()
            + self.period_results.len()
            + self.period_seeds.len();
        of_players + of_money + of_bets + self.audit_lines.len() + self.seals.len()
    }

    /// The part of the books that is checked completely.
    pub fn share(&self) -> Share {
        self.share
    }

    /// Halves the share, and drops the records that it does not need. Returns `false` if it cannot be smaller.
    pub fn narrow(&mut self) -> bool {
        let Some(share) = self.share.half() else { return false };
        self.share = share;
        self.movements.retain(|movement| share.has_user(movement.user));
        self.fundings.retain(|_, funding| share.has_user(funding.user));
        self.play.retain(|_, limits| share.holds_limits(limits));
        self.bets.retain(|_, bet| share.holds_bet(bet));
        self.matches.retain(|_, found| share.holds_match(found));
        self.game_bets.retain(|_, bet| share.holds_game_bet(bet));
        self.periods.retain(|_, period| share.holds_period(period));
        self.archived_periods.retain(|period| share.has_period(*period));
        self.period_shards.retain(|(period, _), _| share.has_period(*period));
        self.period_results.retain(|period, _| share.has_period(*period));
        self.period_seeds.retain(|period, _| share.has_period(*period));
        true
    }
}
