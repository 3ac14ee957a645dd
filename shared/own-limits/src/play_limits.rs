//! [`PlayLimits`]: what a player has set against their own play. The wallet carries it, so that one conditional write
//! both takes a stake and counts it; a wallet without it costs nothing.

use crate::{Exclusion, PerPeriod, Period, RealityCheck};
use evens_ledger::Amount;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// How long before it is written a bet may have been dated, by a host whose clock may differ.
const DATED_BEFORE_MAX: SignedDuration = SignedDuration::from_secs(30);

/// What bets of a player are held to, and what counts against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlayLimits {
    /// What the player has set.
    pub rules: PlayRules,
    /// What they have staked and got since they first set a limit of either; none before.
    pub sums: Option<PerPeriod<PlaySum>>,
}

/// What a player has set against their own play, and what stops it: a copy of what counts in their cashier record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlayRules {
    /// Their exclusion.
    pub exclusion: Option<Exclusion>,
    /// How much they stake at most.
    pub stakes: PerPeriod<Option<Amount>>,
    /// How much they lose at most.
    pub losses: PerPeriod<Option<Amount>>,
    /// How often they are reminded of how long they play.
    pub reality_check: Option<RealityCheck>,
    /// Whether they owe money, or their money is held: nobody plays with what may not be theirs. This alone is not
    /// theirs to set.
    pub is_held: bool,
}

/// What a player has staked and got in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlaySum {
    /// From when on what comes back of stakes is taken off: when the period began, or a little after the player first
    /// set a limit. Stakes count before that, too.
    pub since: Timestamp,
    /// Stakes, when they were placed, without those that came back.
    pub staked: Amount,
    /// What was paid for stakes of the period.
    pub paid: Amount,
}

/// What a limit of play is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum PlayLimitKind {
    /// How much is staked.
    Stakes,
    /// How much is lost.
    Losses,
}

/// Why a stake is not taken, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlayRefusal {
    /// The player has excluded themselves.
    #[error("the player is excluded until {until} at least")]
    Excluded {
        /// Until when at least.
        until: Timestamp,
    },
    /// The player owes money, or their money is held.
    #[error("the player owes money, or their money is held")]
    Held,
    /// The player wants to see how long they have played, and has not.
    #[error("the player has played since {since} and wants to be reminded of it")]
    RealityCheckDue {
        /// Since when they have played without seeing it.
        since: Timestamp,
    },
    /// It would pass a limit.
    #[error("the limit of {limit} a {period} for {kind} leaves {left}")]
    OverLimit {
        /// Of what: stakes before losses.
        kind: PlayLimitKind,
        /// Of these, the one that leaves least.
        period: Period,
        /// How high it is.
        limit: Amount,
        /// The largest stake that it leaves.
        left: Amount,
    },
}

impl PlaySum {
    /// The sum in the period that began then; a period that is over begins anew.
    fn rolled(self, since: Timestamp) -> Self {
        if since > self.since { Self { since, ..Self::default() } } else { self }
    }

    /// What counts against a limit of that kind.
    pub fn counted(self, kind: PlayLimitKind) -> Amount {
        match kind {
            PlayLimitKind::Stakes => self.staked,
            PlayLimitKind::Losses => self.staked.saturating_sub(self.paid),
        }
    }

    /// The largest stake that a limit leaves.
    pub fn left(self, kind: PlayLimitKind, limit: Amount) -> Amount {
        match kind {
            PlayLimitKind::Stakes => limit.saturating_sub(self.staked),
            // What was won besides can be lost, too.
            PlayLimitKind::Losses => limit.saturating_add(self.paid).saturating_sub(self.staked),
        }
    }
}

impl PlayRules {
    /// Of whoever has set nothing.
    pub const NONE: Self = {
        let none = PerPeriod { day: None, week: None, month: None };
        Self { exclusion: None, stakes: none, losses: none, reality_check: None, is_held: false }
    };

    /// The limits of a kind.
    pub fn limits(&self, kind: PlayLimitKind) -> &PerPeriod<Option<Amount>> {
        match kind {
            PlayLimitKind::Stakes => &self.stakes,
            PlayLimitKind::Losses => &self.losses,
        }
    }

