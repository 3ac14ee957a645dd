//! [`Refusal`]: a problem that a handler returns.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use evens_contracts::{Problem, ProblemKind};
use evens_queues::QueueError;
use evens_runtime::NoRandomness;
use evens_runtime::telemetry::chain;
use evens_store::StoreError;
use std::error::Error;
use tracing::{error, warn};

/// A problem that a handler returns. [`crate::serve_layers`] writes the body, because it knows the request's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

/// The only place where a table error becomes an answer: `503` if a retry may succeed, else `500`. The cause is logged
/// here, once, and goes no further.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::from_failure("the table", error.is_retryable(), &error)
    }
}

/// Like errors of the table.
impl From<QueueError> for Refusal {
    fn from(error: QueueError) -> Self {
        Self::from_failure("the queues", error.is_retryable(), &error)
    }
}

/// Without randomness there are no secrets. A retry cannot help until the system is repaired.
impl From<NoRandomness> for Refusal {
    fn from(error: NoRandomness) -> Self {
        Self::from_failure("the system", false, &error)
    }
}

impl Refusal {
    /// Replaces the detail of a `500` by the text that old clients expect.
    #[must_use]
    pub fn worded(self, internal: &'static str) -> Self {
        match self.0.kind {
            ProblemKind::Internal => Self(Problem::new(ProblemKind::Internal, internal)),
            _ => self,
        }
    }

    /// For a failure after the request's own effect: the detail says which part succeeded, because a repeat would be
    /// refused.
    #[must_use]
    pub fn after_effect(self, done: &'static str) -> Self {
        Self(Problem::new(self.0.kind, done))
    }

    fn from_failure(part: &'static str, is_retryable: bool, error: &(dyn Error + 'static)) -> Self {
        let error = chain(error);
        if is_retryable {
            warn!(error, "The request was not carried out in time by {part}");
            Self(Problem::unavailable())
        } else {
            error!(error, "The request failed in {part}");
            Self(Problem::internal())
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.kind.status());
        let mut response = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        response.extensions_mut().insert(self);
        response
    }
}
