//! [`Spans`]: the finished requests, jobs and scheduled runs, as spans of their traces.
//!
//! The ids are those of `traceparent`: the span of a job has the id that its log lines, its messages and its follow-up
//! jobs carry. Without a collector, nothing is built.

use evens_contracts::TraceParent;
use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A finished request, job or scheduled run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub id: TraceParent,
    /// The span that caused it.
    pub parent: Option<TraceParent>,
    pub kind: SpanKind,
    /// A route or a queue, without ids: `POST /api/bets`.
    pub name: String,
    pub ended_at: Timestamp,
    pub duration: Duration,
    /// Names follow the semantic conventions of OpenTelemetry.
    pub attributes: Vec<(&'static str, String)>,
    /// The reason why it failed.
    pub failure: Option<String>,
}

/// The type of a [`Span`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    Request,
    Job,
    Run,
}

/// Receives finished spans. It must not block.
pub trait SpanCollector: fmt::Debug + Send + Sync {
    /// Returns whether the spans of this request and its jobs are wanted. The answer depends on the id only, which no
    /// client chooses, as it could with the id of a trace.
    fn wants(&self, request_id: &str) -> bool;

    fn collect(&self, span: Span);
}

/// Passes spans to a collector, if there is one. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Spans(Option<Arc<dyn SpanCollector>>);

impl Spans {
    pub fn to(collector: Arc<dyn SpanCollector>) -> Self {
        Self(Some(collector))
    }

    /// Builds the span of a request or of one of its jobs, if it is wanted. Jobs and runs without a request have the id
    /// of their trace instead, which began here.
    pub fn finish(&self, request_id: &str, span: impl FnOnce() -> Span) {
        if let Some(collector) = &self.0
            && collector.wants(request_id)
        {
            collector.collect(span());
        }
    }
}
