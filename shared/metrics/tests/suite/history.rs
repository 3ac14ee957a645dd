//! The history of traffic, minute by minute.

use evens_contracts::{Method, Queue, ROUTES};
use evens_ledger::{Amount, BalanceKind, EntryKind};
use evens_metrics::{JobCounts, JobStatus, MINUTES_MAX, Metrics, money_text};
use std::time::Duration;

/// The start of a minute, in milliseconds.
const START: i64 = 1_795_164_420_000;

fn answer(metrics: &Metrics, path: &str, status: u16, ms: u64) {
    let route = ROUTES.iter().find(|route| route.method == Method::Post && route.path == path);
    metrics.answered(Some(route.unwrap()), status, Duration::from_millis(ms), false);
}

#[test]
fn a_process_that_samples_nothing_has_no_history() {
    let metrics = Metrics::default();
    answer(&metrics, "/api/bets", 202, 3);
    assert_eq!((metrics.traffic_report(START), metrics.traffic_minutes()), (None, None));
}

#[test]
fn each_minute_has_the_traffic_since_the_previous_one() {
    let metrics = Metrics::default();
    let mut minutes = Vec::new();
    for (after_seconds, bets) in [(0, 1_usize), (5, 2), (65, 3), (70, 0), (125, 4)] {
        metrics.sample_traffic(START + after_seconds * 1_000);
        minutes.push(metrics.traffic_minutes().unwrap().len());
        for _ in 0..bets {
            answer(&metrics, "/api/bets", 202, 3);
        }
    }
    assert_eq!(minutes, [0, 0, 1, 1, 2]);
    let bets: Vec<_> = metrics.traffic_minutes().unwrap().iter().map(|minute| minute.traffic.bets).collect();
    assert_eq!(bets, [3, 3]);
    let report = metrics.traffic_report(START + 130_000).unwrap();
    assert_eq!((report.total.from_ms, report.total.traffic.bets), (START, 10));
    assert_eq!((report.last_minute.from_ms, report.last_minute.traffic.bets), (START + 65_000, 7));
}

#[test]
fn each_minute_has_the_ended_jobs_of_each_queue() {
    let metrics = Metrics::default();
    for (after_seconds, queue, status) in [
        (0, Queue::Match, JobStatus::Completed),
        (5, Queue::Match, JobStatus::Completed),
        (10, Queue::Settle, JobStatus::Failed),
        (65, Queue::Match, JobStatus::Failed),
        (125, Queue::Match, JobStatus::Completed),
    ] {
        metrics.sample_traffic(START + after_seconds * 1_000);
        metrics.job_ended(queue, status);
    }
    let jobs = |queue: Queue| {
        let minutes = metrics.traffic_minutes().unwrap();
        let index = Queue::ALL.iter().position(|one| *one == queue).unwrap();
        minutes.iter().map(|minute| minute.traffic.jobs[index]).collect::<Vec<_>>()
    };
    let count = |completed, failed| JobCounts { completed, failed };
    assert_eq!(jobs(Queue::Match), [count(2, 0), count(0, 1)]);
    assert_eq!(jobs(Queue::Settle), [count(0, 1), count(0, 0)]);
}

#[test]
fn errors_of_the_service_are_counted_and_refusals_are_not() {
    let metrics = Metrics::default();
    metrics.sample_traffic(START);
    for status in [202, 400, 429, 500, 503] {
        answer(&metrics, "/api/bets", status, 3);
    }
    metrics.sample_traffic(START + 60_000);
    let minutes = metrics.traffic_minutes().unwrap();
    assert_eq!((minutes[0].traffic.requests, minutes[0].traffic.errors), (5, 2));
}

#[test]
fn refused_bets_and_other_requests_are_no_bets() {
    let metrics = Metrics::default();
    metrics.sample_traffic(START);
    answer(&metrics, "/api/bets", 202, 3);
    answer(&metrics, "/api/bets", 400, 3);
    answer(&metrics, "/api/rounds", 201, 3);
    metrics.drawn("A");
    for (kind, amount) in [(EntryKind::Debit, "10.5"), (EntryKind::Credit, "20"), (EntryKind::Debit, "1")] {
        metrics.money_moved(kind, BalanceKind::Cash, amount.parse::<Amount>().unwrap());
    }
    let traffic = metrics.traffic_report(START + 1_000).unwrap().total.traffic;
    assert_eq!((traffic.bets, traffic.matches, traffic.requests), (1, 1, 3));
    assert_eq!(
        (money_text(traffic.money.debit), money_text(traffic.money.credit)),
        ("11.5".into(), "20".into())
    );
}

#[test]
fn durations_are_estimated_within_their_bucket() {
    #[rustfmt::skip]
    let table: [(&[u64], Option<u64>, Option<u64>); 4] = [
        // Durations in milliseconds; the estimates are in microseconds.
        (&[],                      None,             None),
        (&[4, 4],                  Some(3_750),      Some(4_975)),
        (&[1, 1, 1, 400],          Some(666),        Some(488_000)),
        (&[20_000],                Some(10_000_000), Some(10_000_000)),
    ];
    for (durations, p50, p99) in table {
        let metrics = Metrics::default();
        metrics.sample_traffic(START);
        for ms in durations {
            answer(&metrics, "/api/bets", 202, *ms);
        }
        let traffic = metrics.traffic_report(START + 1_000).unwrap().total.traffic;
        assert_eq!((traffic.quantile(50), traffic.quantile(99)), (p50, p99), "{durations:?}");
    }
}

#[test]
fn the_history_ends_after_24_hours() {
    let metrics = Metrics::default();
    for minute in 0..i64::try_from(MINUTES_MAX).unwrap() + 10 {
        metrics.sample_traffic(START + minute * 60_000);
    }
    let minutes = metrics.traffic_minutes().unwrap();
    assert_eq!((minutes.len(), minutes[0].from_ms), (MINUTES_MAX, START + 9 * 60_000));
}
