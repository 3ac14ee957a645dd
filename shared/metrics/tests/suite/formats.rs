//! The two formats, and the table that both follow.

use evens_contracts::{Queue, ROUTES};
use evens_ledger::{Amount, BalanceKind, EntryKind};
use evens_metrics::{
    Cache, ConflictKind, JackpotOutcome, JobStatus, Kind, Metric, Metrics, QueueState, SocketRefusal, Source,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

fn source() -> Source {
    Source { namespace: "Evens/dev".to_owned(), function: "evens-dev-match".to_owned() }
}

fn lines(metrics: &Metrics) -> Vec<Value> {
    let lines = metrics.take_embedded(&source(), 1_795_164_455_636);
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Records one of each event.
fn everything(metrics: &Metrics) {
    for queue in Queue::ALL {
        metrics.job_ended(queue, JobStatus::Completed);
        metrics.job_ended(queue, JobStatus::Failed);
        metrics.job_retried(queue);
        metrics.job_took(queue, Duration::from_millis(12));
        metrics.job_waited(queue, Duration::from_millis(3));
        metrics.queue_holds(queue, QueueState { waiting: 1, in_flight: 2, dead_letters: 3 });
        metrics.update_oldest_age(queue);
    }
    for kind in ConflictKind::ALL {
        metrics.conflicted(kind, "place a bet");
    }
    for cause in ["conflict", "throttled", "unavailable"] {
        metrics.store_retried(cause, "place a bet");
    }
    metrics.store_recovered("place a bet");
    for outcome in
        [JackpotOutcome::Done, JackpotOutcome::Refused, JackpotOutcome::HandedOver, JackpotOutcome::Failed]
    {
        metrics.jackpot_done("contribute", "minor", outcome, Duration::from_millis(3));
    }
    metrics.jackpot_conflicted("processWin", "minor");
    metrics.jackpot_retried("contribute", "several");
    metrics.jackpot_held("minor", Duration::from_millis(40));
    metrics.table_answered("Query", Duration::from_millis(2));
    metrics.drawn("A");
    metrics.money_moved(EntryKind::Debit, BalanceKind::Cash, "100.5".parse().unwrap());
    metrics.oldest_open_bet(Duration::from_secs(61));
    metrics.oldest_unsettled_match(Duration::ZERO);
    metrics.oldest_held_withdrawal(Duration::from_hours(25));
    metrics.oldest_unsent_withdrawal(Duration::from_hours(2));
    metrics.oldest_unclaimed_deposit(Duration::from_hours(26));
    metrics.oldest_undrawn_period(Duration::from_secs(4));
    metrics.oldest_jackpot_win(Duration::from_mins(6));
    metrics.overdue_matched("12.5".parse().unwrap());
    for kind in ["bet", "match", "round", "registration"] {
        metrics.swept(kind, 2);
        metrics.oldest_unfinished(kind, Duration::from_mins(2));
    }
    metrics.differences("missing-at-provider", 3);
    metrics.movements_verified(0, 1_795_164_455);
    metrics.books_verified(0, 1_795_164_455);
    for route in ROUTES {
        metrics.answered(Some(route), route.success, Duration::from_millis(1_500), true);
    }
    metrics.answered(None, 404, Duration::from_millis(1), false);
    metrics.budget_looked_up(true);
    for cache in Cache::ALL {
        metrics.cache_looked_up(cache, true);
    }
    metrics.sockets_open(&[("player", 1)], &[("rounds", 1)]);
    metrics.socket_refused(SocketRefusal::Address);
    metrics.socket_ended("left");
    metrics.frame_sent(1);
    metrics.announcements_unreadable(1);
    metrics.memory(80, Some(100));
}

#[test]
fn every_row_of_the_table_is_told_apart_and_can_be_written() {
    let names: BTreeSet<_> = Metric::ALL.iter().map(|metric| metric.definition().name).collect();
    assert_eq!(names.len(), Metric::ALL.len());
    for (position, &metric) in Metric::ALL.iter().enumerate() {
        let definition = metric.definition();
        assert_eq!(metric as usize, position, "{metric:?} is not where its series are");
        let is_counter = definition.kind == Kind::Counter;
        assert_eq!(is_counter, definition.name.ends_with("_total"), "{}", definition.name);
        for dimension in definition.dimensions.unwrap_or_default() {
            assert!(*dimension == "function" || definition.labels.contains(dimension), "{metric:?}");
        }
        assert!(!definition.help.is_empty() && !definition.help.ends_with('.'), "{metric:?}");
        if let Kind::Histogram(bounds) = definition.kind {
            assert!(bounds.is_sorted(), "{metric:?}");
        }
    }
    let jobs = Metric::Jobs.definition();
    assert_eq!((jobs.name, jobs.help), ("bullmq_jobs_total", "Total number of jobs processed"));
    assert_eq!(jobs.labels, ["queue", "status"]);
}

/// Each line has a value, and a name and labels from the table.
#[test]
fn prometheus_can_read_the_text() {
    let metrics = Metrics::default();
    everything(&metrics);
    let text = metrics.prometheus();
    let mut kinds = BTreeMap::new();
    let mut samples = BTreeMap::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert_eq!(kinds.insert(name, kind), None, "{name} stands twice");
        } else if !line.starts_with("# HELP ") {
            let (series, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().is_ok(), "{line}");
            assert_eq!(samples.insert(series, value), None, "{series} stands twice");
        }
    }
    assert_eq!(kinds.len(), Metric::ALL.len());
    let is_of = |series: &str, name: &str| {
        let rest = series.strip_prefix(name).unwrap_or("-");
        ["", "_bucket", "_sum", "_count"].iter().any(|suffix| {
            rest.strip_prefix(suffix).is_some_and(|rest| rest.is_empty() || rest.starts_with('{'))
        })
    };
    for name in kinds.keys() {
        assert!(samples.keys().any(|series| is_of(series, name)), "{name} has no series");
    }
    #[rustfmt::skip]
    let expected = [
        (r#"bullmq_jobs_total{queue="settle",status="completed"}"#,                      "1"),
        (r#"evens_money_moved_total{type="DEBIT",purse="CASH"}"#,                        "100.5"),
        (r#"evens_job_duration_seconds_bucket{queue="match",le="0.01"}"#,                "0"),
        (r#"evens_job_duration_seconds_bucket{queue="match",le="0.025"}"#,               "1"),
        (r#"evens_job_duration_seconds_bucket{queue="match",le="+Inf"}"#,                "1"),
        (r#"evens_job_duration_seconds_sum{queue="match"}"#,                             "0.012"),
        (r#"evens_job_duration_seconds_count{queue="match"}"#,                           "1"),
        (r#"evens_slow_requests_total{method="POST",route="/api/bets"}"#,                "1"),
        (r#"evens_http_requests_total{method="unknown",route="unknown",status="404"}"#,  "1"),
        (r#"evens_sweeper_finds_total{kind="match"}"#,                                   "2"),
        ("evens_oldest_open_bet_age_seconds",                                            "61"),
        ("evens_oldest_held_withdrawal_age_seconds",                                     "90000"),
        ("evens_oldest_unsent_withdrawal_age_seconds",                                   "7200"),
        ("evens_oldest_unclaimed_deposit_age_seconds",                                   "93600"),
        (r#"evens_jackpot_conflicts_total{operation="processWin",group="minor"}"#,       "1"),
        (r#"evens_jackpot_retries_total{operation="contribute",group="several"}"#,       "1"),
        ("evens_oldest_jackpot_win_age_seconds",                                         "360"),
        (r#"evens_oldest_unfinished_age_seconds{kind="round"}"#,                         "120"),
        ("process_resident_memory_bytes",                                                "80"),
    ];
    for (series, value) in expected {
        assert_eq!(samples.get(series), Some(&value), "{series}\n{text}");
    }
}

/// A value on a bound counts as below it, and one above all bounds counts as infinite.
#[test]
fn values_fall_into_their_buckets() {
    let metrics = Metrics::default();
    for milliseconds in [1, 2, 100, 101, 60_000] {
        metrics.table_answered("Query", Duration::from_millis(milliseconds));
    }
    let text = metrics.prometheus();
    let bucket = |bound: &str| {
        let series =
            format!("evens_table_request_duration_seconds_bucket{{operation=\"Query\",le=\"{bound}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&series)).unwrap().parse::<u64>().unwrap()
    };
    let found = ["0.001", "0.0025", "0.05", "0.1", "0.2", "10", "+Inf"].map(bucket);
    assert_eq!(found, [1, 2, 2, 3, 4, 4, 5]);
}

/// An alarm must show the jackpot and the operation.
#[test]
fn conflicts_of_jackpots_are_told_by_operation_and_group() {
    for metric in [Metric::JackpotConflicts, Metric::JackpotRetries] {
        assert_eq!(metric.definition().dimensions, Some(&["operation", "group"][..]), "{metric:?}");
    }
    assert_eq!(Metric::JackpotHeld.definition().dimensions, Some(&["group"][..]));
}

#[test]
fn an_invocation_is_one_line_of_the_embedded_format() {
    let metrics = Metrics::default();
    metrics.job_ended(Queue::Match, JobStatus::Completed);
    metrics.job_ended(Queue::Match, JobStatus::Completed);
    metrics.job_took(Queue::Match, Duration::from_micros(12_345));
    metrics.job_took(Queue::Match, Duration::from_millis(8));
    metrics.conflicted(ConflictKind::QueueProcessing, "join two bets");
    metrics.memory(41_943_040, Some(536_870_912));
    let expected = json!({
        "_aws": {
            "Timestamp": 1_795_164_455_636_u64,
            "CloudWatchMetrics": [
                {
                    "Namespace": "Evens/dev",
                    "Dimensions": [["function"]],
                    "Metrics": [
                        { "Name": "evens_memory_used_percent", "Unit": "Percent" },
                        { "Name": "process_resident_memory_bytes", "Unit": "Bytes" },
                    ],
                },
                {
                    "Namespace": "Evens/dev",
                    "Dimensions": [["kind"]],
                    "Metrics": [{ "Name": "evens_conflicts_total", "Unit": "Count" }],
                },
                {
                    "Namespace": "Evens/dev",
                    "Dimensions": [["queue"]],
                    "Metrics": [{ "Name": "evens_job_duration_seconds", "Unit": "Milliseconds" }],
                },
                {
                    "Namespace": "Evens/dev",
                    "Dimensions": [["queue", "status"]],
                    "Metrics": [{ "Name": "bullmq_jobs_total", "Unit": "Count" }],
                },
            ],
        },
        "bullmq_jobs_total": 2,
        "evens_conflicts_total": 1,
        "evens_job_duration_seconds": [12.345, 8],
        "evens_memory_used_percent": 7,
        "process_resident_memory_bytes": 41_943_040,
        "function": "evens-dev-match",
        "kind": "queueProcessing",
        "operation": "join two bets",
        "queue": "match",
        "status": "completed",
    });
    assert_eq!(lines(&metrics), [expected]);
    assert_eq!(lines(&metrics), Vec::<Value>::new(), "no value is written twice");
    metrics.job_ended(Queue::Match, JobStatus::Completed);
    assert_eq!(lines(&metrics)[0]["bullmq_jobs_total"], 1, "only what is new");
    assert!(metrics.prometheus().contains(r#"bullmq_jobs_total{queue="match",status="completed"} 3"#));
}

/// In every combination, each line has one value per dimension and each metric its own labels. Nothing is lost.
#[test]
fn contradicting_dimensions_are_in_lines_of_their_own() {
    let metrics = Metrics::default();
    everything(&metrics);
    let lines = lines(&metrics);
    let mut jobs = BTreeSet::new();
    for line in &lines {
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
            for dimension in directive["Dimensions"][0].as_array().unwrap() {
                assert!(line[dimension.as_str().unwrap()].is_string(), "{dimension} has no value in {line}");
            }
            for metric in directive["Metrics"].as_array().unwrap() {
                let value = &line[metric["Name"].as_str().unwrap()];
                assert!(value.is_number() || value.is_array(), "{metric} has no value in {line}");
            }
        }
        if !line["bullmq_jobs_total"].is_null() {
            jobs.insert((line["queue"].to_string(), line["status"].to_string()));
        }
    }
    assert_eq!(jobs.len(), 2 * Queue::ALL.len());
    let requests = lines.iter().filter(|line| !line["evens_http_requests_total"].is_null());
    assert_eq!(requests.count(), ROUTES.len() + 1);
}

/// Ten million stakes of the smallest part add up to exactly a tenth. With floats they would not.
#[test]
fn sums_of_money_do_not_drift() {
    let metrics = Metrics::default();
    let smallest = Amount::from_units(1).unwrap();
    let large: Amount = "900000000000000".parse().unwrap();
    metrics.money_moved(EntryKind::Credit, BalanceKind::Bonus, large);
    for _ in 0..100_000 {
        metrics.money_moved(EntryKind::Credit, BalanceKind::Bonus, smallest);
    }
    let text = metrics.prometheus();
    assert!(
        text.contains(r#"evens_money_moved_total{type="CREDIT",purse="BONUS"} 900000000000000.001"#),
        "{text}"
    );
    let line = &metrics.take_embedded(&source(), 0)[0];
    assert!(line.contains(r#""evens_money_moved_total":900000000000000.001"#), "{line}");
}

#[test]
fn clones_share_and_counts_are_read_back() {
    let metrics = Metrics::default();
    let clone = metrics.clone();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1_000 {
                    clone.job_ended(Queue::Settle, JobStatus::Completed);
                    clone.conflicted(ConflictKind::Betting, "place a bet");
                }
            });
        }
    });
    metrics.job_ended(Queue::Settle, JobStatus::Failed);
    let counts = metrics.jobs(Queue::Settle);
    assert_eq!((counts.completed, counts.failed), (4_000, 1));
    assert_eq!(metrics.conflicted(ConflictKind::Betting, "another"), 4_001, "of all operations of the kind");
    assert_eq!(metrics.conflicted(ConflictKind::Registration, "another"), 1);
}

/// The longest wait since the last call, and nothing if no job was received.
#[test]
fn the_longest_wait_is_that_since_the_last_look() {
    let metrics = Metrics::default();
    let oldest = || {
        let text = metrics.prometheus();
        let found = text.lines().find_map(|line| {
            line.strip_prefix("evens_queue_oldest_age_seconds{queue=\"match\"} ").map(str::to_owned)
        });
        found.unwrap_or_default()
    };
    metrics.update_oldest_age(Queue::Match);
    assert_eq!(oldest(), "");
    for milliseconds in [10, 2_500, 7] {
        metrics.job_waited(Queue::Match, Duration::from_millis(milliseconds));
    }
    metrics.update_oldest_age(Queue::Match);
    assert_eq!(oldest(), "2.5");
    metrics.update_oldest_age(Queue::Match);
    assert_eq!(oldest(), "0");
}

/// A process that sends no metrics does not grow.
#[test]
fn unread_values_do_not_accumulate() {
    let metrics = Metrics::default();
    for _ in 0..1_000 {
        metrics.job_took(Queue::Match, Duration::from_millis(1));
        metrics.table_answered("Query", Duration::from_millis(1));
    }
    let lines = lines(&metrics);
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(line["evens_job_duration_seconds"].as_array().unwrap().len(), 100);
    assert!(line["evens_table_request_duration_seconds"].is_null(), "AWS measures that itself");
}
