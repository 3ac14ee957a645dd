//! [`JackpotTerms`]: the published terms of a jackpot, on which all of its rules depend.

use evens_ledger::Amount;
use std::fmt;
use std::str::FromStr;

/// A share of a stake, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Rate(u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be from 0 to {} with at most 6 decimals", Rate::MAX)]
pub struct RateError;

/// The start amount, rates, odds and limit of a jackpot. Only [`JackpotTerms::new`] makes them, so they are always
/// consistent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JackpotTerms {
    start: Amount,
    rate: Rate,
    reserve_rate: Rate,
    odds: Amount,
    must_hit_by: Option<Amount>,
}

/// The reason why terms are not consistent, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// The pool would start empty.
    #[error("must be above 0")]
    Start,
    /// The pool would get no contributions.
    #[error("must be above 0")]
    Rate,
    /// Three groups together would take more than the fee of the games.
    #[error("must be at most {} together with rate", Rate::MAX)]
    RatesTogether,
    /// The jackpot would be won for less than its start amount.
    #[error("must be at least the start amount, and at most {}", JackpotTerms::ODDS_MAX)]
    Odds,
    /// The jackpot would have to be won at once, or never.
    #[error("must be above the start amount, and at most {}", JackpotTerms::ODDS_MAX)]
    MustHitBy,
}

impl TermsError {
    /// The name of the wrong field in the API.
    pub fn field(self) -> &'static str {
        match self {
            Self::Start => "startAmount",
            Self::Rate => "rate",
            Self::RatesTogether => "reserveRate",
            Self::Odds => "odds",
            Self::MustHitBy => "mustHitBy",
        }
    }
}

impl Rate {
    /// Three groups at this rate take 2 % of a stake, which is the fee of the games.
    pub const MAX: Self = Self(6_666);

    /// Returns an error above [`Rate::MAX`].
    pub fn from_millionths(millionths: u32) -> Result<Self, RateError> {
        if millionths <= Self::MAX.0 { Ok(Self(millionths)) } else { Err(RateError) }
    }

    pub fn millionths(self) -> u32 {
        self.0
    }

    /// The rate as a fraction of one.
    pub fn as_amount(self) -> Amount {
        // A millionth is a hundred units of an amount.
        Amount::from_units(i128::from(self.0) * 100).unwrap_or_default()
    }

    /// The rate of an amount, rounded down at the last decimal.
    pub fn of(self, amount: Amount) -> Amount {
        Amount::from_units(
            amount.units() / MILLION * i128::from(self.0)
                + amount.units() % MILLION * i128::from(self.0) / MILLION,
        )
        .unwrap_or_default()
    }
}

const MILLION: i128 = 1_000_000;
/// One in units of an amount.
const ONE: i128 = 100_000_000;

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_amount().fmt(formatter)
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let units = text.parse::<Amount>().map_err(|_| RateError)?.units();
        let millionths =
            (units % 100 == 0).then_some(units / 100).and_then(|found| u32::try_from(found).ok());
        Self::from_millionths(millionths.ok_or(RateError)?)
    }
}

impl JackpotTerms {
    /// 100,000,000,000. A ticket can then be compared with a stake in 128-bit integers.
    pub const ODDS_MAX: u64 = 100_000_000_000;

    /// Returns an error if the terms are not consistent.
    pub fn new(
        start: Amount,
        rate: Rate,
        reserve_rate: Rate,
        odds: Amount,
        must_hit_by: Option<Amount>,
    ) -> Result<Self, TermsError> {
        if start.is_zero() {
            return Err(TermsError::Start);
        }
        if rate.0 == 0 {
            return Err(TermsError::Rate);
        }
        if rate.0 + reserve_rate.0 > Rate::MAX.0 {
            return Err(TermsError::RatesTogether);
        }
        let is_too_large = |amount: Amount| amount.units() > i128::from(Self::ODDS_MAX) * 100_000_000;
        if odds < start || is_too_large(odds) {
            return Err(TermsError::Odds);
        }
        if must_hit_by.is_some_and(|by| by <= start || is_too_large(by)) {
            return Err(TermsError::MustHitBy);
        }
        Ok(Self { start, rate, reserve_rate, odds, must_hit_by })
    }

    /// The share of a stake that winners get back in the long run, at most, as a fraction of one: the rate, and the
    /// start amount once per win. A win takes as much in stakes as the odds say, or as lets the pool grow to its limit.
    pub fn return_max(&self) -> Amount {
        let (start, rate) = (self.start.units(), self.rate.as_amount().units());
        let rounded_up = |part: i128, whole: i128| (part + whole - 1) / whole;
        let by_odds = rounded_up(start * ONE, self.odds.units());
        let by_limit = self.must_hit_by.map_or(0, |by| rounded_up(start * rate, by.units() - start));
        Amount::from_units(rate + by_odds + by_limit).unwrap_or(self.odds)
    }

    /// Returns `true` if three such groups could return more than the fee of the games, so that players together would
    /// get back more than they stake.
    pub fn returns_too_much(&self) -> bool {
        self.return_max() > Rate::MAX.as_amount()
    }

    pub fn start(&self) -> Amount {
        self.start
    }

    /// The share of a stake that goes to the pool.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// The share of a stake that goes to the reserve, which refills the pool after a win and is never shown.
    pub fn reserve_rate(&self) -> Rate {
        self.reserve_rate
    }

    /// The average stakes per win.
    pub fn odds(&self) -> Amount {
        self.odds
    }

    /// Once the pool has reached this amount, the next period is certain to win it.
    pub fn must_hit_by(&self) -> Option<Amount> {
        self.must_hit_by
    }
}
