//! [`Country`]: selects the numbering plan for phone numbers without a country code.
//!
//! Architecture invariant: this file does not load the numbering plans, which takes tens of milliseconds. Every
//! function reads a country at its start, but only those that parse phone numbers need a plan.

use phonenumber::country::Id;
use std::fmt;
use std::str::FromStr;

/// A country that has a numbering plan, by its two-letter code (ISO 3166-1 alpha-2).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country(Id);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the two capital letters of a country with a numbering plan, such as IN")]
pub struct CountryError;

impl Country {
    pub const INDIA: Self = Self(Id::IN);

    /// The id of the country in the numbering plans.
    pub(crate) fn id(self) -> Id {
        self.0
    }
}

impl FromStr for Country {
    type Err = CountryError;

    /// Refuses a country without a numbering plan, such as Antarctica, because no number could be parsed there.
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
