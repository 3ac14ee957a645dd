//! The table's port: DynamoDB's protocol over HTTP, for other processes on this machine.
//!
//! The library's own server accepts any credentials and lets every web page read its answers.

use crate::operations::Answer;
use crate::table_thread::TableThread;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use embedded_sqs::{Access, BoundedListener};
use std::io;
use tokio::net::TcpListener;

const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

/// DynamoDB's limit on a request body, in bytes.
const BODY_SIZE_MAX: usize = 16 * 1024 * 1024;

/// Serves until `stopped` resolves, and then answers requests in progress.
pub(crate) async fn serve(
    listener: TcpListener,
    table: TableThread,
    access: Access,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let router = Router::new().route("/", post(answer)).layer(DefaultBodyLimit::max(BODY_SIZE_MAX));
    let router = router.with_state(table);
    axum::serve(BoundedListener::new(listener), access.guard(router)).with_graceful_shutdown(stopped).await
}

async fn answer(State(table): State<TableThread>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    match table.ask(operation(target).to_owned(), body).await {
        Ok(Answer { status, body }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response()
        }
        Err(_gone) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Returns `GetItem` for `DynamoDB_20120810.GetItem`, and an empty name for other services.
pub(crate) fn operation(target: &str) -> &str {
    target.strip_prefix("DynamoDB_20120810.").unwrap_or_default()
}
