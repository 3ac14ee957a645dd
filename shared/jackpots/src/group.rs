//! [`JackpotGroup`]: a jackpot. [`ByGroup`]: a value for each jackpot.

use evens_ledger::SystemAccount;
use std::fmt;
use std::str::FromStr;

/// A jackpot. There are three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JackpotGroup {
    /// The smallest, won most often.
    Minor,
    Major,
    Mega,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be minor, major or mega")]
pub struct JackpotGroupError;

impl JackpotGroup {
    /// Smallest first.
    pub const ALL: [Self; 3] = [Self::Minor, Self::Major, Self::Mega];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Mega => "mega",
        }
    }

    /// The ledger account that pays its wins.
    pub fn pool_account(self) -> SystemAccount {
        SystemAccount::JackpotPool(self.as_str().to_owned())
    }

    /// The ledger account that refills its pool after a win.
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByGroup<T> {
    pub minor: T,
    pub major: T,
    pub mega: T,
}

impl<T> ByGroup<T> {
    /// Computes the value of each group.
    pub fn of(mut each: impl FnMut(JackpotGroup) -> T) -> Self {
        let [minor, major, mega] = JackpotGroup::ALL.map(&mut each);
        Self { minor, major, mega }
    }

    /// Like [`ByGroup::of`], with the first error in the order of the groups.
    pub fn try_of<E>(each: impl FnMut(JackpotGroup) -> Result<T, E>) -> Result<Self, E> {
        let ByGroup { minor, major, mega } = ByGroup::of(each);
        Ok(Self { minor: minor?, major: major?, mega: mega? })
    }

    pub fn get(&self, group: JackpotGroup) -> &T {
        match group {
            JackpotGroup::Minor => &self.minor,
            JackpotGroup::Major => &self.major,
            JackpotGroup::Mega => &self.mega,
        }
    }

    pub fn get_mut(&mut self, group: JackpotGroup) -> &mut T {
        match group {
            JackpotGroup::Minor => &mut self.minor,
            JackpotGroup::Major => &mut self.major,
            JackpotGroup::Mega => &mut self.mega,
        }
    }

    /// The values with their groups, smallest group first.
    pub fn iter(&self) -> impl Iterator<Item = (JackpotGroup, &T)> {
        JackpotGroup::ALL.into_iter().map(|group| (group, self.get(group)))
    }
}
