//! Budgets: their text form, and adjacent windows.

use evens_players::{Budget, BudgetError, Window};
use jiff::Timestamp;
use proptest::prelude::*;
use std::time::Duration;

#[test]
fn budgets_come_back_from_their_text() {
    #[rustfmt::skip]
    let table = [
        ("100/15m",         100,        900,    "100/15m"),
        ("600/60s",         600,        60,     "600/1m"),
        ("20/1h",           20,         3_600,  "20/1h"),
        ("1/1s",            1,          1,      "1/1s"),
        ("7/90s",           7,          90,     "7/90s"),
        ("7/90m",           7,          5_400,  "7/90m"),
        ("4294967295/24h",  u32::MAX,   86_400, "4294967295/24h"),
        ("5/86400s",        5,          86_400, "5/24h"),
    ];
    for (text, limit, seconds, canonical) in table {
        let budget = Budget { limit, window: Duration::from_secs(seconds) };
        assert_eq!(text.parse(), Ok(budget), "{text}");
        assert_eq!(budget.to_string(), canonical);
    }
    let faults = [
        "",
        "/",
        "100",
        "100/",
        "/15m",
        "100/m",
        "100/15",
        "100/15d",
        "0/15m",
        "100/0s",
        "-1/15m",
        "+1/15m",
        "1/+5m",
        "1.5/15m",
        "100/15m ",
        " 100/15m",
        "100/15M",
        "4294967296/1h",
        "1/25h",
        "1/86401s",
        "1/18446744073709551615h",
        "1/99999999999999999999s",
        "100/15m/2",
        "100/15é",
    ];
    for fault in faults {
        assert_eq!(fault.parse::<Budget>(), Err(BudgetError), "{fault:?}");
    }
}

#[test]
fn windows_are_counted_from_the_epoch() {
    #[rustfmt::skip]
    let table = [
        ("1/1m",  "1970-01-01T00:00:00Z",          0,         "1970-01-01T00:01:00Z"),
        ("1/1m",  "1970-01-01T00:00:59.999999999Z", 0,        "1970-01-01T00:01:00Z"),
        ("1/1m",  "1970-01-01T00:01:00Z",          1,         "1970-01-01T00:02:00Z"),
        ("1/1m",  "1969-12-31T23:59:59.5Z",        -1,        "1970-01-01T00:00:00Z"),
        ("1/15m", "2024-01-01T00:14:59Z",          1_893_408, "2024-01-01T00:15:00Z"),
        ("1/15m", "2024-01-01T00:15:00Z",          1_893_409, "2024-01-01T00:30:00Z"),
        ("1/24h", "2024-01-01T13:00:00Z",          19_723,    "2024-01-02T00:00:00Z"),
    ];
    for (budget, now, number, ends_at) in table {
        let budget: Budget = budget.parse().expect("a budget");
        let window = Window { number, ends_at: ends_at.parse().expect("a time") };
        assert_eq!(budget.window_at(now.parse().expect("a time")), window, "{budget} {now}");
    }
}

#[test]
fn no_budget_and_no_time_stop_the_program() {
    for window in [Duration::ZERO, Duration::from_nanos(1), Duration::from_millis(1_500), Duration::MAX] {
        for now in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
            assert!(Budget { limit: 1, window }.window_at(now).ends_at >= now);
        }
    }
}

proptest! {
    #[test]
    fn windows_stand_side_by_side(seconds in 1..=86_400_u64, now in 0..4_000_000_000_i64, nanoseconds in 0..1_000_000_000_i32) {
        let budget = Budget { limit: 1, window: Duration::from_secs(seconds) };
        let now = Timestamp::new(now, nanoseconds).expect("a time");
        let window = budget.window_at(now);
        let starts_at = window.ends_at - budget.window;
        prop_assert!(starts_at <= now && now < window.ends_at);
        prop_assert_eq!(budget.window_at(starts_at), window);
        prop_assert_eq!(budget.window_at(window.ends_at).number, window.number + 1);
    }

    #[test]
    fn a_budget_comes_back_from_its_text(limit in 1..=u32::MAX, seconds in 1..=86_400_u64) {
        let budget = Budget { limit, window: Duration::from_secs(seconds) };
        prop_assert_eq!(budget.to_string().parse(), Ok(budget));
    }
}
