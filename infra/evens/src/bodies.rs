//! Bodies of requests, which come as slowly as whoever sends them wants.
//!
//! 1. Whether a request may be made at all (its token, its budget) is decided before anything waits for its body.
//! 2. Nothing that others need is held meanwhile: its turn at the table goes to somebody else.
//! 3. What is refused unread is read behind the answer: a client that writes all of its body before it reads would
//!    otherwise see its connection end, instead of the answer that says why.

use crate::turns::Turns;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use evens_contracts::{Problem, ProblemKind};
use evens_http::{BODY_SIZE_MAX, Refusal, admit_before_body};
use evens_runtime::Context;
use futures::{FutureExt, stream};
use http_body_util::BodyExt;
use std::future::ready;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How long a body may take to arrive.
const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// How much of a body that nobody wants is read in vain, and for how long.
const READ_IN_VAIN_MAX: usize = 8 * 1_024 * 1_024;
const READ_IN_VAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Of how many requests at once. The connections of all others that are refused end with the answer, so that they
/// cannot be held.
static READS_IN_VAIN: Semaphore = Semaphore::const_new(64);

/// What is asked of a request before its body is waited for, and the turns that the request takes.
#[derive(Debug, Clone)]
pub(crate) struct Admission {
    pub(crate) context: Context,
    pub(crate) turns: Turns,
}

/// Calls the handler in its turn, with a body that is there. Before that it refuses whoever may not make the request,
/// and with `408` a body that does not arrive. Any other fault of a body is left to the handler: it gets one that is as
/// much too large, or as broken, as the client's.
pub(crate) async fn admit_then_read(
    State(admission): State<Admission>,
    request: Request,
    next: Next,
) -> Response {
    let mut turn = admission.turns.next().await;
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    match admit_before_body(&mut parts, &admission.context).await {
        Ok(true) => {}
        Ok(false) => return without_body(parts, body, next).await,
        Err(refusal) => {
            read_in_vain(body);
            return refusal.into_response();
        }
    }
    let mut arriving = Arriving { body, bytes: Vec::new() };
    // Mostly it came along with the head. Else its turn is somebody else's.
    let body = if let Some(body) = arriving.read().now_or_never() {
        body
    } else {
        drop(turn);
        let Ok(body) = timeout(READ_TIMEOUT, arriving.read()).await else { return too_late() };
        turn = admission.turns.next().await;
        body
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    drop(turn);
    response
}

fn too_late() -> Response {
    let detail = format!("The body did not arrive within {} s.", READ_TIMEOUT.as_secs());
    Refusal(Problem::new(ProblemKind::RequestTimeout, detail)).into_response()
}

/// A body, and what is there of it. Reading may be given up and gone on with.
struct Arriving {
    body: Body,
    bytes: Vec<u8>,
}

impl Arriving {
    /// The same body in memory; of one that is too large, as much as shows it.
    async fn read(&mut self) -> Body {
        while self.bytes.len() <= BODY_SIZE_MAX && !self.body.is_end_stream() {
            match self.body.frame().await {
                None => break,
                Some(Ok(frame)) => {
                    let data = frame.into_data().unwrap_or_default();
                    let room = BODY_SIZE_MAX + 1 - self.bytes.len();
                    self.bytes.extend_from_slice(&data[..data.len().min(room)]);
                }
                Some(Err(error)) => return Body::from_stream(stream::once(ready(Err::<Bytes, _>(error)))),
            }
        }
        Body::from(std::mem::take(&mut self.bytes))
    }
}

/// Answers a request whose body is declared larger than any that is taken without it, and reads it in vain. What the
/// header declares stays, so the refusal is the same as anywhere.
pub(crate) async fn leave_too_large(request: Request, next: Next) -> Response {
    if declared_length(request.headers()).is_none_or(|length| length <= BODY_SIZE_MAX) {
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

/// Reads a body behind the answer, and keeps nothing of it. Whoever sends too much, or is slower, sees their connection
/// end.
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
