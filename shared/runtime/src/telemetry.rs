//! Logging to stderr: JSON for programs, plain lines for a terminal.

use crate::variable;
use evens_jackpots::{JackpotSettings, LogLevel};
use std::io::IsTerminal;
use std::time::Duration;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{Targets, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Crates that print whole requests and answers at level TRACE, with phone numbers, password hashes and tokens.
const BODY_PRINTERS: &[&str] = &["aws_", "hyper", "lambda_"];

/// The filter used without `RUST_LOG`.
const LOGGED: &str = "info,aws_config=warn,aws_runtime=warn,aws_smithy_runtime=warn";

/// Added in the stage `dev`: each call of the table, and each retried write.
const LOGGED_IN_DEV: &str = ",evens_runtime::table_timer=debug,evens_store=debug";

/// Targets with their own level: jackpot operations.
const OF_JACKPOTS: [&str; 3] =
    ["evens_jackpot_pools", "evens_jackpot_win", "evens_runtime::jackpot_operation"];

/// Returns `true` for one request id in 16, because the last digit of a UUID is random. Frequent and ordinary events
/// are logged for these requests only.
pub fn is_sample(request_id: &str) -> bool {
    request_id.ends_with('0')
}

/// Starts logging. `RUST_LOG` sets the filter (by default `info`, and in `dev` each call of the table), and `NO_COLOR`
/// disables colours. Request bodies are never logged, whatever the filter. Harmless when repeated, or if logging was
/// already started.
pub fn init() {
    let is_lambda = std::env::var_os("AWS_LAMBDA_FUNCTION_NAME").is_some();
    let is_terminal = std::io::stderr().is_terminal();
    let is_plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    // A line that cannot be written, as on a full disk, must not fail the process: reporting it on stderr would panic.
    let layer = fmt::layer().log_internal_errors(false).with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry()
        .with(targets(variable("RUST_LOG").as_deref(), variable("EVENS_STAGE").as_deref(), of_jackpots()))
        .with(filter_fn(is_without_bodies));
    // An error means that logging was started before, which is fine.
    let _ = if is_lambda || !is_terminal {
        let layer = layer.json().flatten_event(true).with_current_span(true).with_span_list(false);
        registry.with(layer).try_init()
    } else {
        registry.with(layer.with_ansi(!is_plain).with_target(false)).try_init()
    };
}

/// Levels by target in the format of `RUST_LOG`: `warn,evens_runtime=debug`.
fn targets(variable: Option<&str>, stage: Option<&str>, jackpots: LogLevel) -> Targets {
    let given = variable.filter(|text| !text.is_empty()).and_then(|text| text.parse().ok());
    let in_dev = if stage == Some("dev") { LOGGED_IN_DEV } else { "" };
    let of_jackpots = OF_JACKPOTS.map(|target| format!(",{target}={jackpots}")).concat();
    given.or_else(|| format!("{LOGGED}{in_dev}{of_jackpots}").parse().ok()).unwrap_or_default()
}

/// The log level of jackpots. A malformed level is reported together with the settings.
fn of_jackpots() -> LogLevel {
    JackpotSettings::from_lookup(variable).log_level
}

fn is_without_bodies(metadata: &Metadata<'_>) -> bool {
    let is_trace = *metadata.level() == Level::TRACE;
    !is_trace || !BODY_PRINTERS.iter().any(|target| metadata.target().starts_with(target))
}

/// An error and all its sources in one line for the log. Never for an answer.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let sources = std::iter::successors(Some(error), |error| error.source());
    sources.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Resident memory of the process in bytes, or `None` if the system does not report it.
pub fn resident_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes * 1_024)
}

/// A duration as a number for a log field.
pub fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{LOGGED, LOGGED_IN_DEV, targets};
    use evens_jackpots::LogLevel;
    use tracing::Level;

    #[test]
    fn the_variable_says_what_is_logged_and_nonsense_says_nothing() {
        #[rustfmt::skip]
        let table = [
            (None,                          "evens_store",   Level::INFO,  true),
            (None,                          "evens_store",   Level::DEBUG, false),
            (None,                          "aws_runtime::a", Level::INFO,  false),
            (Some(""),                      "evens_store",   Level::INFO,  true),
            (Some("a=b=c"),                 "evens_store",   Level::INFO,  true),
            (Some("error"),                 "evens_store",   Level::WARN,  false),
            (Some("off,evens_store=trace"), "evens_store",   Level::TRACE, true),
            (Some("off,evens_store=trace"), "evens_queues",  Level::ERROR, false),
            (Some("trace"),                 "hyper",         Level::TRACE, true),
        ];
        for (variable, target, level, expected) in table {
            assert_eq!(
                targets(variable, None, LogLevel::Info).would_enable(target, &level),
                expected,
                "{variable:?} {target} {level}"
            );
        }
        assert!(format!("{LOGGED}{LOGGED_IN_DEV}").parse::<tracing_subscriber::filter::Targets>().is_ok());
    }

    /// L1: a separate setting controls the log level of jackpots.
    #[test]
    fn jackpots_are_logged_as_their_setting_says() {
        let is_logged =
            |level| targets(None, None, level).would_enable("evens_jackpot_win::handler", &Level::INFO);
        assert!(is_logged(LogLevel::Info) && is_logged(LogLevel::Debug) && !is_logged(LogLevel::Warn));
        let has_each_contribution = |level| {
            targets(None, None, level).would_enable("evens_runtime::jackpot_operation", &Level::DEBUG)
        };
        assert!(has_each_contribution(LogLevel::Debug) && !has_each_contribution(LogLevel::Info));
        assert!(!targets(Some("off"), None, LogLevel::Info).would_enable("evens_jackpot_win", &Level::ERROR));
    }

    /// I9, L2: calls of the table are logged in the stage `dev` only.
    #[test]
    fn calls_of_the_table_are_logged_in_dev_alone() {
        let timer = "evens_runtime::table_timer";
        #[rustfmt::skip]
        let table = [
            (None,         None,            timer,          false),
            (None,         Some("local"),   timer,          false),
            (None,         Some("dev"),     timer,          true),
            (None,         Some("dev"),     "evens_store",  true),
            (None,         Some("dev"),     "evens_queues", false),
            (None,         Some("staging"), timer,          false),
            (None,         Some("prod"),    timer,          false),
            (Some("warn"), Some("dev"),     timer,          false),
        ];
        for (variable, stage, target, expected) in table {
            let is_logged = targets(variable, stage, LogLevel::Info).would_enable(target, &Level::DEBUG);
            assert_eq!(is_logged, expected, "{variable:?} {stage:?} {target}");
        }
    }
}
