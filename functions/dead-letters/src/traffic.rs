//! The counted traffic as response bodies.

use evens_contracts::{MoneyMovedBody, Time, TrafficBody, TrafficSpanBody};
use evens_metrics::{TrafficReport, TrafficSpan, money_text};
use jiff::Timestamp;

pub(crate) fn traffic_body(report: &TrafficReport) -> TrafficBody {
    TrafficBody { total: span_body(&report.total), last_minute: span_body(&report.last_minute) }
}

pub(crate) fn span_body(span: &TrafficSpan) -> TrafficSpanBody {
    let TrafficSpan { from_ms, to_ms, traffic } = span;
    TrafficSpanBody {
        from: time_text(*from_ms),
        to: time_text(*to_ms),
        bets: traffic.bets,
        matches: traffic.matches,
        requests: traffic.requests,
        p50_micros: traffic.quantile(50),
        p99_micros: traffic.quantile(99),
        money_moved: MoneyMovedBody {
            debit: money_text(traffic.money.debit),
            credit: money_text(traffic.money.credit),
            refund: money_text(traffic.money.refund),
            payout: money_text(traffic.money.payout),
        },
    }
}

/// The times were read from a clock, so none is out of range.
fn time_text(at_ms: i64) -> Time {
    Timestamp::from_millisecond(at_ms).unwrap_or_default().into()
}
