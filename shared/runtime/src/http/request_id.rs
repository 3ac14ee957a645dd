//! [`RequestId`]: one id that leads from a request through its logs, its answer and its jobs.

use crate::Context;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderName};
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// The header that gives a client the id of its request.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request's id: on Lambda the invocation's, elsewhere a new one. A client cannot choose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn of(extensions: &Extensions, context: &Context) -> Self {
        match extensions.get::<lambda_http::Context>() {
            Some(invocation) => Self(invocation.request_id.as_str().into()),
            None => Self(new_uuid(context).to_string().into()),
        }
    }
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
        formatter.write_str(&self.0)
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    /// Behind [`super::serve_layers`] there always is one; a router without it has requests without an id.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let id = parts.extensions.get::<Self>().cloned();
        Ok(id.unwrap_or_else(|| Self("".into())))
    }
}
