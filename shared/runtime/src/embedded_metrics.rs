//! [`EmbeddedMetrics`]: sends the metrics of an invocation to `CloudWatch` through the function's log.

use crate::telemetry::resident_memory;
use crate::{Context, variable};
use evens_metrics::Source;
use std::io::Write;

/// Writes the metrics recorded since the last flush to stdout, which Lambda logs.
#[derive(Debug)]
pub(crate) struct EmbeddedMetrics {
    source: Source,
    /// The function's memory limit in bytes.
    memory_limit: Option<u64>,
}

impl EmbeddedMetrics {
    pub(crate) fn from_env(context: &Context) -> Self {
        let function = variable("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
        let megabytes = variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").and_then(|text| text.parse::<u64>().ok());
        let namespace = format!("Evens/{}", context.settings.stage.as_str());
        let memory_limit = megabytes.map(|megabytes| megabytes.saturating_mul(1_024 * 1_024));
        Self { source: Source { namespace, function }, memory_limit }
    }

    /// Called after each invocation.
    pub(crate) fn flush(&self, context: &Context) {
        if let Some(resident) = resident_memory() {
            context.metrics.memory(resident, self.memory_limit);
        }
        let lines = context.metrics.take_embedded(&self.source, context.clock.now().as_millisecond());
        let mut stdout = std::io::stdout().lock();
        for line in lines {
            // A failure cannot be reported anywhere else.
            let _ = writeln!(stdout, "{line}");
        }
    }
}
