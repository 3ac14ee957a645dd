//! [`ConcurrencyViolation`]: another operation changed the state that a decision was based on.

use crate::{JackpotGroup, OperationId};
use jiff::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JackpotAction {
    Contribute,
    ProcessWin,
    UpdateConfig,
}

/// The cause of a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConflictDetails {
    /// The configuration has another version than the one that was read.
    Version {
        /// The version that the client had read. 0 for a group that is not open.
        expected: u64,
        found: u64,
    },
    /// A win of the group is in progress.
    Held { by: OperationId, since: Timestamp },
}

/// Another operation had changed the state that was read, so nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of jackpot {group} conflicted with another operation: {details}", .operation.as_str())]
pub struct ConcurrencyViolation {
    pub operation: JackpotAction,
    pub group: JackpotGroup,
    pub details: ConflictDetails,
}

impl JackpotAction {
    pub const ALL: [Self; 3] = [Self::Contribute, Self::ProcessWin, Self::UpdateConfig];

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
                write!(formatter, "the version is {found}, not {expected}")
            }
            Self::Held { by, since } => write!(formatter, "win {by} has been in progress since {since}"),
        }
    }
}
