//! Query parameters that select dead letters.

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use evens_contracts::{DeadLetterFilter, DeadLetterLimit, FilterText, FilterTime, Problem};
use evens_http::{Refusal, parse_parameter};

/// A filter and a limit. As an extractor it rejects invalid parameters with `422`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeadLetterQuery {
    pub(crate) filter: DeadLetterFilter,
    pub(crate) limit: DeadLetterLimit,
}

impl DeadLetterQuery {
    fn parse(uri: &Uri) -> Result<Self, Problem> {
        let filter = DeadLetterFilter {
            queue: parse_parameter(uri, "queue")?,
            job_type: parse_parameter(uri, "type")?,
            about: parse_parameter(uri, "about")?.map(|FilterText(text)| text),
            error: parse_parameter(uri, "error")?.map(|FilterText(text)| text),
            since: parse_parameter(uri, "since")?.map(|FilterTime(at)| at),
            until: parse_parameter(uri, "until")?.map(|FilterTime(at)| at),
        };
        let limit = parse_parameter(uri, "limit")?.unwrap_or(DeadLetterLimit::LISTED);
        Ok(Self { filter, limit })
    }
}

impl<S: Sync> FromRequestParts<S> for DeadLetterQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(Self::parse(&parts.uri)?)
    }
}
