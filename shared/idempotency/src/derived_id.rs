//! [`DerivedId`]: an id that is derived from the parts that it names.

use evens_ledger::Digest;
use std::fmt::{self, Display};
use std::str::FromStr;
use uuid::Uuid;

/// An id derived from the parts that it names: a version-8 UUID from the first 16 bytes of a SHA-256. Its only text
/// form has 36 characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DerivedId(Uuid);

/// The text is not an id in the form that this platform writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an id of this platform")]
pub struct DerivedIdError;

impl DerivedId {
    /// Derives the id of these parts. Another `purpose` gives another id for the same parts.
    pub fn of(purpose: &str, parts: &[&dyn Display]) -> Self {
        let digest = Digest::of(format!("{purpose}\n{}", lines(parts)).as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.bytes()[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// Wraps 16 stored bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    pub fn bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

/// The parts, one per line.
pub(crate) fn lines(parts: &[&dyn Display]) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl FromStr for DerivedId {
    type Err = DerivedIdError;

    fn from_str(text: &str) -> Result<Self, DerivedIdError> {
        match Uuid::try_parse(text) {
            Ok(uuid) if uuid.hyphenated().to_string() == text => Ok(Self(uuid)),
            _ => Err(DerivedIdError),
        }
    }
}

impl Display for DerivedId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Defines a newtype of [`DerivedId`] that is parsed from and printed as its text.
#[macro_export]
macro_rules! derived_id {
    ($(#[$documentation:meta])* $id:ident) => {
        $(#[$documentation])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $id($crate::DerivedId);

        impl ::std::str::FromStr for $id {
            type Err = $crate::DerivedIdError;

            fn from_str(text: &str) -> Result<Self, $crate::DerivedIdError> {
                text.parse().map(Self)
            }
        }

        impl ::std::fmt::Display for $id {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl ::std::fmt::Debug for $id {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, formatter)
            }
        }
    };
}
