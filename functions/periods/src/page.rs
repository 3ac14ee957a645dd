//! [`WantedPage`]: the requested page of a room's results.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use evens_contracts::{PageLimit, PageNumber, PeriodCursor, Problem};
use evens_http::{Refusal, parse_parameter};

/// A page by cursor or by number, the first one by default. As an extractor it rejects invalid parameters with `422`.
pub(crate) struct WantedPage {
    pub(crate) cursor: Option<PeriodCursor>,
    /// Used only without a cursor.
    pub(crate) page: Option<PageNumber>,
    pub(crate) limit: PageLimit,
}

impl<S: Sync> FromRequestParts<S> for WantedPage {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let cursor = parse_parameter(&parts.uri, "cursor")?;
        let page = parse_parameter(&parts.uri, "page")?;
        let limit = parse_parameter(&parts.uri, "limit")?.unwrap_or(PageLimit::MAX);
        if cursor.is_some() && page.is_some() {
            return Err(Problem::invalid("page", "cannot be combined with cursor").into());
        }
        Ok(Self { cursor, page, limit })
    }
}
