//! [`EmbeddedMetrics`]: tells `CloudWatch`, through the function's log, what an invocation counted.

use crate::telemetry::resident_memory;
use crate::{Context, variable};
use evens_metrics::Source;
use std::io::Write;

/// Writes what was counted since the last time to stdout, where Lambda takes it for the log.
#[derive(Debug)]
pub(crate) struct EmbeddedMetrics {
    source: Source,
    /// What the function may have, in bytes.
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

    /// Called after each invocation, which has nothing more to count.
    pub(crate) fn flush(&self, context: &Context) {
        if let Some(resident) = resident_memory() {
            context.metrics.memory(resident, self.memory_limit);
        }
        let lines = context.metrics.take_embedded(&self.source, context.clock.now().as_millisecond());
        let mut stdout = std::io::stdout().lock();
        for line in lines {
            // Nobody is left who could be told that nobody listens.
            let _ = writeln!(stdout, "{line}");
        }
    }
}
