//! The header `Idempotency-Key`, and the one that says that an answer is a repeat.

use crate::{Refusal, RequestId};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use evens_contracts::Problem;
use evens_idempotency::IdempotencyKey;

/// The header that names a request, so that it can be repeated.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The header that says `true` where an answer is the one to an earlier request with the same key.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The header `Idempotency-Key` as it was sent. As an argument it never refuses: the body's faults come first, so a
/// handler asks for the [`key`](Self::key) after it has parsed the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKeyHeader(Vec<HeaderValue>);

impl IdempotencyKeyHeader {
    /// The key; none where there is no such header.
    ///
    /// # Errors
    /// `422` naming the header: sent twice, or not a key. A gateway joins what was sent twice with a comma, so a key
    /// has none: of two keys nobody could say which one a repeat will have.
    pub fn key(&self) -> Result<Option<IdempotencyKey>, Problem> {
        let invalid = |detail: &dyn std::fmt::Display| Problem::invalid("Idempotency-Key", detail);
        match self.0.as_slice() {
            [] => Ok(None),
            [value] => {
                let text =
                    value.to_str().map_err(|_| invalid(&"has a character that is not printable ASCII"))?;
                if text.contains(',') {
                    return Err(invalid(&"has a comma, or was sent more than once"));
                }
                text.parse().map(Some).map_err(|error| invalid(&error))
            }
            _ => Err(invalid(&"was sent more than once")),
        }
    }

    /// The key; where the client sent none, the request's id: each such request is one of its own, and whoever was told
    /// the id can repeat it.
    ///
    /// # Errors
    /// As [`Self::key`]; `500` where the request's id cannot be a key.
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
