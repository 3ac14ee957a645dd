//! [`DepositRules`]: the settings for the rules of deposits.

use evens_ledger::Amount;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use std::str::FromStr;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepositRules {
    /// False if no deposits are accepted.
    pub is_open: bool,
    pub amount_min: Amount,
    pub amount_max: Amount,
    /// The time that a player has to pay.
    pub pay_within: SignedDuration,
    /// The time zone of the limits' calendar.
    pub zone: TimeZone,
    /// The amount above which a callback must be confirmed by a query. `None` means that callbacks are trusted for any
    /// amount.
    pub confirm_above: Option<Amount>,
    /// The bonus for a player's first deposit, or zero.
    pub first_bonus: Amount,
    /// True if a first deposit has another effect: a bonus for the referrer.
    pub is_first_followed: bool,
    /// The multiple of a deposit that must be staked before a withdrawal.
    pub turnover: TurnoverFactor,
    /// The sum of deposits above which a player must be identified. `None` means never.
    pub identity_above: Option<Amount>,
}

/// The multiple of a deposit that must be staked before a withdrawal: 0 to 99.99, in hundredths. Zero means no
/// requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TurnoverFactor(u16);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 0 to 99.99 with at most two decimals")]
pub struct TurnoverFactorError;

impl TurnoverFactor {
    const HUNDREDTH_UNITS: i128 = 10_i128.pow(Amount::DECIMALS_MAX - 2);

    /// The amount times the factor, rounded down at the last decimal.
    pub fn of(self, amount: Amount) -> Amount {
        let units = amount.units() * i128::from(self.0) / 100;
        Amount::from_units(units).unwrap_or(amount)
    }
}

impl FromStr for TurnoverFactor {
    type Err = TurnoverFactorError;

    fn from_str(text: &str) -> Result<Self, TurnoverFactorError> {
        let units = text.parse::<Amount>().map_err(|_| TurnoverFactorError)?.units();
        let hundredths = u16::try_from(units / Self::HUNDREDTH_UNITS).map_err(|_| TurnoverFactorError)?;
        let is_factor = units % Self::HUNDREDTH_UNITS == 0 && hundredths < 10_000;
        if is_factor { Ok(Self(hundredths)) } else { Err(TurnoverFactorError) }
    }
}
