//! The header `Idempotency-Key`, and the one that marks an answer as a replay.

use crate::{Refusal, RequestId};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use evens_contracts::Problem;
use evens_idempotency::IdempotencyKey;

/// The header with a client's key for a request, which makes it repeatable.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The header with the value `true` if an answer repeats that of an earlier request with the same key.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The header `Idempotency-Key` as sent. As an extractor it never refuses: faults of the body come first, so a handler
/// calls [`key`](Self::key) after parsing the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKeyHeader(Vec<HeaderValue>);

impl IdempotencyKeyHeader {
    /// The key, or `None` without the header.
    ///
    /// # Errors
    /// `422` with the header's name: sent twice, or malformed. A gateway joins repeated headers with a comma, so a key
    /// must not contain one: it would be unclear which of two keys a repeat has.
    pub fn key(&self) -> Result<Option<IdempotencyKey>, Problem> {
        let invalid = |detail: &dyn std::fmt::Display| Problem::invalid("Idempotency-Key", detail);
        match self.0.as_slice() {
            [] => Ok(None),
            [value] => {
                let text =
                    value.to_str().map_err(|_| invalid(&"has a character that is not printable ASCII"))?;
                if text.contains(',') {
                    return Err(invalid(&"has a comma or was sent more than once"));
                }
                text.parse().map(Some).map_err(|error| invalid(&error))
            }
            _ => Err(invalid(&"was sent more than once")),
        }
    }

    /// The key. Without one, the request's id: each such request is separate, and a client that learns the id can
    /// repeat the request with it.
    ///
    /// # Errors
    /// Those of [`Self::key`]; `500` if the request's id is not a valid key.
    pub fn key_or_id_of(&self, request_id: &RequestId) -> Result<IdempotencyKey, Problem> {
        let of_request = || {
            request_id.as_str().parse().map_err(|error| {
                tracing::error!(%error, "The request's id cannot be an idempotency key");
                Problem::internal()
            })
        };
        self.key()?.map_or_else(of_request, Ok)
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKeyHeader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let values = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
        Ok(Self(values.cloned().collect()))
    }
}
