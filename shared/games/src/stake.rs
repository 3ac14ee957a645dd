//! [`GameStake`]: a player's stake on a selection, with its fee and its payout.

use crate::Multiplier;
use evens_ledger::Amount;

/// The fee of the house, in percent of a stake. Multipliers apply to the rest.
pub const FEE_PERCENT: u8 = 2;

/// A stake of at most two decimals and at most [`GameStake::MAX_UNITS`], so that payouts are exact and records short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GameStake(Amount);

/// The reason why an amount is not a stake, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GameStakeError {
    #[error("must be above 0")]
    Zero,
    /// The payout could require rounding.
    #[error("must have at most 2 decimals")]
    TooManyDecimals,
    /// Above the largest stake in any room.
    #[error("must be at most 10000000000")]
    TooLarge,
}

impl GameStake {
    /// The largest stake that fits a record, in units of the last decimal: 10^10 coins. Rooms have lower limits.
    pub const MAX_UNITS: i128 = 10_i128.pow(10 + Amount::DECIMALS_MAX);
    /// The units of a hundredth, the smallest step of a stake.
    const STEP: i128 = 10_i128.pow(Amount::DECIMALS_MAX - 2);

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

    pub fn amount(self) -> Amount {
        self.0
    }

    /// The fee that is part of the stake.
    pub fn fee(self) -> Amount {
        self.0.saturating_sub(self.net())
    }

    pub fn net(self) -> Amount {
        net(self.0)
    }

    /// The payout at this price. It is exact: stake, fee and multiplier have two decimals each.
    pub fn payout(self, multiplier: Multiplier) -> Amount {
        multiplier.payout(self.0)
    }
}

/// Stakes after the fee.
pub(crate) fn net(staked: Amount) -> Amount {
    Amount::from_units(staked.units() * i128::from(100 - FEE_PERCENT) / 100).unwrap_or_default()
}
