//! [`BalanceKind`]: the two balances of a wallet.

use std::str::FromStr;

/// A balance of a wallet. Both balances share one chain of entries and one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum BalanceKind {
    /// Can be spent on everything, and withdrawn.
    #[default]
    Cash,
    /// Pays for house games only: never for a bet on A or B, and never withdrawn.
    Bonus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a kind of balance")]
pub struct BalanceKindError;

impl BalanceKind {
    /// The name in the table and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cash => "CASH",
            Self::Bonus => "BONUS",
        }
    }
}

impl FromStr for BalanceKind {
    type Err = BalanceKindError;

    fn from_str(text: &str) -> Result<Self, BalanceKindError> {
        match text {
            "CASH" => Ok(Self::Cash),
            "BONUS" => Ok(Self::Bonus),
            _ => Err(BalanceKindError),
        }
    }
}
