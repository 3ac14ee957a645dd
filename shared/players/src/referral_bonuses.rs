//! [`ReferralBonuses`]: the bonuses for the players above a new player in the referral tree.

use evens_ledger::Amount;
use std::fmt;
use std::str::FromStr;

/// The bonuses for the players above a new player, nearest first: the referrer (level 1), the referrer's referrer
/// (level 2), and so on. Levels that are not listed get nothing.
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a list of 1 to {} amounts, separated by commas", ReferralBonuses::LEVELS_MAX)]
pub struct ReferralBonusesError;

impl ReferralBonuses {
    pub const LEVELS_MAX: u32 = 5;

    pub const NONE: Self = Self([Amount::ZERO; Self::LEVELS_MAX as usize]);

    /// A bonus for level 1 only.
    pub fn direct(amount: Amount) -> Self {
        let mut bonuses = Self::NONE;
        bonuses.0[0] = amount;
        bonuses
    }

    pub fn is_zero(self) -> bool {
        self == Self::NONE
    }

    pub fn of_level(self, level: u32) -> Amount {
        self.all().find(|(of, _)| *of == level).map_or(Amount::ZERO, |(_, amount)| amount)
    }

    /// The levels with a bonus, nearest first.
    pub fn levels(self) -> impl Iterator<Item = (u32, Amount)> {
        self.all().filter(|(_, amount)| !amount.is_zero())
    }

    /// The same bonuses, except that this level gets nothing.
    #[must_use]
    pub fn without(self, level: u32) -> Self {
        let mut rest = Self::NONE;
        for (of, (left, amount)) in (1..).zip(rest.0.iter_mut().zip(self.0)) {
            *left = if of == level { Amount::ZERO } else { amount };
        }
        rest
    }

    /// The bonuses above level 1 as a list for [`ReferralBonuses::with_above`], or `None` if there are none.
    pub fn above(self) -> Option<String> {
        self.to_string().split_once(',').map(|(_, above)| above.to_owned())
    }

    /// The bonus of level 1 together with a list of the bonuses above it.
    ///
    /// # Errors
    /// [`ReferralBonusesError`] if the list is invalid or too long.
    pub fn with_above(direct: Amount, above: &str) -> Result<Self, ReferralBonusesError> {
        format!("{direct},{above}").parse()
    }

    fn all(self) -> impl Iterator<Item = (u32, Amount)> {
        (1..).zip(self.0)
    }
}

impl FromStr for ReferralBonuses {
    type Err = ReferralBonusesError;

    /// Reads amounts separated by commas: `10`, or `10.00, 2.50`.
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
    /// The format of [`ReferralBonuses::from_str`], up to the highest level with a bonus.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [direct, above @ ..] = &self.0;
        write!(formatter, "{direct}")?;
        let said = above.iter().rposition(|amount| !amount.is_zero()).map_or(0, |last| last + 1);
        above.iter().take(said).try_for_each(|amount| write!(formatter, ",{amount}"))
    }
}
