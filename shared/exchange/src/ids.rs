//! Identifiers of rounds and matches.

use evens_idempotency::{BetId, DerivedId, derived_id};
use std::fmt;
use std::str::FromStr;

/// The reason why a text is not a round id, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoundIdError {
    #[error("is empty")]
    Empty,
    #[error("is longer than {} characters", RoundId::LENGTH_MAX)]
    TooLong,
    #[error("has a character other than letters, digits, '-', '_' and '.'")]
    Character,
    /// The text is `.` or `..`, which mean a folder in a path. A client could not name such a round in a URL.
    #[error("is \".\" or \"..\"")]
    PathStep,
}

/// The id of a round, chosen by the client or operator: 1 to 64 letters, digits, `-`, `_` and `.`, but not `.` or `..`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoundId(String);

impl RoundId {
    /// In characters.
    pub const LENGTH_MAX: usize = 64;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RoundId {
    type Err = RoundIdError;

    fn from_str(text: &str) -> Result<Self, RoundIdError> {
        if text.is_empty() {
            return Err(RoundIdError::Empty);
        }
        if text.chars().count() > Self::LENGTH_MAX {
            return Err(RoundIdError::TooLong);
        }
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if !text.bytes().all(is_allowed) {
            return Err(RoundIdError::Character);
        }
        match text {
            "." | ".." => Err(RoundIdError::PathStep),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for RoundId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for RoundId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

derived_id! {
    /// The id of a match, derived from its two bets. Two bets are matched at most once, because a match uses up one of
    /// them.
    MatchId
}

impl MatchId {
    pub fn derive(bet_a: BetId, bet_b: BetId) -> Self {
        Self(DerivedId::of("match", &[&bet_a, &bet_b]))
    }
}
