//! [`RequestId`]: one id that leads from a request through its logs, its answer and its jobs.

use crate::Clock;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderName};
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use uuid::{ContextV7, Uuid};

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

    pub(super) fn of(extensions: &Extensions, clock: &Clock) -> Self {
        match extensions.get::<lambda_http::Context>() {
            Some(invocation) => Self(invocation.request_id.as_str().into()),
            None => Self(new_uuid(clock).to_string().into()),
        }
    }
}

/// A version-7 UUID at the time of our clock.
fn new_uuid(clock: &Clock) -> Uuid {
    let now = clock.now();
    let seconds = now.as_second().unsigned_abs();
    let nanoseconds = now.subsec_nanosecond().unsigned_abs();
    Uuid::new_v7(uuid::Timestamp::from_unix(ContextV7::new(), seconds, nanoseconds))
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
