//! AWS JSON 1.0 over HTTP: every operation is a POST, and a header says which one.

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

/// A batch has up to 1 MiB of text, and JSON may need six characters for one of them.
const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Every path is the same endpoint: SDKs post to `/`, and some clients to the queue's URL.
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
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")], "SQS takes POST requests\n")
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

/// `AmazonSQS.SendMessage` is `SendMessage`.
fn operation(headers: &HeaderMap) -> &str {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default()
}

/// Under which name the caller reached the server, so that queue URLs lead there again.
fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost")
}
