//! [`GameStake`]: what a player bets on a selection, its fee, and what it pays.

use crate::Multiplier;
use evens_ledger::Amount;

/// How much of a stake is the fee of the house, in per cent: the rest is what multipliers multiply.
pub const FEE_PERCENT: u8 = 2;

/// A stake of at most two decimals and at most [`GameStake::MAX_UNITS`]: so a payout is exact, and its record short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GameStake(Amount);

/// Why an amount is not a stake, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GameStakeError {
    /// Zero.
    #[error("is zero")]
    Zero,
    /// A payout of it could need rounding.
    #[error("has more than 2 decimals")]
    TooManyDecimals,
    /// Above what any room could take.
    #[error("is more than 10000000000")]
    TooLarge,
}

impl GameStake {
    /// The largest stake that a record can say, in units of the last decimal: 10^10 coins. Rooms take less.
    pub const MAX_UNITS: i128 = 10_i128.pow(10 + Amount::DECIMALS_MAX);
    /// The units of a hundredth, the smallest step of a stake.
    const STEP: i128 = 10_i128.pow(Amount::DECIMALS_MAX - 2);

    /// The stake of that amount.
    pub fn parse(amount: Amount) -> Result<Self, GameStakeError> {
        if amount.is_zero() {
            Err(GameStakeError::Zero)
        } else if amount.units() % Self::STEP != 0 {
            Err(GameStakeError::TooManyDecimals)
        } else if amount.units() > Self::MAX_UNITS {
            Err(GameStakeError::TooLarge)
        } else {
            Ok(Self(amount))
        }
    }

    /// The amount.
    pub fn amount(self) -> Amount {
        self.0
    }

    /// The fee in it.
    pub fn fee(self) -> Amount {
        self.0.saturating_sub(self.net())
    }

    /// What is left without the fee.
    pub fn net(self) -> Amount {
        net(self.0)
    }

    /// What it pays at that price: exact, as a stake has two decimals, and the fee and a multiplier two each.
    pub fn payout(self, multiplier: Multiplier) -> Amount {
        multiplier.payout(self.0)
    }
}

/// What is left of stakes without the fee.
pub(crate) fn net(staked: Amount) -> Amount {
    Amount::from_units(staked.units() * i128::from(100 - FEE_PERCENT) / 100).unwrap_or_default()
}
