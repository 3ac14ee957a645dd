//! Identifiers: an order's follows from who asked for it, so that a repeat finds the first one; the others are given.

use crate::Direction;
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
    /// A character that is not printable ASCII, or a space.
    #[error("has a character that is not printable ASCII, or a space")]
    Character,
    /// Not the form that the platform gives its ids.
    #[error("is not an id of this platform")]
    Form,
}

/// An order's id: a version-8 UUID made from the direction, the user and the idempotency key. Its 36 characters are
/// also the reference under which the provider knows the order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderId(Uuid);

impl OrderId {
    /// The id of the order that this user gives in this direction under this key, an `Idempotency-Key` that was parsed.
    pub fn derive(direction: Direction, user: UserId, idempotency_key: &str) -> Self {
        let text = format!("{}\n{user}\n{idempotency_key}", direction.as_ref());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&Digest::of(text.as_bytes()).bytes()[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

impl FromStr for OrderId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match Uuid::try_parse(text) {
            Ok(uuid) if uuid.hyphenated().to_string() == text => Ok(Self(uuid)),
            _ => Err(IdError::Form),
        }
    }
}

/// What was asked for under an idempotency key, as a hash: a repeat must ask for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(Digest);

impl Fingerprint {
    /// The fingerprint of the parts of a request that decide its effect.
    pub(crate) fn of(parts: &[&dyn fmt::Display]) -> Self {
        let lines: Vec<String> = parts.iter().map(ToString::to_string).collect();
        Self(Digest::of(lines.join("\n").as_bytes()))
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

macro_rules! given_ids {
    ($($(#[$documentation:meta])* $id:ident)*) => {$(
        $(#[$documentation])*
        ///
        /// 1 to 64 printable ASCII characters without a space.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $id(String);

        impl $id {
            /// The longest id.
            pub const LENGTH_MAX: usize = LENGTH_MAX;

            /// The id's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $id {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                checked(text).map(Self)
            }
        }
    )*};
}

given_ids! {
    /// The id that a provider gave to what it did: a payment, a payout, a refund.
    ProviderId
    /// The id that a provider gave to a dispute.
    DisputeId
    /// The id of where a player is paid: one of their bank accounts. What it stands for is told nowhere but to a
    /// provider.
    PayeeId
}

impl PayeeId {
    /// The first 32 digits of a hash.
    pub(crate) fn of_digest(digits: &str) -> Self {
        Self(digits.chars().take(32).collect())
    }
}

const LENGTH_MAX: usize = 64;

fn checked(text: &str) -> Result<String, IdError> {
    match text {
        "" => Err(IdError::Empty),
        _ if text.chars().count() > LENGTH_MAX => Err(IdError::TooLong(LENGTH_MAX)),
        _ if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(text.to_owned()),
        _ => Err(IdError::Character),
    }
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

display_as_inner!(OrderId, ProviderId, DisputeId, PayeeId);
