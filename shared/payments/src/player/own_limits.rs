//! The settings that players make for themselves in their payments record: limits, exclusion and reality check; and the
//! used part of each limit. Everything is written under the revision of the record. The wallet has a copy of the rules
//! for bets, written in the same transaction.

use crate::PaymentsRecord;
use evens_ledger::Amount;
use evens_own_limits::{
    ConfirmRefusal, EndExclusionRefusal, Exclusion, ExclusionTooShort, Limit, LimitId, LimitKind, PerPeriod,
    PlayLimitKind, PlayLimits, PlayRules, RealityCheck, RealityCheckDue, RealityCheckInterval,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A limit and its used part in the current period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedLimit {
    pub id: LimitId,
    pub limit: Limit,
    /// The amount that counts towards the limit. For losses it is stakes minus payouts.
    pub used: Amount,
    /// The time since which the amount counts, if it does not count the whole period: an earlier version of the program
    /// did not count the stakes before.
    pub counted_since: Option<Timestamp>,
    /// The amount left. `None` without a limit.
    pub left: Option<Amount>,
}

impl PaymentsRecord {
    pub fn limit(&self, id: LimitId) -> Limit {
        *self.limits(id.kind).of(id.period)
    }

    /// Sets or removes one of the player's own limits. A lower limit applies at once; a higher one has to be confirmed
    /// after a day. If nothing changes, the record keeps its revision.
    #[must_use]
    pub fn ask_limit(&self, id: LimitId, asked: Option<Amount>, now: Timestamp) -> Self {
        let limit = self.limit(id).ask(asked, now);
        if limit == self.limit(id) { self.clone() } else { self.with_limit(id, limit) }
    }

    /// Confirms a higher limit that the player requested at least one day and at most eight days ago.
    pub fn confirm_limit(&self, id: LimitId, now: Timestamp) -> Result<Self, ConfirmRefusal> {
        Ok(self.with_limit(id, self.limit(id).confirm(now)?))
    }

    /// Excludes the player from now on. A bonus that is due is forfeited, because a player who wants to stop must not
    /// be given money to play with.
    pub fn exclude(&self, until: Timestamp, now: Timestamp) -> Result<Self, ExclusionTooShort> {
        let exclusion = Exclusion::begin(self.exclusion, until, now)?;
        Ok(Self { exclusion: Some(exclusion), bonus_due: None, ..self.next() })
    }

    /// Ends the player's exclusion one day from now. Returns `None` if they are not excluded.
    pub fn end_exclusion(&self, now: Timestamp) -> Result<Option<Self>, EndExclusionRefusal> {
        let Some(exclusion) = self.exclusion.filter(|exclusion| exclusion.is_in_force(now)) else {
            return Ok(None);
        };
        Ok(Some(Self { exclusion: Some(exclusion.end(now)?), ..self.next() }))
    }

    /// Sets or removes the interval of the player's reminders. A new interval counts from the last reminder that they
    /// saw.
    ///
    /// # Errors
    /// A reminder is due. It stays due until the player has seen it, and a new interval does not replace it.
    pub fn set_reality_check(
        &self,
        every: Option<RealityCheckInterval>,
        session_started_at: Timestamp,
        now: Timestamp,
    ) -> Result<Self, RealityCheckDue> {
        if self.reality_check.map(|check| check.every) == every {
            return Ok(self.clone());
        }
        if let Some(check) = self.reality_check.filter(|check| check.is_due(session_started_at, now)) {
            return Err(RealityCheckDue { since: check.playing_since(session_started_at) });
        }
        let seen_at = self.reality_check.map_or(now, |check| check.seen_at);
        let reality_check = every.map(|every| RealityCheck { every, seen_at });
        Ok(Self { reality_check, ..self.next() })
    }

    /// Records that the player has seen their playing time.
    #[must_use]
    pub fn acknowledge_reality_check(&self, now: Timestamp) -> Self {
        let seen = |check: RealityCheck| RealityCheck { seen_at: now, ..check };
        match self.reality_check {
            Some(check) => Self { reality_check: Some(seen(check)), ..self.next() },
            None => self.clone(),
        }
    }

    pub fn play_rules(&self) -> PlayRules {
        PlayRules {
            exclusion: self.exclusion,
            stakes: self.stake_limits.map(|_, limit| limit.current),
            losses: self.loss_limits.map(|_, limit| limit.current),
            reality_check: self.reality_check,
            is_held: self.owes_or_is_held(),
        }
    }

    /// Returns `true` if the player owes money or their money is held. The money may have to go back, so they may not
    /// bet with it. Deposits are still accepted.
    pub fn owes_or_is_held(&self) -> bool {
        self.is_held || !self.owed.is_zero()
    }

    /// All limits that the player can set, with the used part of each.
    pub fn used_limits(&self, play: &PlayLimits, zone: &TimeZone, now: Timestamp) -> Vec<UsedLimit> {
        LimitId::all().map(|id| self.used_limit(id, play, zone, now)).collect()
    }

    pub fn used_limit(&self, id: LimitId, play: &PlayLimits, zone: &TimeZone, now: Timestamp) -> UsedLimit {
        let limit = self.limit(id).at(now);
        let (used, counted_since, left) = match id.kind {
            LimitKind::Deposits => {
                let sum = self.deposits.of(id.period).rolled(id.period.start(now, zone));
                (sum.taken(), None, limit.left(sum.taken()))
            }
            LimitKind::Play(kind) => {
                let sum = play.sum_at(id.period, zone, now);
                let counted_since = play.counted_since(id.period, zone, now);
                (sum.counted(kind), counted_since, limit.current.map(|limit| sum.left(kind, limit)))
            }
        };
        UsedLimit { id, limit, used, counted_since, left }
    }

    fn limits(&self, kind: LimitKind) -> &PerPeriod<Limit> {
        match kind {
            LimitKind::Deposits => &self.deposit_limits,
            LimitKind::Play(PlayLimitKind::Stakes) => &self.stake_limits,
            LimitKind::Play(PlayLimitKind::Losses) => &self.loss_limits,
        }
    }

    fn with_limit(&self, id: LimitId, limit: Limit) -> Self {
        let limits = self.limits(id.kind).with(id.period, limit);
        match id.kind {
            LimitKind::Deposits => Self { deposit_limits: limits, ..self.next() },
            LimitKind::Play(PlayLimitKind::Stakes) => Self { stake_limits: limits, ..self.next() },
            LimitKind::Play(PlayLimitKind::Losses) => Self { loss_limits: limits, ..self.next() },
        }
    }
}
