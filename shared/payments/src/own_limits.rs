//! What players set for themselves in their cashier record: limits, exclusion, reality check; and what of each limit is
//! used. Everything is written under the record's revision; the wallet carries a copy of what bets are held to, written
//! in the same transaction.

use crate::Cashier;
use evens_ledger::Amount;
use evens_own_limits::{
    ConfirmRefusal, EndExclusionRefusal, Exclusion, ExclusionTooShort, Limit, LimitId, LimitKind, PerPeriod,
    PlayLimitKind, PlayLimits, PlayRules, RealityCheck, RealityCheckDue, RealityCheckInterval,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A limit, and how much of it is used in the period that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedLimit {
    /// Which limit.
    pub id: LimitId,
    /// How high it is.
    pub limit: Limit,
    /// What counts against it. Of losses: what was staked and not paid back.
    pub used: Amount,
    /// What it leaves; none where there is no limit.
    pub left: Option<Amount>,
}

impl Cashier {
    /// One of the player's own limits.
    pub fn limit(&self, id: LimitId) -> Limit {
        *self.limits(id.kind).of(id.period)
    }

    /// Sets one of the player's own limits, or takes it away: lower at once, higher to be confirmed after a day. Where
    /// that changes nothing, the record keeps its revision.
    #[must_use]
    pub fn ask_limit(&self, id: LimitId, asked: Option<Amount>, now: Timestamp) -> Self {
        let limit = self.limit(id).ask(asked, now);
        if limit == self.limit(id) { self.clone() } else { self.with_limit(id, limit) }
    }

    /// Raises one of the player's own limits, as they asked for a day ago or longer, up to eight days.
    pub fn confirm_limit(&self, id: LimitId, now: Timestamp) -> Result<Self, ConfirmRefusal> {
        Ok(self.with_limit(id, self.limit(id).confirm(now)?))
    }

    /// Excludes the player from now on. A bonus that they have earned and not been given is forfeited: nobody who wants
    /// to stop is given something to play with, then or later.
    pub fn exclude(&self, until: Timestamp, now: Timestamp) -> Result<Self, ExclusionTooShort> {
        let exclusion = Exclusion::begin(self.exclusion, until, now)?;
        Ok(Self { exclusion: Some(exclusion), bonus_due: None, ..self.next() })
    }

    /// Ends the player's exclusion a day from now. `None` where they are not excluded.
    pub fn end_exclusion(&self, now: Timestamp) -> Result<Option<Self>, EndExclusionRefusal> {
        let Some(exclusion) = self.exclusion.filter(|exclusion| exclusion.is_in_force(now)) else {
            return Ok(None);
        };
        Ok(Some(Self { exclusion: Some(exclusion.end(now)?), ..self.next() }))
    }

    /// Sets how often the player is reminded, or that they are not, in a session that began then. Another interval
    /// counts from when they last saw how long they play.
    ///
    /// # Errors
    /// A reminder is due. It stays due until they have seen it, whatever they set.
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

    /// Notes that the player has seen how long they have played.
    #[must_use]
    pub fn acknowledge_reality_check(&self, now: Timestamp) -> Self {
        let seen = |check: RealityCheck| RealityCheck { seen_at: now, ..check };
        match self.reality_check {
            Some(check) => Self { reality_check: Some(seen(check)), ..self.next() },
            None => self.clone(),
        }
    }

    /// What of this bets are held to.
    pub fn play_rules(&self) -> PlayRules {
        PlayRules {
            exclusion: self.exclusion,
            stakes: self.stake_limits.map(|_, limit| limit.current),
            losses: self.loss_limits.map(|_, limit| limit.current),
            reality_check: self.reality_check,
            is_held: self.owes_or_is_held(),
        }
    }

    /// Whether the player owes money, or their money is held: what they hold may have to go back, so they do not bet
    /// it away. What they bring is still taken.
    pub fn owes_or_is_held(&self) -> bool {
        self.is_held || !self.owed.is_zero()
    }

    /// Each limit that the player can set, with what of it is used now.
    pub fn used_limits(&self, play: &PlayLimits, zone: &TimeZone, now: Timestamp) -> Vec<UsedLimit> {
        LimitId::all().map(|id| self.used_limit(id, play, zone, now)).collect()
    }

    /// One of them.
    pub fn used_limit(&self, id: LimitId, play: &PlayLimits, zone: &TimeZone, now: Timestamp) -> UsedLimit {
        let limit = self.limit(id).at(now);
        let (used, left) = match id.kind {
            LimitKind::Deposits => {
                let sum = self.deposits.of(id.period).rolled(id.period.start(now, zone));
                (sum.taken(), limit.left(sum.taken()))
            }
            LimitKind::Play(kind) => {
                let sum = play.sum_at(id.period, zone, now);
                (sum.counted(kind), limit.current.map(|limit| sum.left(kind, limit)))
            }
        };
        UsedLimit { id, limit, used, left }
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
