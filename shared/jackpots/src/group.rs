//! [`JackpotGroup`]: which of the three jackpots; and [`ByGroup`]: something of each.

use evens_ledger::SystemAccount;
use std::fmt;
use std::str::FromStr;

/// One of the three jackpots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JackpotGroup {
    /// The smallest, won most often.
    Minor,
    /// In between.
    Major,
    /// The largest.
    Mega,
}

/// The text names no group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not one of minor, major and mega")]
pub struct JackpotGroupError;

impl JackpotGroup {
    /// All of them, the smallest first.
    pub const ALL: [Self; 3] = [Self::Minor, Self::Major, Self::Mega];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Mega => "mega",
        }
    }

    /// The account of the ledger that its wins are paid from.
    pub fn pool_account(self) -> SystemAccount {
        SystemAccount::JackpotPool(self.as_str().to_owned())
    }

    /// The account of the ledger that starts it again after a win.
    pub fn reserve_account(self) -> SystemAccount {
        SystemAccount::JackpotReserve(self.as_str().to_owned())
    }
}

impl fmt::Display for JackpotGroup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for JackpotGroup {
    type Err = JackpotGroupError;

    fn from_str(text: &str) -> Result<Self, JackpotGroupError> {
        Self::ALL.into_iter().find(|group| group.as_str() == text).ok_or(JackpotGroupError)
    }
}

/// Something of each group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByGroup<T> {
    /// Of the smallest.
    pub minor: T,
    /// Of the one in between.
    pub major: T,
    /// Of the largest.
    pub mega: T,
}

impl<T> ByGroup<T> {
    /// What the function makes of each group.
    pub fn of(mut each: impl FnMut(JackpotGroup) -> T) -> Self {
        let [minor, major, mega] = JackpotGroup::ALL.map(&mut each);
        Self { minor, major, mega }
    }

    /// The same, where it may fail: the first failure, in the order of the groups.
    pub fn try_of<E>(each: impl FnMut(JackpotGroup) -> Result<T, E>) -> Result<Self, E> {
        let ByGroup { minor, major, mega } = ByGroup::of(each);
        Ok(Self { minor: minor?, major: major?, mega: mega? })
    }

    /// That of one group.
    pub fn get(&self, group: JackpotGroup) -> &T {
        match group {
            JackpotGroup::Minor => &self.minor,
            JackpotGroup::Major => &self.major,
            JackpotGroup::Mega => &self.mega,
        }
    }

    /// That of one group, to be changed.
    pub fn get_mut(&mut self, group: JackpotGroup) -> &mut T {
        match group {
            JackpotGroup::Minor => &mut self.minor,
            JackpotGroup::Major => &mut self.major,
            JackpotGroup::Mega => &mut self.mega,
        }
    }

    /// Each with its group, the smallest first.
    pub fn iter(&self) -> impl Iterator<Item = (JackpotGroup, &T)> {
        JackpotGroup::ALL.into_iter().map(|group| (group, self.get(group)))
    }
}
