//! [`Answer`]: a successful answer.

use crate::{IDEMPOTENCY_REPLAYED, Refusal};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use evens_contracts::Problem;
use serde::Serialize;
use tracing::error;

/// An answer with a JSON body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    status: StatusCode,
    body: T,
    is_replay: bool,
}

impl<T: Serialize> Answer<T> {
    pub fn ok(body: T) -> Self {
        Self::new(StatusCode::OK, body)
    }

    pub fn new(status: StatusCode, body: T) -> Self {
        Self { status, body, is_replay: false }
    }

    /// Marks the answer as a replay of an earlier request with the same idempotency key.
    #[must_use]
    pub fn replayed(self, is_replay: bool) -> Self {
        Self { is_replay, ..self }
    }
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let body = match serde_json::to_vec(&self.body) {
            Ok(body) => body,
            Err(error) => {
                error!(error = error.to_string(), "An answer could not be written as JSON");
                return Refusal(Problem::internal()).into_response();
            }
        };
        let json = HeaderValue::from_static("application/json");
        let mut response = (self.status, [(header::CONTENT_TYPE, json)], body).into_response();
        if self.is_replay {
            let headers = response.headers_mut();
            headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}
