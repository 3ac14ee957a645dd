//! [`CommissionRate`]: the share of a player's winnings that the house keeps.

use evens_ledger::{Amount, AmountError};
use std::fmt;
use std::str::FromStr;

/// The share of the net winnings of a bet between players that the house keeps: 0 to 0.1, with at most four decimals.
///
/// The rate of a bet is that of its round when the bet is placed, and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct CommissionRate {
    ten_thousandths: u16,
}

/// The reason why a text is not a [`CommissionRate`], in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommissionRateError {
    #[error("{0}")]
    NotAnAmount(#[from] AmountError),
    #[error("must be at most 0.1")]
    TooHigh,
    #[error("must have at most 4 decimals")]
    TooManyDecimals,
}

impl CommissionRate {
    pub const NONE: Self = Self { ten_thousandths: 0 };
    /// The highest rate, in ten-thousandths.
    const TEN_THOUSANDTHS_MAX: u16 = 1_000;
    /// Units of an [`Amount`] in a ten-thousandth.
    const UNITS: i128 = 10_i128.pow(Amount::DECIMALS_MAX - 4);

    /// Returns an error if the rate is above 0.1 or has more than four decimals.
    pub fn parse(rate: Amount) -> Result<Self, CommissionRateError> {
        let ten_thousandths = u16::try_from(rate.units() / Self::UNITS).unwrap_or(u16::MAX);
        if rate.units() > i128::from(Self::TEN_THOUSANDTHS_MAX) * Self::UNITS {
            Err(CommissionRateError::TooHigh)
        } else if rate.units() % Self::UNITS != 0 {
            Err(CommissionRateError::TooManyDecimals)
        } else {
            Ok(Self { ten_thousandths })
        }
    }

    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// The rate as a number, such as 0.025.
    pub fn amount(self) -> Amount {
        Amount::from_units(i128::from(self.ten_thousandths) * Self::UNITS).unwrap_or_default()
    }

    /// The commission on net winnings, rounded down to the last decimal of an amount.
    ///
    /// ```
    /// use evens_exchange::CommissionRate;
    /// let rate: CommissionRate = "0.025".parse()?;
    /// assert_eq!(rate.of("100".parse()?), "2.5".parse()?);
    /// assert_eq!(rate.of("0.00000039".parse()?), "0".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of(self, winnings: Amount) -> Amount {
        Amount::from_units(winnings.units() * i128::from(self.ten_thousandths) / 10_000).unwrap_or_default()
    }
}

impl FromStr for CommissionRate {
    type Err = CommissionRateError;

    fn from_str(text: &str) -> Result<Self, CommissionRateError> {
        Self::parse(text.parse()?)
    }
}

impl fmt::Display for CommissionRate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.amount().fmt(formatter)
    }
}
