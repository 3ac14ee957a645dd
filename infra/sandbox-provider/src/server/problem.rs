//! [`Problem`]: an error as JSON `{code, message, field?}`.

use super::state::Unavailable;
use crate::core::{FaultError, Refusal, ValueError};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::borrow::Cow;

#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    field: Option<Cow<'static, str>>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into(), field: None }
    }

    /// An invalid field, header or parameter.
    pub(super) fn field(name: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-field", message);
        Self { field: Some(name.into()), ..problem }
    }

    pub(super) fn value(name: &'static str, error: ValueError) -> Self {
        Self::field(name, error.to_string())
    }

    pub(super) fn no_such(what: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", format!("the {what} does not exist"))
    }

    pub(super) fn unwritten(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "unavailable", message)
    }

    pub(super) fn unauthorized() -> Self {
        let message = "send the key as a bearer token or as the password of basic authentication";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }
}

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        Self::unwritten(error.to_string())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (status, code) = match refusal {
            Refusal::KeyUsedForAnotherRequest => (StatusCode::CONFLICT, "idempotency-key-reused"),
            Refusal::UnknownPayment => (StatusCode::NOT_FOUND, "not-found"),
            Refusal::PaymentStatus(_) => (StatusCode::CONFLICT, "payment-status"),
            Refusal::RefundTooLarge { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "refund-too-large"),
        };
        let field = matches!(refusal, Refusal::RefundTooLarge { .. }).then_some("amount".into());
        Self { field, ..Self::new(status, code, refusal.to_string()) }
    }
}

impl From<FaultError> for Problem {
    fn from(error: FaultError) -> Self {
        let field = match error {
            FaultError::On => "on",
            FaultError::Do => "do",
        };
        Self::field(field, error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, code, message, field } = self;
        let mut body = json!({ "code": code, "message": message });
        if let Some(field) = field {
            body["field"] = json!(field);
        }
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Basic realm=\"sandbox\", Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}
