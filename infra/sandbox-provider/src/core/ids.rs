//! Ids of payments, refunds and payouts: a prefix and 128 random bits from the core's caller.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The text is not an id of this kind.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not a valid id")]
pub struct IdError;

macro_rules! id {
    ($(#[$about:meta])* $type:ident, $prefix:literal) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(u128);

        impl $type {
            /// The id with these bits, which must be unique.
            pub const fn from_random(bits: u128) -> Self {
                Self(bits)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!($prefix, "_{:032x}"), self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{self}")
            }
        }

        /// Parses exactly the output of `Display`.
        impl FromStr for $type {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let digits = text.strip_prefix(concat!($prefix, "_")).ok_or(IdError)?;
                let id = Self(u128::from_str_radix(digits, 16).map_err(|_| IdError)?);
                if id.to_string() == text { Ok(id) } else { Err(IdError) }
            }
        }

        impl TryFrom<String> for $type {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(id: $type) -> Self {
                id.to_string()
            }
        }
    };
}

id! {
    /// A payment, `pay_` and 32 hexadecimal digits.
    PaymentId, "pay"
}

id! {
    /// A refund, `rfd_` and 32 hexadecimal digits.
    RefundId, "rfd"
}

id! {
    /// A payout, `out_` and 32 hexadecimal digits.
    PayoutId, "out"
}
