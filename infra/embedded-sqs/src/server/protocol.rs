//! AWS JSON 1.0 over HTTP: every operation is a POST, with its name in a header.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State as Shared},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{faults::Fault, operations, state::State};

pub(super) const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

/// A batch has up to 1 MiB of text, and JSON may need six bytes for a character.
const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Every path is the same endpoint, because SDKs post to `/` and some clients to the queue's URL.
pub(super) fn router(state: Arc<State>) -> Router {
    Router::new().fallback(answer).layer(DefaultBodyLimit::max(BODY_BYTES_MAX)).with_state(state)
}

async fn answer(
    Shared(state): Shared<Arc<State>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if method != Method::POST {
        return (
            StatusCode::METHOD_NOT_ALLOWED,
            [(header::ALLOW, "POST")],
            "SQS accepts only POST requests\n",
        )
            .into_response();
    }
    let mut response = match operations::perform(&state, operation(&headers), host(&headers), &body).await {
        Ok(answer) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], answer).into_response(),
        Err(fault) => Fault::into_response(fault),
    };
    if let Ok(id) = HeaderValue::from_str(&Uuid::now_v7().to_string()) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

/// Returns `SendMessage` for `AmazonSQS.SendMessage`.
fn operation(headers: &HeaderMap) -> &str {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default()
}

/// The host name by which the caller reached the server, so that queue URLs lead back to it.
fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost")
}
