//! [`Account`]: what stands on the other side of a wallet's entry.

use std::fmt;
use std::str::FromStr;

/// A system account. Its balance is derived from entries and stored nowhere, so that no item is hot.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    /// Stakes of one round that are neither paid out nor given back yet; holds the round's id.
    Stakes(String),
    /// The house.
    House,
    /// What bonuses are paid from.
    BonusPool,
    /// The payment provider: money that came from or went outside.
    PaymentProvider,
    /// What jackpots are paid from.
    JackpotPool,
}

/// The text names no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names no account")]
pub struct AccountError;

impl fmt::Display for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stakes(round) => write!(formatter, "stakes:{round}"),
            Self::House => formatter.write_str("house"),
            Self::BonusPool => formatter.write_str("bonus-pool"),
            Self::PaymentProvider => formatter.write_str("payment-provider"),
            Self::JackpotPool => formatter.write_str("jackpot-pool"),
        }
    }
}

impl FromStr for Account {
    type Err = AccountError;

    fn from_str(text: &str) -> Result<Self, AccountError> {
        match text {
            "house" => Ok(Self::House),
            "bonus-pool" => Ok(Self::BonusPool),
            "payment-provider" => Ok(Self::PaymentProvider),
            "jackpot-pool" => Ok(Self::JackpotPool),
            _ => text.strip_prefix("stakes:").map(|round| Self::Stakes(round.to_owned())).ok_or(AccountError),
        }
    }
}
