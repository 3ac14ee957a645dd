//! Errors in the format that SDKs read: a type in the body, and a code in a header.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use thiserror::Error;

use super::{client::CallError, protocol::CONTENT_TYPE};
use crate::core::Refusal;

/// A change could not be stored, so no further request is answered.
#[derive(Clone, Copy, Debug, Error)]
#[error("The state can no longer be written.")]
pub struct Unavailable;

/// The reason why a request failed.
#[derive(Debug, Error)]
pub(crate) enum Fault {
    /// A rule of SQS refused it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The body is not JSON, or not valid for this operation.
    #[error("{0}")]
    Malformed(String),
    /// The operation is not supported.
    #[error("The action {0} is not valid for this endpoint.")]
    UnknownOperation(String),
    /// The server failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<CallError> for Fault {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(refusal) => Self::Refused(refusal),
            CallError::Unavailable(unavailable) => Self::Unavailable(unavailable),
        }
    }
}

impl Fault {
    /// Status, type for the body, and code for the header.
    fn names(&self) -> (StatusCode, String, String) {
        let sender = |shape: String, code: &str| (StatusCode::BAD_REQUEST, shape, format!("{code};Sender"));
        match self {
            // These two errors are common to all AWS services.
            Self::Refused(
                refusal @ (Refusal::InvalidParameterValue { .. } | Refusal::MissingParameter(_)),
            ) => sender(format!("com.amazon.coral.service#{}", refusal.shape()), refusal.code()),
            Self::Refused(refusal) => {
                sender(format!("com.amazonaws.sqs#{}", refusal.shape()), refusal.code())
            }
            Self::Malformed(_) => {
                sender("com.amazon.coral.service#SerializationException".to_owned(), "MalformedInput")
            }
            Self::UnknownOperation(_) => {
                sender("com.amazon.coral.service#UnknownOperationException".to_owned(), "InvalidAction")
            }
            Self::Unavailable(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "com.amazon.coral.service#InternalFailure".to_owned(),
                "InternalFailure;Receiver".to_owned(),
            ),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, shape, code) = self.names();
        let body = json!({ "__type": shape, "message": self.to_string() }).to_string();
        let mut response = (status, [(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response();
        if let Ok(code) = HeaderValue::from_str(&code) {
            response.headers_mut().insert("x-amzn-query-error", code);
        }
        response
    }
}
