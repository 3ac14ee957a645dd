//! Bodies of requests are read before anything waits for them: who sends slowly keeps nobody but himself waiting.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use evens_contracts::{Problem, ProblemKind};
use evens_runtime::http::{BODY_SIZE_MAX, Refusal};
use futures::stream;
use http_body_util::BodyExt;
use std::future::ready;
use std::time::Duration;
use tokio::time::timeout;

/// How long a body may take to arrive.
const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// How much of a body that is too large is read in vain, and for how long.
const READ_IN_VAIN_MAX: usize = 8 * 1_024 * 1_024;
const READ_IN_VAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Reads the body before the handler runs, and refuses with `408` one that does not arrive. Any other fault is left to
/// the handler, which looks at the token first: it gets a body that is as much too large, or as broken, as the client's.
pub(crate) async fn read_first(request: Request, next: Next) -> Response {
    if declared_length(request.headers()).is_some_and(|length| length > BODY_SIZE_MAX) {
        // No handler reads it.
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match timeout(READ_TIMEOUT, read(body)).await {
        Ok(body) => next.run(Request::from_parts(parts, body)).await,
        Err(_elapsed) => {
            let detail = format!("The body did not arrive within {} s.", READ_TIMEOUT.as_secs());
            Refusal(Problem::new(ProblemKind::RequestTimeout, detail)).into_response()
        }
    }
}

/// The same body in memory; of one that is too large, as much as shows it.
async fn read(mut body: Body) -> Body {
    let mut bytes = Vec::new();
    while bytes.len() <= BODY_SIZE_MAX {
        match body.frame().await {
            None => break,
            Some(Ok(frame)) => {
                let data = frame.into_data().unwrap_or_default();
                let room = BODY_SIZE_MAX + 1 - bytes.len();
                bytes.extend_from_slice(&data[..data.len().min(room)]);
            }
            Some(Err(error)) => return Body::from_stream(stream::once(ready(Err::<Bytes, _>(error)))),
        }
    }
    Body::from(bytes)
}

/// Reads on where a body is declared larger than any that is taken, and keeps nothing of it: a client that writes all
/// of it before it reads would otherwise see its connection end, instead of the answer that says why. What the header
/// declares stays, so the refusal is the same as anywhere.
pub(crate) async fn read_in_vain(request: Request, next: Next) -> Response {
    let too_large = BODY_SIZE_MAX + 1..=READ_IN_VAIN_MAX;
    if !declared_length(request.headers()).is_some_and(|length| too_large.contains(&length)) {
        return next.run(request).await;
    }
    let (parts, mut body) = request.into_parts();
    let read = async { while let Some(Ok(_)) = body.frame().await {} };
    // Whoever is slower than that sees his connection end.
    let _ = timeout(READ_IN_VAIN_TIMEOUT, read).await;
    next.run(Request::from_parts(parts, Body::empty())).await
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
