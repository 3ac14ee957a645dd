//! [`JackpotTerms`]: what is published of a jackpot, and everything that its rules depend on.

use evens_ledger::Amount;
use std::fmt;
use std::str::FromStr;

/// What of a stake goes somewhere, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Rate(u32);

/// The text is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not from 0 to {} with at most 6 decimals", Rate::MAX)]
pub struct RateError;

/// What a jackpot is started with, fed by, and won by. Made by [`JackpotTerms::new`] only, so all of them fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JackpotTerms {
    start: Amount,
    rate: Rate,
    reserve_rate: Rate,
    odds: Amount,
    must_hit_by: Option<Amount>,
}

/// Why terms do not fit together, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// A pool would start empty.
    #[error("must be above 0")]
    Start,
    /// Nothing feeds the pool.
    #[error("must be above 0")]
    Rate,
    /// Three groups together would take more than the fee of the games.
    #[error("must leave at most {} of a stake to a group, together with rate", Rate::MAX)]
    RatesTogether,
    /// It would be won for less than it starts with.
    #[error("must be at least the start amount, and at most {}", JackpotTerms::ODDS_MAX)]
    Odds,
    /// It would have to be won at once, or never.
    #[error("must be above the start amount, and at most {}", JackpotTerms::ODDS_MAX)]
    MustHitBy,
}

impl TermsError {
    /// The field that is wrong, as the API calls it.
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

    /// So many millionths.
    pub fn from_millionths(millionths: u32) -> Result<Self, RateError> {
        if millionths <= Self::MAX.0 { Ok(Self(millionths)) } else { Err(RateError) }
    }

    /// In millionths.
    pub fn millionths(self) -> u32 {
        self.0
    }

    /// As a share of one.
    pub fn as_amount(self) -> Amount {
        // A millionth is a hundred units of an amount.
        Amount::from_units(i128::from(self.0) * 100).unwrap_or_default()
    }

    /// What of an amount that is, rounded down at the last decimal.
    pub fn of(self, amount: Amount) -> Amount {
        Amount::from_units(
            amount.units() / MILLION * i128::from(self.0)
                + amount.units() % MILLION * i128::from(self.0) / MILLION,
        )
        .unwrap_or_default()
    }
}

const MILLION: i128 = 1_000_000;

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
    /// 100,000,000,000: a ticket is compared with a stake in whole numbers of 128 bits.
    pub const ODDS_MAX: u64 = 100_000_000_000;

    /// Terms that fit together.
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

    /// What a pool holds when it starts.
    pub fn start(&self) -> Amount {
        self.start
    }

    /// What of a stake goes into the pool.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// What of a stake goes into the reserve, which starts the pool again and is shown to nobody.
    pub fn reserve_rate(&self) -> Rate {
        self.reserve_rate
    }

    /// How much is staked for each win, on average.
    pub fn odds(&self) -> Amount {
        self.odds
    }

    /// Where the pool has reached this, the next period has a winner for certain.
    pub fn must_hit_by(&self) -> Option<Amount> {
        self.must_hit_by
    }
}
