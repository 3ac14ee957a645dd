//! [`ReferralBonuses`]: what a new player is worth to those above them in the tree of referrals.

use evens_ledger::Amount;
use std::fmt;
use std::str::FromStr;

/// What those above a new player get for them, the nearest first: whoever brought them (level 1), whoever brought that
/// one (level 2), and so on. A level of which nothing is said gets nothing.
///
/// ```
/// use evens_players::ReferralBonuses;
/// let bonuses: ReferralBonuses = "10.00,2.50".parse().unwrap();
/// assert_eq!(bonuses.of_level(2).to_string(), "2.5");
/// assert!(bonuses.of_level(3).is_zero());
/// assert_eq!(bonuses.to_string(), "10,2.5");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferralBonuses([Amount; Self::LEVELS_MAX as usize]);

/// The text is not a list of bonuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a list of 1 to {} amounts, separated by commas", ReferralBonuses::LEVELS_MAX)]
pub struct ReferralBonusesError;

impl ReferralBonuses {
    /// How many levels may get something.
    pub const LEVELS_MAX: u32 = 5;

    /// Nobody gets anything.
    pub const NONE: Self = Self([Amount::ZERO; Self::LEVELS_MAX as usize]);

    /// Level 1 alone gets something.
    pub fn direct(amount: Amount) -> Self {
        let mut bonuses = Self::NONE;
        bonuses.0[0] = amount;
        bonuses
    }

    /// Whether nobody gets anything.
    pub fn is_zero(self) -> bool {
        self == Self::NONE
    }

    /// What a level gets.
    pub fn of_level(self, level: u32) -> Amount {
        self.all().find(|(of, _)| *of == level).map_or(Amount::ZERO, |(_, amount)| amount)
    }

    /// The levels that get something, the nearest first, and how much.
    pub fn levels(self) -> impl Iterator<Item = (u32, Amount)> {
        self.all().filter(|(_, amount)| !amount.is_zero())
    }

    /// The same, but that level gets nothing.
    #[must_use]
    pub fn without(self, level: u32) -> Self {
        let mut rest = Self::NONE;
        for (of, (left, amount)) in (1..).zip(rest.0.iter_mut().zip(self.0)) {
            *left = if of == level { Amount::ZERO } else { amount };
        }
        rest
    }

    /// What levels above 1 get, as a list that [`ReferralBonuses::with_above`] reads; nothing where they get nothing.
    pub fn above(self) -> Option<String> {
        self.to_string().split_once(',').map(|(_, above)| above.to_owned())
    }

    /// What level 1 gets, and a list of what those above get.
    ///
    /// # Errors
    /// [`ReferralBonusesError`] where the list is none, or too long.
    pub fn with_above(direct: Amount, above: &str) -> Result<Self, ReferralBonusesError> {
        format!("{direct},{above}").parse()
    }

    fn all(self) -> impl Iterator<Item = (u32, Amount)> {
        (1..).zip(self.0)
    }
}

impl FromStr for ReferralBonuses {
    type Err = ReferralBonusesError;

    /// Reads amounts that are separated by commas: `10`, or `10.00, 2.50`.
    fn from_str(text: &str) -> Result<Self, ReferralBonusesError> {
        let mut bonuses = Self::NONE;
        let mut places = bonuses.0.iter_mut();
        for amount in text.split(',') {
            let place = places.next().ok_or(ReferralBonusesError)?;
            *place = amount.trim().parse().map_err(|_| ReferralBonusesError)?;
        }
        Ok(bonuses)
    }
}

impl fmt::Display for ReferralBonuses {
    /// As [`ReferralBonuses::from_str`] reads it, as far up as somebody gets something.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [direct, above @ ..] = &self.0;
        write!(formatter, "{direct}")?;
        let said = above.iter().rposition(|amount| !amount.is_zero()).map_or(0, |last| last + 1);
        above.iter().take(said).try_for_each(|amount| write!(formatter, ",{amount}"))
    }
}
