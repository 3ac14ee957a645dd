//! [`Country`]: whose numbering plan a phone number without a country code follows.
//!
//! Architecture invariant: the plans are not looked at here. They take tens of milliseconds to load, and every function
//! reads a country when it starts, while only those that read phone numbers need a plan.

use phonenumber::country::Id;
use std::fmt;
use std::str::FromStr;

/// A country that has a numbering plan, by its two letters (ISO 3166-1 alpha-2).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country(Id);

/// The text names no country whose numbering plan is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the two capital letters of a country with a numbering plan, such as IN")]
pub struct CountryError;

impl Country {
    /// India.
    pub const INDIA: Self = Self(Id::IN);

    /// The name under which the numbering plans know it.
    pub(crate) fn id(self) -> Id {
        self.0
    }
}

impl FromStr for Country {
    type Err = CountryError;

    /// A country without a plan of its own, such as Antarctica, is refused: a number could not be read there.
    fn from_str(text: &str) -> Result<Self, CountryError> {
        text.parse().map(Self).map_err(|_| CountryError)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_ref())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