    /// Whether stakes count against anything.
    pub fn has_limits(&self) -> bool {
        let is_set = |kind: &PlayLimitKind| {
            Period::VARIANTS.iter().any(|period| self.limits(*kind).of(*period).is_some())
        };
        PlayLimitKind::VARIANTS.iter().any(is_set)
    }
}

impl PlayLimits {
    /// Of whoever has set nothing.
    pub const NONE: Self = Self { rules: PlayRules::NONE, sums: None };

    /// Nothing staked and nothing got by a player who first sets a limit now. What was placed before did not count, so
    /// nothing is taken off for it: for a moment the dates of bets do not tell what was before.
    pub fn sums_from(now: Timestamp) -> PerPeriod<PlaySum> {
        let since = now.saturating_add(DATED_BEFORE_MAX).unwrap_or(Timestamp::MAX);
        PerPeriod::default().map(|_, sum: &PlaySum| PlaySum { since, ..*sum })
    }

    /// The limits after a stake, which counts as lost until something is paid for it; or why it is not taken.
    ///
    /// `session_started_at` is when the player logged in to the session that they stake in.
    pub fn place(
        &self,
        stake: Amount,
        session_started_at: Timestamp,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<Self, PlayRefusal> {
        let rules = &self.rules;
        if let Some(exclusion) = rules.exclusion.filter(|exclusion| exclusion.is_in_force(now)) {
            return Err(PlayRefusal::Excluded { until: exclusion.until });
        }
        if rules.is_held {
            return Err(PlayRefusal::Held);
        }
        if let Some(check) = rules.reality_check.filter(|check| check.is_due(session_started_at, now)) {
            return Err(PlayRefusal::RealityCheckDue { since: check.playing_since(session_started_at) });
        }
        let Some(sums) = self.sums else { return Ok(*self) };
        let sums = sums.map(|period, sum| sum.rolled(period.start_moment(now, zone)));
        let over = |kind: &PlayLimitKind| {
            let over = Period::VARIANTS
                .iter()
                .filter_map(|period| self.over(*kind, *period, *sums.of(*period), stake));
            over.min_by_key(|(left, _)| *left).map(|(_, refusal)| refusal)
        };
        if let Some(refusal) = PlayLimitKind::VARIANTS.iter().find_map(over) {
            return Err(refusal);
        }
        let sums = sums.map(|_, sum| PlaySum { staked: sum.staked.saturating_add(stake), ..*sum });
        Ok(Self { sums: Some(sums), ..*self })
    }

    /// The limits after a stake, or a part of one, came back. It is taken off in the periods that it was placed in.
    #[must_use]
    pub fn give_back(&self, stake: Amount, placed_at: Timestamp) -> Self {
        self.with_sums_of(placed_at, |sum| PlaySum { staked: sum.staked.saturating_sub(stake), ..sum })
    }

    /// The limits after something was paid for a stake. It is taken off in the periods that the stake was placed in.
    #[must_use]
    pub fn pay(&self, payout: Amount, placed_at: Timestamp) -> Self {
        self.with_sums_of(placed_at, |sum| PlaySum { paid: sum.paid.saturating_add(payout), ..sum })
    }

    /// What was staked and got in the period that it is.
    pub fn sum_at(&self, period: Period, zone: &TimeZone, now: Timestamp) -> PlaySum {
        let sums = self.sums.unwrap_or_default();
        sums.of(period).rolled(period.start_moment(now, zone))
    }

    /// What a limit leaves, and the refusal of a stake that is more.
    fn over(
        &self,
        kind: PlayLimitKind,
        period: Period,
        sum: PlaySum,
        stake: Amount,
    ) -> Option<(Amount, PlayRefusal)> {
        let limit = (*self.rules.limits(kind).of(period))?;
        let left = sum.left(kind, limit);
        (stake > left).then_some((left, PlayRefusal::OverLimit { kind, period, limit, left }))
    }

    /// Whoever stakes in a later period begins the sum anew, so what was placed since its beginning is in it.
    fn with_sums_of(&self, placed_at: Timestamp, changed: impl Fn(PlaySum) -> PlaySum) -> Self {
        let sums = self
            .sums
            .map(|sums| sums.map(|_, sum| if placed_at >= sum.since { changed(*sum) } else { *sum }));
        Self { sums, ..*self }
    }
}
