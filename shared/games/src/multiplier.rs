//! [`Multiplier`]: the factor by which a stake after fees is paid out.

use crate::stake::net;
use evens_ledger::Amount;
use std::fmt;

/// The factor by which a stake after fees is paid out. It is in hundredths, so that every price in the tables is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Multiplier(u32);

impl Multiplier {
    /// The multiplier in hundredths: 200 pays twice the stake after fees.
    pub const fn hundredths(hundredths: u32) -> Self {
        Self(hundredths)
    }

    pub fn in_hundredths(self) -> u32 {
        self.0
    }

    /// The payout of these stakes at this price. It is exact: stake, fee and price have two decimals each.
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
