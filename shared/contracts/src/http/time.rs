//! [`Time`] and [`HashedTime`]: times in answers. [`time_in_words`]: times in texts for people.

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use std::fmt;
use utoipa::openapi::schema::{SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema};

/// A time in an answer: RFC 3339 in UTC, always with three decimals, so that the texts sort like the times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(Timestamp);

/// The time in a text for people: `2026-11-23 10:00:00 UTC`.
pub fn time_in_words(at: Timestamp) -> impl fmt::Display {
    at.strftime("%Y-%m-%d %H:%M:%S UTC")
}

/// A time in an answer whose text a hash covers, written as it was hashed: RFC 3339 in UTC, without decimals that are
/// zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashedTime(Timestamp);

impl Time {
    /// The form of the text, as a regular expression.
    pub const PATTERN: &'static str = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$";
}

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl From<Timestamp> for HashedTime {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.3}", self.0)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for HashedTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl utoipa::PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        date_time().pattern(Some(Self::PATTERN)).into()
    }
}

impl utoipa::ToSchema for Time {}

impl utoipa::PartialSchema for HashedTime {
    fn schema() -> RefOr<Schema> {
        let description =
            "The hash in the same object covers this text, which has no decimals that are zero.";
        date_time().description(Some(description)).into()
    }
}

impl utoipa::ToSchema for HashedTime {}

fn date_time() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
}
