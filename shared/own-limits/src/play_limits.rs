//! [`PlayLimits`]: the limits that a player has set on their own play. They are part of the wallet, so that a single
//! conditional write takes a stake and counts it. Stakes and payouts are counted for every player, with limits or not.

use crate::{Exclusion, PerPeriod, Period, RealityCheck};
use evens_ledger::Amount;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// The largest difference between the date of a bet and the time of its write, given that the clocks of hosts differ.
const DATED_BEFORE_MAX: SignedDuration = SignedDuration::from_secs(30);

/// The limits of a player's bets, and the amounts that count towards them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlayLimits {
    pub rules: PlayRules,
    /// Stakes and payouts of the player.
    pub sums: PerPeriod<PlaySum>,
}

/// The player's own limits on play, and blocks that stop it: a copy of the relevant part of their payments record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlayRules {
    pub exclusion: Option<Exclusion>,
    pub stakes: PerPeriod<Option<Amount>>,
    pub losses: PerPeriod<Option<Amount>>,
    /// The interval at which the player is reminded of their playing time.
    pub reality_check: Option<RealityCheck>,
    /// True if the player owes money or their money is held, so they may not play with it. Only this field is not set
    /// by the player.
    pub is_held: bool,
}

/// A player's stakes and payouts in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlaySum {
    /// Refunds and payouts count only for stakes placed at or after this time: the start of the period, or a later
    /// time if an earlier version of the program did not count the stakes before. New stakes count even if they are
    /// dated earlier.
    pub since: Timestamp,
    /// Stakes by the time of the bet, without refunds.
    pub staked: Amount,
    /// Payouts for stakes of this period.
    pub paid: Amount,
}

/// The amount that a limit of play applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum PlayLimitKind {
    Stakes,
    Losses,
}

/// The reason why a stake is refused, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlayRefusal {
    #[error("the player is excluded until at least {until}")]
    Excluded {
        /// The earliest possible end.
        until: Timestamp,
    },
    #[error("the account owes money or is under review")]
    Held,
    /// The player must see their playing time first.
    #[error("the player has played since {since}, and a reality check is due")]
    RealityCheckDue {
        /// The start of the play without a reminder.
        since: Timestamp,
    },
    #[error("of the limit of {limit} a {period} for {kind}, {left} is left")]
    OverLimit {
        /// The kind of limit: stakes are checked before losses.
        kind: PlayLimitKind,
        /// The period with the least left.
        period: Period,
        limit: Amount,
        /// The largest stake that still fits.
        left: Amount,
    },
}

impl PlaySum {
    /// No stakes, whenever the period began.
    const NONE: Self = Self { since: Timestamp::UNIX_EPOCH, staked: Amount::ZERO, paid: Amount::ZERO };

    /// The sum for the period that began at `since`. A later period starts a new sum.
    fn rolled(self, since: Timestamp) -> Self {
        if since > self.since { Self { since, ..Self::default() } } else { self }
    }

    /// The amount that counts towards a limit of this kind.
    pub fn counted(self, kind: PlayLimitKind) -> Amount {
        match kind {
            PlayLimitKind::Stakes => self.staked,
            PlayLimitKind::Losses => self.staked.saturating_sub(self.paid),
        }
    }

    /// The largest stake that still fits under a limit.
    pub fn left(self, kind: PlayLimitKind, limit: Amount) -> Amount {
        match kind {
            PlayLimitKind::Stakes => limit.saturating_sub(self.staked),
            // Winnings can be lost as well.
            PlayLimitKind::Losses => limit.saturating_add(self.paid).saturating_sub(self.staked),
        }
    }
}

impl PlayRules {
    /// The rules of a player without limits.
    pub const NONE: Self = {
        let none = PerPeriod { day: None, week: None, month: None };
        Self { exclusion: None, stakes: none, losses: none, reality_check: None, is_held: false }
    };

    pub fn limits(&self, kind: PlayLimitKind) -> &PerPeriod<Option<Amount>> {
        match kind {
            PlayLimitKind::Stakes => &self.stakes,
            PlayLimitKind::Losses => &self.losses,
        }
    }

    /// Returns `true` if stakes count towards any limit.
    pub fn has_limits(&self) -> bool {
        let is_set = |kind: &PlayLimitKind| {
            Period::VARIANTS.iter().any(|period| self.limits(*kind).of(*period).is_some())
        };
        PlayLimitKind::VARIANTS.iter().any(is_set)
    }
}

impl PlayLimits {
    /// The limits of a player who has set none and has never staked.
    pub const NONE: Self = {
        let sums = PerPeriod { day: PlaySum::NONE, week: PlaySum::NONE, month: PlaySum::NONE };
        Self { rules: PlayRules::NONE, sums }
    };

    /// Empty sums for a player whose stakes up to `moved_at`, their last movement of money, were not counted. Refunds
    /// and payouts of those stakes must not be subtracted.
    pub fn sums_after(moved_at: Timestamp) -> PerPeriod<PlaySum> {
        Self::sums_since(moved_at.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(Timestamp::MAX))
    }

    /// Like [`Self::sums_after`], for a player of whom a process of an earlier version may place a bet meanwhile.
    /// Clocks differ, so the sums exclude bets for a moment longer.
    pub fn sums_from(now: Timestamp) -> PerPeriod<PlaySum> {
        Self::sums_since(now.saturating_add(DATED_BEFORE_MAX).unwrap_or(Timestamp::MAX))
    }

    fn sums_since(since: Timestamp) -> PerPeriod<PlaySum> {
        Self::NONE.sums.map(|_, sum| PlaySum { since, ..*sum })
    }

    /// Checks and counts a stake, which is a loss until a payout arrives. Returns the limits afterwards, or the
    /// refusal.
    ///
    /// `session_started_at` is the time of the login to the player's current session.
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
        let sums = self.sums.map(|period, sum| sum.rolled(period.start_moment(now, zone)));
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
        Ok(Self { sums, ..*self })
    }

    /// Subtracts a refunded stake, or part of one, in the periods in which the bet was placed.
    #[must_use]
    pub fn give_back(&self, stake: Amount, placed_at: Timestamp) -> Self {
        self.with_sums_of(placed_at, |sum| PlaySum { staked: sum.staked.saturating_sub(stake), ..sum })
    }

    /// Adds a payout in the periods in which the bet was placed.
    #[must_use]
    pub fn pay(&self, payout: Amount, placed_at: Timestamp) -> Self {
        self.with_sums_of(placed_at, |sum| PlaySum { paid: sum.paid.saturating_add(payout), ..sum })
    }

    pub fn sum_at(&self, period: Period, zone: &TimeZone, now: Timestamp) -> PlaySum {
        self.sums.of(period).rolled(period.start_moment(now, zone))
    }

    /// The time since which the sum of a period counts, if it began within that period.
    pub fn counted_since(&self, period: Period, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        let since = self.sums.of(period).since;
        (since > period.start_moment(now, zone)).then_some(since)
    }

    /// If the stake does not fit: the amount that does, and the refusal.
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

    /// Changes the sums of the periods in which the bet was placed. A sum starts anew with the first stake of a later
    /// period, so a bet belongs to it if it was placed since then.
    fn with_sums_of(&self, placed_at: Timestamp, changed: impl Fn(PlaySum) -> PlaySum) -> Self {
        let sums = self.sums.map(|_, sum| if placed_at >= sum.since { changed(*sum) } else { *sum });
        Self { sums, ..*self }
    }
}
