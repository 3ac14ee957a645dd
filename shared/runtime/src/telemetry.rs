//! Logs: to stderr; JSON where a program reads them, lines for a person on a terminal.

use std::io::IsTerminal;
use std::time::Duration;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Who prints whole requests and answers at the level TRACE: in those are phone numbers, hashes of passwords, tokens.
const BODY_PRINTERS: &[&str] = &["aws_", "dynoxide", "hyper", "lambda_"];

/// Starts logging. `RUST_LOG` says what is logged (`info` by default), `NO_COLOR` that a terminal gets no colours. No
/// setting makes the log say what the bodies of requests hold.
/// Harmless when repeated, or where somebody else has started it.
pub fn init() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        EnvFilter::new("info,dynoxide=error,aws_config=warn,aws_runtime=warn,aws_smithy_runtime=warn")
    });
    let is_lambda = std::env::var_os("AWS_LAMBDA_FUNCTION_NAME").is_some();
    let is_terminal = std::io::stderr().is_terminal();
    let is_plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    // A line that cannot be written, as where the disk is full, is no reason to fail: to say so on stderr would panic.
    let builder = tracing_subscriber::fmt().log_internal_errors(false);
    let builder = builder.with_env_filter(filter).with_writer(std::io::stderr);
    // An error means that logging was started before; then it stays as it is.
    let _ = if is_lambda || !is_terminal {
        builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .finish()
            .with(filter_fn(is_without_bodies))
            .try_init()
    } else {
        builder.with_ansi(!is_plain).with_target(false).finish().with(filter_fn(is_without_bodies)).try_init()
    };
}

fn is_without_bodies(metadata: &Metadata<'_>) -> bool {
    let is_trace = *metadata.level() == Level::TRACE;
    !is_trace || !BODY_PRINTERS.iter().any(|target| metadata.target().starts_with(target))
}

/// An error and everything below it, as one line for the log. Never for an answer.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let sources = std::iter::successors(Some(error), |error| error.source());
    sources.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// How many bytes of memory the process holds; none where the system does not say.
pub fn resident_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes * 1_024)
}

/// A duration for a field of the log, as a number.
pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
