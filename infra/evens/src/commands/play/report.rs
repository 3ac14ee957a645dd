//! The tables printed by `evens play`.

use crate::commands::output;
use evens_load::{AcceptedBet, FinishedBet, Latency, Report};
use std::time::Duration;

/// Prints latencies and outcomes to stdout.
pub(super) fn print(report: &Report, ended: &[FinishedBet], not_ended: &[AcceptedBet]) {
    output::line(format_args!(
        "{:<18} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "latency (ms)", "count", "p50", "p90", "p99", "max"
    ));
    print_latency("place", &report.latency);
    print_latency("place to settled", &settlement(ended));
    output::line("");
    output::line(format_args!("{:<28} {:>9}", "outcome", "bets"));
    for (name, count) in outcomes(report, ended, not_ended) {
        output::line(format_args!("{name:<28} {count:>9}"));
    }
    output::line("");
    output::line(format_args!("{:.0} bets/s accepted", report.accepted_per_second()));
    for placed in not_ended.iter().take(10) {
        output::line(format_args!("not ended: bet {}", placed.bet));
    }
}

fn print_latency(name: &str, latency: &Latency) {
    let [p50, p90, p99, max] = [0.5, 0.9, 0.99, 1.0].map(|part| milliseconds(latency.quantile(part)));
    output::line(format_args!("{name:<18} {:>9} {p50:>9} {p90:>9} {p99:>9} {max:>9}", latency.count()));
}

/// Milliseconds with two decimals, without floating-point numbers.
fn milliseconds(duration: Duration) -> String {
    let hundredths = duration.as_micros().div_ceil(10);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Time from placing a bet to the last settlement of its parts, by the server's clock. The bets are read after the run,
/// so the local clock cannot measure it. A partly refunded bet does not count, because the refund changed it last.
fn settlement(ended: &[FinishedBet]) -> Latency {
    let mut latency = Latency::new();
    let settled = ended.iter().filter(|ended| ended.reading.refunded.is_zero());
    for (placed_at, settled_at) in settled.filter_map(|ended| ended.reading.times) {
        if let Ok(took) = Duration::try_from(settled_at.duration_since(placed_at)) {
            latency.record(took);
        }
    }
    latency
}

fn outcomes(report: &Report, ended: &[FinishedBet], not_ended: &[AcceptedBet]) -> Vec<(String, usize)> {
    let count = |status: &str, in_parts: bool| {
        let is_counted = |one: &&FinishedBet| {
            one.reading.status == status
                && (status == "REFUNDED" || in_parts != one.reading.refunded.is_zero())
        };
        ended.iter().filter(is_counted).count()
    };
    let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let sent = &report.outcomes;
    let mut rows = vec![
        ("accepted".to_owned(), whole(sent.accepted)),
        ("  settled".to_owned(), count("SETTLED", false)),
        ("  settled, rest refunded".to_owned(), count("SETTLED", true)),
        ("  refunded".to_owned(), count("REFUNDED", false)),
        ("  not ended".to_owned(), not_ended.len()),
        ("refused: balance too low".to_owned(), whole(sent.insufficient)),
    ];
    rows.extend(
        sent.other.iter().map(|(status, count)| (format!("refused: status {status}"), whole(*count))),
    );
    rows.extend(sent.transport.iter().map(|(kind, count)| (format!("no answer: {kind}"), whole(*count))));
    rows
}
