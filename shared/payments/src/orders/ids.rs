//! Identifiers. The id of an order is derived, so that a repeat finds the first order. The others come from outside.

use crate::Direction;
use evens_idempotency::{DerivedId, IdempotencyKey, derived_id};
use evens_ledger::UserId;
use std::fmt;
use std::str::FromStr;

/// The reason why a text is not an external id, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("is empty")]
    Empty,
    #[error("is longer than {0} characters")]
    TooLong(usize),
    #[error("has a character that is not printable ASCII, or a space")]
    Character,
}

derived_id! {
    /// The id of an order, derived from the direction, the user and the idempotency key. Its 36 characters are also our
    /// reference for the order at the provider.
    OrderId
}

impl OrderId {
    pub fn derive(direction: Direction, user: UserId, key: &IdempotencyKey) -> Self {
        Self(DerivedId::of(direction.as_ref(), &[&user, key]))
    }
}

macro_rules! given_ids {
    ($($(#[$documentation:meta])* $id:ident)*) => {$(
        $(#[$documentation])*
        ///
        /// 1 to 64 printable ASCII characters without spaces.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $id(String);

        impl $id {
            /// In characters.
            pub const LENGTH_MAX: usize = LENGTH_MAX;

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
    /// A provider's id of a payment, payout or refund.
    ProviderId
    /// A provider's id of a dispute.
    DisputeId
    /// The id of a player's bank account. The account itself is revealed only to a provider.
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
