//! [`DepositRules`]: the settings that the rules of deposits read.

use evens_ledger::Amount;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use std::str::FromStr;

/// The settings of deposits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepositRules {
    /// Whether players may bring money at all.
    pub is_open: bool,
    /// The least deposit.
    pub amount_min: Amount,
    /// The largest deposit.
    pub amount_max: Amount,
    /// How long a player has for paying.
    pub pay_within: SignedDuration,
    /// Whose calendar the limits follow.
    pub zone: TimeZone,
    /// Above what amount a callback alone is not believed; none for believing all of them.
    pub confirm_above: Option<Amount>,
    /// What a player is given for their first deposit; zero for none.
    pub first_bonus: Amount,
    /// Whether something else follows a first deposit: a bonus for whoever brought the player.
    pub is_first_followed: bool,
    /// How often a deposit must be staked before it is withdrawn.
    pub turnover: TurnoverFactor,
    /// Above what sum of deposits it must be known who a player is; none for never.
    pub identity_above: Option<Amount>,
}

/// How often a deposit must be staked before it is withdrawn: 0 to 99.99, in hundredths. Zero for not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TurnoverFactor(u16);

/// The text is no factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a number from 0 to 99.99 with at most two decimals")]
pub struct TurnoverFactorError;

impl TurnoverFactor {
    const HUNDREDTH_UNITS: i128 = 10_i128.pow(Amount::DECIMALS_MAX - 2);

    /// So much of an amount, without what is less than the last decimal.
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
