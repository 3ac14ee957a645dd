//! Identifiers of rounds and matches.

use evens_idempotency::{BetId, DerivedId, derived_id};
use std::fmt;
use std::str::FromStr;

/// Why a text is not the id of a round, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoundIdError {
    /// Nothing there.
    #[error("is empty")]
    Empty,
    /// Longer than allowed.
    #[error("is longer than {} characters", RoundId::LENGTH_MAX)]
    TooLong,
    /// A character that ids of rounds do not have.
    #[error("has a character other than letters, digits, '-', '_' and '.'")]
    Character,
    /// What a path calls this folder or the one above: no client could name such a round in a URL.
    #[error("is \".\" or \"..\"")]
    PathStep,
}

/// A round's id: 1 to 64 letters, digits, `-`, `_` and `.`, as the client or operator chose it; not `.` or `..`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoundId(String);

impl RoundId {
    /// The longest id.
    pub const LENGTH_MAX: usize = 64;

    /// The id's text.
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
    /// A match's id: it follows from its two bets. Two bets meet at most once, as one of them is used up.
    MatchId
}

impl MatchId {
    /// The id of the match of these two bets.
    pub fn derive(bet_a: BetId, bet_b: BetId) -> Self {
        Self(DerivedId::of("match", &[&bet_a, &bet_b]))
    }
}
