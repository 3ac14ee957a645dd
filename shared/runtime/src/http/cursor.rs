//! The query parameter `cursor`.

use super::Refusal;
use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use evens_contracts::{Cursor, Problem};
use std::fmt::Display;
use std::str::FromStr;

/// Where the page that is asked for starts; none for the first page. As an argument it refuses with `422`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageCursor<C = Cursor>(pub Option<C>);

/// The cursor of a request; none where there is no such parameter.
///
/// # Errors
/// `422` naming `cursor`: given twice, or none that an earlier page gave.
fn parse_cursor<C: FromStr<Err: Display>>(uri: &Uri) -> Result<Option<C>, Problem> {
    let invalid = |detail: &dyn Display| Problem::invalid("cursor", detail);
    let parameters: Query<Vec<(String, String)>> =
        Query::try_from_uri(uri).map_err(|_| invalid(&"stands in a query that cannot be read"))?;
    let mut cursors = parameters.iter().filter(|(name, _)| name == "cursor");
    match (cursors.next(), cursors.next()) {
        (None, _) => Ok(None),
        (Some((_, text)), None) => text.parse().map(Some).map_err(|error| invalid(&error)),
        (Some(_), Some(_)) => Err(invalid(&"was given more than once")),
    }
}

impl<S: Sync, C: FromStr<Err: Display>> FromRequestParts<S> for PageCursor<C> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(Self(parse_cursor(&parts.uri)?))
    }
}
