//! Which dead letters a query means.

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use evens_contracts::{DeadLetterFilter, Problem};
use evens_runtime::http::{Refusal, parse_parameter};
use std::str::FromStr;

/// Which dead letters are to be listed, and how many at most. As an argument it refuses with `422`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) filter: DeadLetterFilter,
    pub(crate) limit: usize,
}

/// Which dead letters are meant, and whether only to say what would be done. As an argument it refuses with `422`, also
/// where nothing says which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meant {
    pub(crate) wanted: Wanted,
    pub(crate) is_dry_run: bool,
}

/// A text of a filter.
struct FilterText(String);

impl FilterText {
    const LENGTH_MAX: usize = 256;
}

impl FromStr for FilterText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if (1..=Self::LENGTH_MAX).contains(&text.chars().count()) {
            return Ok(Self(text.to_owned()));
        }
        Err(format!("has not 1 to {} characters", Self::LENGTH_MAX))
    }
}

/// How many letters at most.
struct Limit(usize);

impl Limit {
    const MAX: usize = crate::hold::LETTERS_MAX;
    const LISTED: usize = 50;
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.parse().ok().filter(|number| (1..=Self::MAX).contains(number));
        number.map(Self).ok_or_else(|| format!("is not a number from 1 to {}", Self::MAX))
    }
}

impl Wanted {
    fn parse(uri: &Uri, limit_otherwise: usize) -> Result<Self, Problem> {
        let filter = DeadLetterFilter {
            queue: parse_parameter(uri, "queue")?,
            job_type: parse_parameter(uri, "type")?,
            about: parse_parameter(uri, "about")?.map(|FilterText(text)| text),
            error: parse_parameter(uri, "error")?.map(|FilterText(text)| text),
            since: parse_parameter(uri, "since")?.map(|Moment(at)| at),
            until: parse_parameter(uri, "until")?.map(|Moment(at)| at),
        };
        let limit = parse_parameter(uri, "limit")?.map_or(limit_otherwise, |Limit(limit)| limit);
        Ok(Self { filter, limit })
    }
}

/// A time of a filter.
struct Moment(jiff::Timestamp);

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        text.parse().map(Self).map_err(|_| "is not a time such as 2026-11-20T08:00:00Z")
    }
}

impl Meant {
    fn parse(uri: &Uri) -> Result<Self, Problem> {
        let wanted = Wanted::parse(uri, Limit::MAX)?;
        let is_dry_run = parse_parameter(uri, "dryRun")?.unwrap_or_default();
        if wanted.filter.is_empty() {
            let detail = "is missing: it, or type, about, error, since or until, must say which are meant";
            return Err(Problem::invalid("queue", detail));
        }
        Ok(Self { wanted, is_dry_run })
    }
}

impl<S: Sync> FromRequestParts<S> for Wanted {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(Self::parse(&parts.uri, Limit::LISTED)?)
    }
}

impl<S: Sync> FromRequestParts<S> for Meant {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(Self::parse(&parts.uri)?)
    }
}
