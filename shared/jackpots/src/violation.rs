//! [`ConcurrencyViolation`]: somebody else was faster, and what was asked for was decided by what is no longer so.

use crate::{JackpotGroup, OperationId};
use jiff::Timestamp;

/// What is done with a jackpot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JackpotAction {
    /// Something is added to pools.
    Contribute,
    /// A pool is won.
    ProcessWin,
    /// The terms of a group are changed.
    UpdateConfig,
}

/// What was in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConflictDetails {
    /// The configuration has another version than the one that was read.
    Version {
        /// What whoever asked had read; 0 for a group that is not there.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// A win of the group is under way.
    Held {
        /// Which one.
        by: OperationId,
        /// Since when.
        since: Timestamp,
    },
}

/// Nothing was changed, because another operation had changed what was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of {group} met another operation: {details}", .operation.as_str())]
pub struct ConcurrencyViolation {
    /// What was asked for.
    pub operation: JackpotAction,
    /// Of which group.
    pub group: JackpotGroup,
    /// What was in the way.
    pub details: ConflictDetails,
}

impl JackpotAction {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Contribute, Self::ProcessWin, Self::UpdateConfig];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contribute => "contribute",
            Self::ProcessWin => "processWin",
            Self::UpdateConfig => "updateConfig",
        }
    }
}

impl std::fmt::Display for ConflictDetails {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version { expected, found } => {
                write!(formatter, "the version is {found}, and not {expected}")
            }
            Self::Held { by, since } => write!(formatter, "{by} has held the group since {since}"),
        }
    }
}
