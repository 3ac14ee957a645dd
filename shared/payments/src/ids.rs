//! Identifiers: an order's follows from who asked for it, so that a repeat finds the first one; the others are given.

use crate::Direction;
use evens_idempotency::{DerivedId, IdempotencyKey, derived_id};
use evens_ledger::UserId;
use std::fmt;
use std::str::FromStr;

/// Why a text is not an id that others give, in the order of the checks.
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
}

derived_id! {
    /// An order's id: it follows from the direction, the user and the idempotency key. Its 36 characters are also the
    /// reference under which the provider knows the order.
    OrderId
}

impl OrderId {
    /// The id of the order that this user gives in this direction under this key.
    pub fn derive(direction: Direction, user: UserId, key: &IdempotencyKey) -> Self {
        Self(DerivedId::of(direction.as_ref(), &[&user, key]))
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

display_as_inner!(ProviderId, DisputeId, PayeeId);
