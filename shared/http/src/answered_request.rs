//! [`AnsweredRequest`]: the log line and the span of a request.

use crate::{ClientAddress, RequestId};
use axum::http::{HeaderValue, Method, StatusCode};
use evens_runtime::telemetry::milliseconds;
use evens_runtime::{Context, LineAlarm, Span, SpanKind};
use std::time::Duration;
use tracing::{debug, error, info, warn};

/// A request and its answer, without bodies, ids of players or the path that the client sent.
pub(crate) struct AnsweredRequest {
    pub(crate) method: Method,
    pub(crate) route: String,
    pub(crate) status: StatusCode,
    pub(crate) elapsed: Duration,
    pub(crate) address: ClientAddress,
    pub(crate) user_agent: Option<HeaderValue>,
}

impl AnsweredRequest {
    /// Slower requests are logged as slow.
    pub(crate) const SLOW: Duration = Duration::from_secs(1);

    /// Longer names of programs are cut off: a client can send 8 kB, and logs are paid for by their size.
    const USER_AGENT_MAX: usize = 120;

    /// Returns `true` if the request has a line: of successful reads, only those of a sample.
    pub(crate) fn is_logged(&self, is_sample: bool) -> bool {
        self.method != Method::GET || !self.status.is_success() || is_sample
    }

    /// One line per request; of successful reads, those that are no sample have it at the level `debug`. The cause of a
    /// failure is a separate line with the same request id.
    pub(crate) fn log(&self, is_sample: bool) {
        let (method, route) = (self.method(), self.route.as_str());
        let (status, duration_ms) = (self.status.as_u16(), milliseconds(self.elapsed));
        if self.elapsed > Self::SLOW {
            let alarm = LineAlarm::SlowRequest.name();
            warn!(alarm, method, route, duration_ms, "Slow request: {method} {route} - {duration_ms}ms");
        }
        macro_rules! line {
            ($level:ident) => {
                $level!(
                    method,
                    route,
                    status,
                    duration_ms,
                    client = self.address.digest(),
                    user_agent = self.user_agent(),
                    "Answered {method} {route} with {status}"
                )
            };
        }
        // Client errors need no operator, and a failure that a retry resolves is no defect.
        match status {
            500 => line!(error),
            501.. => line!(warn),
            _ if self.is_logged(is_sample) => line!(info),
            _ => line!(debug),
        }
    }

    pub(crate) fn finish_span(&self, context: &Context, request_id: &RequestId) {
        let Some(id) = request_id.traceparent() else { return };
        context.spans.finish(request_id.as_str(), || Span {
            id,
            parent: request_id.parent(),
            kind: SpanKind::Request,
            name: format!("{} {}", self.method(), self.route),
            ended_at: context.clock.now(),
            duration: self.elapsed,
            attributes: vec![
                ("http.request.method", self.method().to_owned()),
                ("http.route", self.route.clone()),
                ("http.response.status_code", self.status.as_u16().to_string()),
                ("evens.request_id", request_id.to_string()),
            ],
            failure: self.status.is_server_error().then(|| self.status.to_string()),
        });
    }

    /// A known method, or `unknown`: a client can send any word, of any length.
    fn method(&self) -> &str {
        match self.method {
            Method::GET
            | Method::HEAD
            | Method::POST
            | Method::PUT
            | Method::PATCH
            | Method::DELETE
            | Method::OPTIONS
            | Method::TRACE
            | Method::CONNECT => self.method.as_str(),
            _ => "unknown",
        }
    }

    /// The client's name for its program: visible ASCII, which the header's type guarantees.
    fn user_agent(&self) -> Option<&str> {
        let text = self.user_agent.as_ref()?.to_str().ok()?;
        text.get(..Self::USER_AGENT_MAX).or(Some(text))
    }
}
