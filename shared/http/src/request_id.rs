//! [`RequestId`]: the ids that connect a request with its logs, answer and jobs. One is the request's own, which the
//! client gets. The other is the trace's, which the client may send.

use crate::only_line;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName};
use evens_contracts::TraceParent;
use evens_runtime::Context;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// The header with the request id.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request's id: on Lambda the invocation's, elsewhere a new one. A client cannot choose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId {
    text: Arc<str>,
    traceparent: Option<TraceParent>,
    /// The client's or the gateway's span.
    parent: Option<TraceParent>,
}

/// The trace header of AWS API Gateway.
const X_AMZN_TRACE_ID: &str = "x-amzn-trace-id";

impl RequestId {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The request as a span of its trace.
    pub fn traceparent(&self) -> Option<TraceParent> {
        self.traceparent
    }

    /// The span that caused the request.
    pub(super) fn parent(&self) -> Option<TraceParent> {
        self.parent
    }

    pub(super) fn of(extensions: &Extensions, headers: &HeaderMap, context: &Context) -> Self {
        let text = match extensions.get::<lambda_http::Context>() {
            Some(invocation) => invocation.request_id.as_str().into(),
            None => new_uuid(context).to_string().into(),
        };
        let parent = traceparent_of(headers);
        Self { text, traceparent: Some(context.entropy.next_step(parent)), parent }
    }
}

/// The client's trace, otherwise the gateway's. A repeated or malformed header is ignored.
fn traceparent_of(headers: &HeaderMap) -> Option<TraceParent> {
    let only = |name| only_line(headers, &HeaderName::from_static(name))?.to_str().ok();
    let of_client = only(TraceParent::NAME).and_then(|text| text.parse().ok());
    of_client.or_else(|| TraceParent::from_xray(only(X_AMZN_TRACE_ID)?).ok())
}

/// A version-7 UUID with the time of our clock. Without randomness it may not be unique within its millisecond;
/// anything that needs a secret then fails on its own.
fn new_uuid(context: &Context) -> Uuid {
    let milliseconds = context.clock.now().as_millisecond().unsigned_abs();
    let random = context.entropy.bytes().unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// The context for handlers that send jobs: the jobs carry the request's id and continue its trace.
#[derive(Debug, Clone)]
pub struct TracedContext(pub Context);

impl FromRequestParts<Context> for TracedContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Infallible> {
        let Ok(id) = RequestId::from_request_parts(parts, context).await;
        let mut queues = context.queues.traced(id.as_str());
        if let Some(traceparent) = id.traceparent() {
            queues = queues.following(traceparent);
        }
        Ok(Self(Context { queues, ..context.clone() }))
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    /// [`crate::serve_layers`] always sets one. A router without it has requests without an id.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let id = parts.extensions.get::<Self>().cloned();
        Ok(id.unwrap_or_else(|| Self { text: "".into(), traceparent: None, parent: None }))
    }
}
