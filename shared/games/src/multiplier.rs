//! [`Multiplier`]: how many times of a stake without its fee is paid.

use crate::stake::net;
use evens_ledger::Amount;
use std::fmt;

/// How many times of a stake without its fee is paid: hundredths, so that every price of the tables is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Multiplier(u32);

impl Multiplier {
    /// The multiplier of so many hundredths: 200 is twice.
    pub const fn hundredths(hundredths: u32) -> Self {
        Self(hundredths)
    }

    /// How many hundredths it is.
    pub fn in_hundredths(self) -> u32 {
        self.0
    }

    /// What stakes pay at this price, together: exact, as a stake has two decimals, and the fee and a price two each.
    pub(crate) fn payout(self, staked: Amount) -> Amount {
        Amount::from_units(net(staked).units() * i128::from(self.0) / 100).unwrap_or_default()
    }
}

impl fmt::Display for Multiplier {
    /// `2`, `1.5`, `20.74`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match rest {
            0 => write!(formatter, "{whole}"),
            _ if rest.is_multiple_of(10) => write!(formatter, "{whole}.{}", rest / 10),
            _ => write!(formatter, "{whole}.{rest:02}"),
        }
    }
}
