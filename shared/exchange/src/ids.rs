//! Identifiers. Bets and matches have ids that follow from what they are, so that a repeat finds the first one.

use crate::{Side, Stake};
use evens_ledger::{Digest, UserId};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Why a text is not an identifier, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing there.
    #[error("is empty")]
    Empty,
    /// Longer than allowed.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// A character that identifiers do not have.
    #[error("has a character other than letters, digits, '-', '_' and '.'")]
    Character,
    /// What a path calls this folder or the one above: no client could name such a round in a URL.
    #[error("is \".\" or \"..\"")]
    PathStep,
    /// A character that is not printable ASCII.
    #[error("has a character that is not printable ASCII")]
    NotPrintable,
    /// Not the form that the platform gives its ids.
    #[error("is not an id of this platform")]
    Form,
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
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.is_empty() {
            return Err(IdError::Empty);
        }
        if text.chars().count() > Self::LENGTH_MAX {
            return Err(IdError::TooLong(Self::LENGTH_MAX));
        }
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if !text.bytes().all(is_allowed) {
            return Err(IdError::Character);
        }
        match text {
            "." | ".." => Err(IdError::PathStep),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

/// The key under which a client repeats a request: 1 to 255 printable ASCII characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The longest key.
    pub const LENGTH_MAX: usize = 255;

    /// The key's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text {
            "" => Err(IdError::Empty),
            _ if text.chars().count() > Self::LENGTH_MAX => Err(IdError::TooLong(Self::LENGTH_MAX)),
            _ if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) => Ok(Self(text.to_owned())),
            _ => Err(IdError::NotPrintable),
        }
    }
}

/// What was asked for under an idempotency key, as a hash: a repeat must ask for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(Digest);

impl Fingerprint {
    /// The fingerprint of the parts of a request that decide its effect.
    pub fn of(parts: &[&dyn fmt::Display]) -> Self {
        Self(Digest::of(lines(parts).as_bytes()))
    }

    /// The fingerprint of a request to place a bet. What the server draws for the bet is no part of the request.
    pub fn of_bet(user: UserId, round: &RoundId, side: Side, stake: Stake) -> Self {
        Self::of(&[&user, round, &side, &stake.amount()])
    }

    /// A fingerprint as it was stored.
    pub fn from_stored(digest: Digest) -> Self {
        Self(digest)
    }

    /// The hash.
    pub fn digest(self) -> Digest {
        self.0
    }
}

/// A bet's id: a version-8 UUID made from the user and the idempotency key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BetId(Uuid);

impl BetId {
    /// The id of the bet that this user places under this key.
    pub fn derive(user: UserId, key: &IdempotencyKey) -> Self {
        Self(derive_uuid("bet", &[&user, &key.as_str()]))
    }

    /// The id of those 16 bytes, as it was stored.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// Its 16 bytes.
    pub fn bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

/// A match's id: a version-8 UUID made from its two bets. Two bets meet at most once, as one of them is used up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MatchId(Uuid);

impl MatchId {
    /// The id of the match of these two bets.
    pub fn derive(bet_a: BetId, bet_b: BetId) -> Self {
        Self(derive_uuid("match", &[&bet_a, &bet_b]))
    }
}

fn derive_uuid(purpose: &str, parts: &[&dyn fmt::Display]) -> Uuid {
    let digest = Digest::of(format!("{purpose}\n{}", lines(parts)).as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn lines(parts: &[&dyn fmt::Display]) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn parse_uuid(text: &str) -> Result<Uuid, IdError> {
    match Uuid::try_parse(text) {
        Ok(uuid) if uuid.hyphenated().to_string() == text => Ok(uuid),
        _ => Err(IdError::Form),
    }
}

macro_rules! uuid_text {
    ($($id:ident),*) => {$(
        impl FromStr for $id {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_uuid(text).map(Self)
            }
        }
    )*};
}

macro_rules! display_as_inner {
    ($($id:ident),*) => {$(
        impl fmt::Display for $id {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, formatter)
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, formatter)
            }
        }
    )*};
}

uuid_text!(BetId, MatchId);
display_as_inner!(BetId, MatchId, RoundId, IdempotencyKey);
