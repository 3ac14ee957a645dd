//! Calls with injected faults.
//!
//! Invariant: a call that takes effect does so completely, even if the caller disconnects.

use super::problem::Problem;
use super::state::State;
use crate::core::{CallFault, Operation};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Answers a call, with its injected fault.
pub(super) async fn call(state: Arc<State>, operation: Operation, request: Request, next: Next) -> Response {
    let (fault, delay) = match take(&state, operation).await {
        Ok(taken) => taken,
        Err(problem) => return problem.into_response(),
    };
    match fault {
        Some(CallFault::FailBeforeEffect) => {
            return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "fault", "nothing was done")
                .into_response();
        }
        Some(CallFault::TooManyRequests) => {
            return Problem::new(StatusCode::TOO_MANY_REQUESTS, "fault", "too many requests").into_response();
        }
        Some(CallFault::Refuse) => {
            return Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "fault", "malformed request")
                .into_response();
        }
        _ => {}
    }
    let stopping = Arc::clone(&state);
    // A separate task, which continues after the caller disconnects.
    let carried_out = tokio::spawn(async move {
        if fault == Some(CallFault::Delay) {
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                () = stopping.stopped() => return dropped_response(),
            }
        }
        next.run(request).await
    });
    let answer = carried_out.await.unwrap_or_else(|_| dropped_response());
    match fault {
        Some(CallFault::Hang) => {
            state.stopped().await;
            dropped_response()
        }
        Some(CallFault::LoseAnswer) => dropped_response(),
        Some(CallFault::ServerError) => {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", "the result is unknown").into_response()
        }
        Some(CallFault::Garbage) => {
            (answer.status(), [(header::CONTENT_TYPE, "application/json")], "<html>{\"id\":").into_response()
        }
        _ => answer,
    }
}

async fn take(state: &State, operation: Operation) -> Result<(Option<CallFault>, Duration), Problem> {
    let taken = state.look(|core, _| (core.take_call_fault(operation), core.settings().fault_delay)).await?;
    if taken.0.is_some() {
        // Stores the change, so that the fault does not occur again after a restart.
        state.change(|_, _| ()).await?;
    }
    Ok(taken)
}

/// A response that fails while it is written, so that the connection closes before its first byte.
fn dropped_response() -> Response {
    let broken =
        futures::stream::once(async { Err::<Bytes, _>(io::Error::other("the fault drops this answer")) });
    Response::new(Body::from_stream(broken))
}
