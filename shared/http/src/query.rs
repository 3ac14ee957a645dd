//! Query parameters: a parser, and the parameters `cursor`, `month`, `since` and `until`.

use crate::Refusal;
use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use evens_contracts::{Cursor, FilterTime, Problem};
use evens_players::Month;
use evens_store::TimeSpan;
use std::fmt::Display;
use std::str::FromStr;

/// Start of the requested page, or `None` for the first one. As an extractor it refuses with `422`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageCursor<C = Cursor>(pub Option<C>);

/// The requested month, or `None` for the current one. As an extractor it refuses with `422`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthParameter(pub Option<Month>);

/// Parses a query parameter. Returns `None` if it is missing.
///
/// # Errors
/// `422` with its name: repeated or malformed.
pub fn parse_parameter<T: FromStr<Err: Display>>(
    uri: &Uri,
    name: &'static str,
) -> Result<Option<T>, Problem> {
    let invalid = |detail: &dyn Display| Problem::invalid(name, detail);
    let parameters: Query<Vec<(String, String)>> =
        Query::try_from_uri(uri).map_err(|_| invalid(&"is in a query that cannot be parsed"))?;
    let mut values = parameters.iter().filter(|(known, _)| known == name);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some((_, text)), None) => text.parse().map(Some).map_err(|error| invalid(&error)),
        (Some(_), Some(_)) => Err(invalid(&"was given more than once")),
    }
}

/// Parses a query parameter that must be there.
///
/// # Errors
/// `422` with its name: missing, repeated or malformed.
pub fn require_parameter<T: FromStr<Err: Display>>(uri: &Uri, name: &'static str) -> Result<T, Problem> {
    parse_parameter(uri, name)?.ok_or_else(|| Problem::invalid(name, "is missing"))
}

/// Parses the parameters `since` and `until` of a list that is sorted by time.
///
/// # Errors
/// `422` with the name of the first one that is repeated or malformed.
pub fn parse_span(uri: &Uri) -> Result<TimeSpan, Problem> {
    let time = |name| Ok::<_, Problem>(parse_parameter(uri, name)?.map(|FilterTime(at)| at));
    Ok(TimeSpan { since: time("since")?, until: time("until")? })
}

impl<S: Sync, C: FromStr<Err: Display>> FromRequestParts<S> for PageCursor<C> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(Self(parse_parameter(&parts.uri, "cursor")?))
    }
}

impl<S: Sync> FromRequestParts<S> for MonthParameter {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(Self(parse_parameter(&parts.uri, "month")?))
    }
}
