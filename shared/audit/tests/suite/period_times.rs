//! Times of a period: each that its number does not give is told, with or without a result.

use crate::archived::idle;
use evens_audit::audit_period;
use evens_games::{BlockSource, Period, PeriodId, PeriodTimes, ShardCount};
use evens_ledger::Digest;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// The first period of a day, in a room whose periods take this many seconds.
fn period_id(duration_s: u32) -> PeriodId {
    format!("wingo-{duration_s}-20240101000000000").parse().expect("a period")
}

fn open(duration_s: u32) -> Period {
    Period::open(period_id(duration_s), Offset::UTC, Digest::ZERO, ShardCount::ONE_PER_LANE)
}

/// The time `seconds` after the first period of the day opened.
fn second(seconds: i64) -> Timestamp {
    period_id(30).times(Offset::UTC).opens_at + SignedDuration::from_secs(seconds)
}

#[test]
fn each_time_is_compared_with_the_number_of_the_period() {
    let times = |opens: i64, closes: i64, ends: i64| PeriodTimes {
        opens_at: second(opens),
        closes_at: second(closes),
        ends_at: second(ends),
    };
    let table: [(PeriodTimes, &[&str]); 9] = [
        (times(0, 25, 30), &[]),
        // The days of another offset.
        (times(-19_800, -19_775, -19_770), &[]),
        (times(-50_400, -50_375, -50_370), &[]),
        // No setting accepts +14:15.
        (times(-51_300, -51_275, -51_270), &["opens at", "which is not the time of its number"]),
        (times(1, 25, 30), &["opens at", "which is not the time of its number"]),
        (times(900, 25, 30), &["closes at"]),
        (times(0, 24, 30), &["closes at"]),
        (times(0, 30, 30), &["closes at"]),
        (times(0, 25, 60), &["ends at"]),
    ];
    for (times, expected) in table {
        for period in [Period { times, ..open(30) }, Period { times, ..idle(period_id(30)) }] {
            let faults = audit_period(&period).faults;
            let is_told = |fault: &String| expected.iter().all(|part| fault.contains(part));
            assert_eq!(faults.len(), usize::from(!expected.is_empty()), "{times:?}: {faults:?}");
            assert!(faults.iter().all(is_told), "{times:?}: {faults:?}");
        }
    }
}

#[test]
fn a_period_without_a_block_closes_at_another_time() {
    let open = open(60);
    let with_block = open.clone().drawn_with_block_of(BlockSource::Tron);
    assert!(audit_period(&open).faults.is_empty());
    assert!(audit_period(&with_block).faults.is_empty());
    let mixed = Period { times: with_block.times, ..open };
    let [fault] = &audit_period(&mixed).faults[..] else { panic!("one fault") };
    assert!(
        fault.starts_with("closes at 2024-01-01T00:00:45Z, but its number gives 2024-01-01T00:00:55Z"),
        "{fault}"
    );
}
