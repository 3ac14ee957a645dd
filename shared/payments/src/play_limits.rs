//! [`PlayLimits`]: what a player has set against their own play. The wallet carries it, so that one conditional write
//! both takes a stake and counts it; a wallet without it costs nothing.

use crate::names::words;
use crate::period::add_up;
use crate::{ConfirmRefusal, Exclusion, Limit, PerPeriod, Period};
use evens_ledger::Amount;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A player's own limits of play, and what counts against them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlayLimits {
    /// Their exclusion, as their cashier record has it.
    pub exclusion: Option<Exclusion>,
    /// How much they stake.
    pub stakes: PerPeriod<Limit>,
    /// How much they lose.
    pub losses: PerPeriod<Limit>,
    /// What they have staked and got.
    pub sums: PerPeriod<PlaySum>,
}

/// What a player has staked and got in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlaySum {
    /// The first day of the period.
    pub starts_on: Date,
    /// Stakes, when they were placed, without those that came back.
    pub staked: Amount,
    /// What was paid for stakes of the period.
    pub paid: Amount,
}

/// What a limit of play is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlayLimitKind {
    /// How much is staked.
    Stakes,
    /// How much is lost.
    Losses,
}

words!(PlayLimitKind { Stakes = "stakes", Losses = "losses" });

/// Why a stake is not taken, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlayRefusal {
    /// The player has excluded themselves.
    #[error("the player is excluded until {until} at least")]
    Excluded {
        /// Until when at least.
        until: Timestamp,
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
    /// The sum in the period that starts on a day; a period that is over begins anew.
    fn rolled(self, starts_on: Date) -> Self {
        if starts_on > self.starts_on { Self { starts_on, ..Self::default() } } else { self }
    }
}

impl PlayLimits {
    /// The limits after a stake, which counts as lost until something is paid for it; or why it is not taken.
    pub fn place(&self, stake: Amount, zone: &TimeZone, now: Timestamp) -> Result<Self, PlayRefusal> {
        if let Some(exclusion) = self.exclusion.filter(|exclusion| exclusion.is_in_force(now)) {
            return Err(PlayRefusal::Excluded { until: exclusion.until });
        }
        let sums = self.sums.map(|period, sum| sum.rolled(period.start(now, zone)));
        let over = |kind: &PlayLimitKind| {
            let over =
                Period::ALL.iter().filter_map(|period| self.over(*kind, *period, *sums.of(*period), stake));
            over.min_by_key(|(left, _)| *left).map(|(_, refusal)| refusal)
        };
        if let Some(refusal) = PlayLimitKind::ALL.iter().find_map(over) {
            return Err(refusal);
        }
        let sums = sums.map(|_, sum| PlaySum { staked: add_up(sum.staked, stake), ..*sum });
        Ok(Self { sums, ..*self })
    }

    /// The limits after a stake, or a part of one, came back. It is taken off in the periods that it was placed in.
    #[must_use]
    pub fn give_back(&self, stake: Amount, zone: &TimeZone, placed_at: Timestamp) -> Self {
        self.with_sums_of(zone, placed_at, |sum| PlaySum { staked: sum.staked.saturating_sub(stake), ..sum })
    }

    /// The limits after something was paid for a stake. It is taken off in the periods that the stake was placed in.
    #[must_use]
    pub fn pay(&self, payout: Amount, zone: &TimeZone, placed_at: Timestamp) -> Self {
        self.with_sums_of(zone, placed_at, |sum| PlaySum { paid: add_up(sum.paid, payout), ..sum })
    }

    /// Sets a limit: lower at once, higher to be confirmed after a day.
    #[must_use]
    pub fn ask_limit(
        &self,
        kind: PlayLimitKind,
        period: Period,
        asked: Option<Amount>,
        now: Timestamp,
    ) -> Self {
        let limit = self.limits(kind).of(period).ask(asked, now);
        self.with_limit(kind, period, limit)
    }

    /// Raises a limit, as its player asked for a day ago or longer.
    pub fn confirm_limit(
        &self,
        kind: PlayLimitKind,
        period: Period,
        now: Timestamp,
    ) -> Result<Self, ConfirmRefusal> {
        let limit = self.limits(kind).of(period).confirm(now)?;
        Ok(self.with_limit(kind, period, limit))
    }

    /// The limits of a kind.
    pub fn limits(&self, kind: PlayLimitKind) -> &PerPeriod<Limit> {
        match kind {
            PlayLimitKind::Stakes => &self.stakes,
            PlayLimitKind::Losses => &self.losses,
        }
    }

    fn with_limit(&self, kind: PlayLimitKind, period: Period, limit: Limit) -> Self {
        let limits = self.limits(kind).with(period, limit);
        match kind {
            PlayLimitKind::Stakes => Self { stakes: limits, ..*self },
            PlayLimitKind::Losses => Self { losses: limits, ..*self },
        }
    }

    /// What a limit leaves, and the refusal of a stake that is more.
    fn over(
        &self,
        kind: PlayLimitKind,
        period: Period,
        sum: PlaySum,
        stake: Amount,
    ) -> Option<(Amount, PlayRefusal)> {
        let limit = self.limits(kind).of(period).current?;
        let left = match kind {
            PlayLimitKind::Stakes => limit.saturating_sub(sum.staked),
            // What was won besides can be lost, too.
            PlayLimitKind::Losses => add_up(limit, sum.paid).saturating_sub(sum.staked),
        };
        (stake > left).then_some((left, PlayRefusal::OverLimit { kind, period, limit, left }))
    }

    fn with_sums_of(
        &self,
        zone: &TimeZone,
        placed_at: Timestamp,
        changed: impl Fn(PlaySum) -> PlaySum,
    ) -> Self {
        let sums = self.sums.map(|period, sum| match period.start(placed_at, zone) {
            starts_on if starts_on == sum.starts_on => changed(*sum),
            _ => *sum,
        });
        Self { sums, ..*self }
    }
}
