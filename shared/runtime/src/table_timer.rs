//! [`TableTimer`]: latency of DynamoDB calls, and slow calls.

use crate::telemetry::milliseconds;
use aws_sdk_dynamodb::config::interceptors::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use evens_metrics::Metrics;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Measures every call including the SDK's retries, from serialization to the parsed answer.
#[derive(Debug)]
pub(crate) struct TableTimer {
    metrics: Metrics,
    slow: Mutex<SlowCalls>,
}

#[derive(Debug)]
struct StartedAt(Instant);

impl Storable for StartedAt {
    type Storer = StoreReplace<Self>;
}

/// The operations called while the system runs.
const OPERATIONS: [&str; 8] = [
    "BatchGetItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
];

/// Calls above this duration are logged as slow.
const SLOW: Duration = Duration::from_millis(100);

/// Minimum interval between log lines about slow calls. If all calls are slow, a line for each would slow them further.
const SLOW_LINE_EVERY: Duration = Duration::from_secs(1);

/// Slow calls that were not logged.
#[derive(Debug, Default)]
struct SlowCalls {
    last_line_at: Option<Instant>,
    without_line: u64,
}

impl SlowCalls {
    /// Returns the number of unlogged slow calls since the last line, if this call gets a line.
    fn line(&mut self, now: Instant) -> Option<u64> {
        if self.last_line_at.is_some_and(|last| now.duration_since(last) < SLOW_LINE_EVERY) {
            self.without_line += 1;
            return None;
        }
        self.last_line_at = Some(now);
        Some(std::mem::take(&mut self.without_line))
    }
}

impl TableTimer {
    pub(crate) fn new(metrics: Metrics) -> Self {
        Self { metrics, slow: Mutex::default() }
    }

    /// Records a call of an operation by its name. An operation that the running system does not call counts as
    /// `other`.
    pub(crate) fn tell_of(&self, called: &str, took: Duration) {
        let operation = OPERATIONS.into_iter().find(|operation| *operation == called).unwrap_or("other");
        self.tell(operation, took);
    }

    fn tell(&self, operation: &'static str, took: Duration) {
        self.metrics.table_answered(operation, took);
        let duration_ms = milliseconds(took);
        tracing::debug!(operation, duration_ms, "Table call: {operation} - {duration_ms}ms");
        if took <= SLOW {
            return;
        }
        let others = self.slow.lock().unwrap_or_else(PoisonError::into_inner).line(Instant::now());
        if let Some(others) = others {
            tracing::warn!(
                operation,
                duration_ms,
                others,
                "Slow table call: {operation} - {duration_ms}ms, and {others} more since the previous warning"
            );
        }
    }
}

impl Intercept for TableTimer {
    fn name(&self) -> &'static str {
        "TableTimer"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(StartedAt(Instant::now()));
        Ok(())
    }

    fn read_after_execution(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let called = config.load::<Metadata>().map_or("", Metadata::name);
        if let Some(StartedAt(started)) = config.load::<StartedAt>() {
            self.tell_of(called, started.elapsed());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{SlowCalls, TableTimer};
    use evens_doubles::Log;
    use evens_metrics::Metrics;
    use std::time::Duration;
    use tokio::time::Instant;

    /// I10: slow calls are logged with their operation, fast ones are not.
    #[test]
    fn a_slow_call_is_named() {
        let log = Log::start();
        let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
        tracing::subscriber::with_default(subscriber, || {
            let timer = TableTimer::new(Metrics::default());
            timer.tell("GetItem", Duration::from_millis(100));
            timer.tell("Query", Duration::from_millis(101));
            timer.tell("GetItem", Duration::from_millis(500));
        });
        let text = log.take();
        assert_eq!(text.matches("Slow table call: ").count(), 1, "{text}");
        assert!(text.contains("Slow table call: Query - 101ms, and 0 more"), "{text}");
    }

    #[test]
    fn slow_calls_have_a_line_a_second() {
        let (mut slow, start) = (SlowCalls::default(), Instant::now());
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let lines = [0, 1, 999, 1_000, 2_001].map(|milliseconds| slow.line(at(milliseconds)));
        assert_eq!(lines, [Some(0), None, None, Some(2), Some(0)]);
    }
}
