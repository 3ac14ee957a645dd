//! [`Refusal`]: a problem on its way to the client.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use evens_contracts::{Problem, ProblemKind};
use evens_queues::QueueError;
use evens_runtime::NoRandomness;
use evens_runtime::telemetry::chain;
use evens_store::StoreError;
use std::error::Error;
use tracing::{error, warn};

/// A problem on its way to the client. [`crate::serve_layers`] writes the body, as only it knows the request's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

/// The one place where a failure of the table becomes an answer: `503` where the same request may succeed later, else
/// `500`. The cause is logged here, once, and does not go further.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::from_failure("the table", error.is_retryable(), &error)
    }
}

/// As for the table.
impl From<QueueError> for Refusal {
    fn from(error: QueueError) -> Self {
        Self::from_failure("the queues", error.is_retryable(), &error)
    }
}

/// Without a secret there is no round; no repeat can help until the system is repaired.
impl From<NoRandomness> for Refusal {
    fn from(error: NoRandomness) -> Self {
        Self::from_failure("the system", false, &error)
    }
}

impl Refusal {
    /// The same refusal; where it is our fault, in the words that old clients know.
    #[must_use]
    pub fn worded(self, internal: &'static str) -> Self {
        match self.0.kind {
            ProblemKind::Internal => Self(Problem::new(ProblemKind::Internal, internal)),
            _ => self,
        }
    }

    /// The same refusal of what came after the request's own effect: its detail says what was done, as a repeat would
    /// be refused.
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
