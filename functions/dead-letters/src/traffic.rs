//! The counts of the process as response bodies.

use evens_contracts::{
    CountBody, MoneyMovedBody, Queue, QueueJobsBody, QueueMinutesBody, SocketsBody, Time, TrafficBody,
    TrafficSpanBody,
};
use evens_metrics::{JobCounts, SocketCount, SocketReport, TrafficReport, TrafficSpan, money_text};
use jiff::Timestamp;

/// Jobs are shown for so many minutes.
const QUEUE_MINUTES_MAX: usize = 60;

pub fn traffic_body(report: &TrafficReport) -> TrafficBody {
    TrafficBody { total: span_body(&report.total), last_minute: span_body(&report.last_minute) }
}

pub(crate) fn span_body(span: &TrafficSpan) -> TrafficSpanBody {
    let TrafficSpan { from_ms, to_ms, traffic } = span;
    TrafficSpanBody {
        from: time_of(*from_ms),
        to: time_of(*to_ms),
        bets: traffic.bets,
        matches: traffic.matches,
        requests: traffic.requests,
        errors: traffic.errors,
        p50_micros: traffic.quantile(50),
        p95_micros: traffic.quantile(95),
        p99_micros: traffic.quantile(99),
        money_moved: MoneyMovedBody {
            debit: money_text(traffic.money.debit),
            credit: money_text(traffic.money.credit),
            refund: money_text(traffic.money.refund),
            payout: money_text(traffic.money.payout),
        },
    }
}

/// The ended jobs of each queue in the last hour of these minutes.
pub(crate) fn queue_minutes(minutes: &[TrafficSpan]) -> QueueMinutesBody {
    let shown = &minutes[minutes.len().saturating_sub(QUEUE_MINUTES_MAX)..];
    let of_queue = |(index, queue): (usize, Queue)| {
        let counts =
            |count: fn(JobCounts) -> u64| shown.iter().map(|span| count(span.traffic.jobs[index])).collect();
        QueueJobsBody {
            queue: queue.name(),
            completed: counts(|jobs| jobs.completed),
            failed: counts(|jobs| jobs.failed),
        }
    };
    QueueMinutesBody {
        minutes: shown.iter().map(|span| time_of(span.to_ms)).collect(),
        queues: Queue::ALL.into_iter().enumerate().map(of_queue).collect(),
    }
}

pub fn sockets_body(report: &SocketReport) -> SocketsBody {
    let SocketReport { roles, rooms, refused, ended, frames, conflated } = report;
    let counts =
        |found: &[SocketCount]| found.iter().map(|&(name, count)| CountBody { name, count }).collect();
    SocketsBody {
        roles: counts(roles),
        rooms: counts(rooms),
        refused: counts(refused),
        ended: counts(ended),
        frames: *frames,
        conflated: *conflated,
    }
}

/// The times were read from a clock, so none is out of range.
fn time_of(at_ms: i64) -> Time {
    Timestamp::from_millisecond(at_ms).unwrap_or_default().into()
}
