//! Request bodies, which arrive as slowly as the client sends them.
//!
//! 1. The token and the budget of a request are checked before the server waits for its body.
//! 2. A request that waits for its body holds no resource that others need: its turn at the table goes to another
//!    request.
//! 3. The body of a refused request is read after the answer. A client that writes its whole body before it reads would
//!    otherwise lose its connection instead of receiving the answer with the reason.

use crate::server::turns::Turns;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use evens_contracts::{Problem, ProblemKind};
use evens_http::{BODY_SIZE_MAX, Refusal, admit_before_body, body_size_max};
use evens_runtime::Context;
use futures::{FutureExt, stream};
use http_body_util::BodyExt;
use std::future::ready;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// The same for files: 3 MiB at 2 Mbit/s.
const FILE_READ_TIMEOUT: Duration = Duration::from_secs(13);

/// How many bytes of an unwanted body are read and discarded, and for how long.
const READ_IN_VAIN_MAX: usize = 8 * 1_024 * 1_024;
const READ_IN_VAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// The number of requests whose bodies are discarded at once. For all other refused requests, the connection ends with
/// the answer, so that clients cannot hold connections open.
static READS_IN_VAIN: Semaphore = Semaphore::const_new(64);

/// The context for the checks made before a body is read, and the turns that requests take.
#[derive(Debug, Clone)]
pub(crate) struct Admission {
    pub(crate) context: Context,
    pub(crate) turns: Turns,
}

/// Calls the handler in its turn, with a body that has fully arrived. Before that it refuses a request without
/// permission, and answers `408` if the body does not arrive. Any other fault of a body is left to the handler, which
/// receives a body that is too large or broken in the same way.
pub(crate) async fn admit_then_read(
    State(admission): State<Admission>,
    request: Request,
    next: Next,
) -> Response {
    let mut turn = admission.turns.next().await;
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let size_max = body_size_max(request.method(), request.uri().path());
    let read_timeout = if size_max > BODY_SIZE_MAX { FILE_READ_TIMEOUT } else { READ_TIMEOUT };
    let (mut parts, body) = request.into_parts();
    match admit_before_body(&mut parts, &admission.context).await {
        Ok(true) => {}
        Ok(false) => return without_body(parts, body, next).await,
        Err(refusal) => {
            read_in_vain(body);
            return refusal.into_response();
        }
    }
    let mut arriving = ArrivingBody { body, bytes: Vec::new(), size_max };
    // Usually the body arrived with the head. Otherwise the turn goes to another request.
    let body = if let Some(body) = arriving.read().now_or_never() {
        body
    } else {
        drop(turn);
        let Ok(body) = timeout(read_timeout, arriving.read()).await else { return too_late(read_timeout) };
        turn = admission.turns.next().await;
        body
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    drop(turn);
    response
}

fn too_late(read_timeout: Duration) -> Response {
    let detail = format!("The body did not arrive within {} s.", read_timeout.as_secs());
    Refusal(Problem::new(ProblemKind::RequestTimeout, detail)).into_response()
}

/// A body and the bytes received so far. Reading can be interrupted and continued.
struct ArrivingBody {
    body: Body,
    bytes: Vec<u8>,
    size_max: usize,
}

impl ArrivingBody {
    /// The same body in memory. If it is too large, only enough bytes to show that.
    async fn read(&mut self) -> Body {
        while self.bytes.len() <= self.size_max && !self.body.is_end_stream() {
            match self.body.frame().await {
                None => break,
                Some(Ok(frame)) => {
                    let data = frame.into_data().unwrap_or_default();
                    let room = self.size_max + 1 - self.bytes.len();
                    self.bytes.extend_from_slice(&data[..data.len().min(room)]);
                }
                Some(Err(error)) => return Body::from_stream(stream::once(ready(Err::<Bytes, _>(error)))),
            }
        }
        Body::from(std::mem::take(&mut self.bytes))
    }
}

/// Answers a request without its body if the declared length is above the maximum, and discards the body. The header
/// keeps the declared length, so the refusal is the same as for other bodies.
pub(crate) async fn leave_too_large(request: Request, next: Next) -> Response {
    let size_max = body_size_max(request.method(), request.uri().path());
    if declared_length(request.headers()).is_none_or(|length| length <= size_max) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    without_body(parts, body, next).await
}

async fn without_body(parts: Parts, body: Body, next: Next) -> Response {
    let response = next.run(Request::from_parts(parts, Body::empty())).await;
    read_in_vain(body);
    response
}

/// Reads and discards a body after the answer. If the client sends too much, or too slowly, its connection is closed.
fn read_in_vain(mut body: Body) {
    if body.size_hint().lower() > READ_IN_VAIN_MAX as u64 {
        return;
    }
    let Ok(permit) = READS_IN_VAIN.try_acquire() else { return };
    tokio::spawn(async move {
        let mut left = READ_IN_VAIN_MAX;
        let read = async {
            while let Some(Ok(frame)) = body.frame().await {
                let length = frame.data_ref().map_or(0, Bytes::len);
                let Some(less) = left.checked_sub(length) else { break };
                left = less;
            }
        };
        let _ = timeout(READ_IN_VAIN_TIMEOUT, read).await;
        drop(permit);
    });
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
