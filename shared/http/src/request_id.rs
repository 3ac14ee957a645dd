//! [`RequestId`]: the ids that lead from a request through its logs, its answer and its jobs: its own, which a client
//! is given, and that of the trace, which a client may bring along.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName};
use evens_contracts::TraceParent;
use evens_runtime::Context;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// The header that gives a client the id of its request.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request's id: on Lambda the invocation's, elsewhere a new one. A client cannot choose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId {
    text: Arc<str>,
    traceparent: Option<TraceParent>,
}

/// The header that the gateway of AWS adds.
const X_AMZN_TRACE_ID: &str = "x-amzn-trace-id";

impl RequestId {
    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The request as a step of its trace.
    pub fn traceparent(&self) -> Option<TraceParent> {
        self.traceparent
    }

    pub(super) fn of(extensions: &Extensions, headers: &HeaderMap, context: &Context) -> Self {
        let text = match extensions.get::<lambda_http::Context>() {
            Some(invocation) => invocation.request_id.as_str().into(),
            None => new_uuid(context).to_string().into(),
        };
        Self { text, traceparent: Some(context.entropy.next_step(traceparent_of(headers))) }
    }
}

/// What the client says, else what the gateway does. One that came twice, or that cannot be read, is none.
fn traceparent_of(headers: &HeaderMap) -> Option<TraceParent> {
    let only = |name| {
        let mut values = headers.get_all(name).iter();
        let value = values.next()?;
        if values.next().is_some() { None } else { value.to_str().ok() }
    };
    let of_client = only(TraceParent::NAME).and_then(|text| text.parse().ok());
    of_client.or_else(|| TraceParent::from_xray(only(X_AMZN_TRACE_ID)?).ok())
}

/// A version-7 UUID at the time of our clock. Without random numbers it is still an id, if not the only one of its
/// millisecond; whatever needs a secret then fails by itself.
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

/// The context of a handler that sends jobs: they carry the request's id, and go on with its trace.
#[derive(Debug, Clone)]
pub struct Traced(pub Context);

impl FromRequestParts<Context> for Traced {
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

    /// Behind [`crate::serve_layers`] there always is one; a router without it has requests without an id.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let id = parts.extensions.get::<Self>().cloned();
        Ok(id.unwrap_or_else(|| Self { text: "".into(), traceparent: None }))
    }
}
