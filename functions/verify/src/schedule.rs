//! When the scheduled checks of large books are made, by the time of a run.

use jiff::Timestamp;

/// The time of day (UTC) after which the next run checks all books, whatever their size, and seals the day before.
pub(crate) const TIME_OF_ALL_S: i64 = 2 * HOUR_SECONDS;

/// Number of hours, besides the current one, whose movements are checked in each run.
const HOURS: i64 = 3;

/// A run may begin this much later than an hour after the one before.
pub(crate) const LATENESS_S: i64 = 120;

/// Time between two scheduled runs, in seconds.
pub(crate) const HOUR_SECONDS: i64 = 3_600;

/// Returns `true` in the first run of a day after the time of all books, and rarely in the second one.
pub(crate) fn is_time_of_all(now: Timestamp) -> bool {
    let after_s = now.as_second().rem_euclid(24 * HOUR_SECONDS) - TIME_OF_ALL_S;
    (0..HOUR_SECONDS + LATENESS_S).contains(&after_s)
}

fn hours_at(now: Timestamp) -> i64 {
    now.as_second().div_euclid(HOUR_SECONDS)
}

/// The number of the day. On consecutive days, larger books are checked in different shares, without a record of the
/// previous run.
pub(crate) fn turn_at(now: Timestamp) -> u64 {
    hours_at(now).div_euclid(24).unsigned_abs()
}

/// The time from which recent movements are checked. If one run or two are missing, the next one makes up for them;
/// more raise an alarm.
pub(crate) fn hours_before(now: Timestamp) -> Timestamp {
    Timestamp::from_second((hours_at(now) - HOURS) * HOUR_SECONDS).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::{hours_before, is_time_of_all, turn_at};

    #[test]
    fn consecutive_days_have_consecutive_turns() {
        let turn = |text: &str| turn_at(text.parse().expect("a time"));
        let first = turn("2026-11-21T02:59:59Z");
        assert_eq!(turn("2026-11-21T00:00:00Z"), first);
        assert_eq!(turn("2026-11-22T02:00:00Z"), first + 1);
    }

    #[test]
    fn each_day_has_a_run_of_all_books() {
        let is_time = |text: &str| is_time_of_all(format!("2026-11-21T{text}Z").parse().expect("a time"));
        let table = [
            ("01:59:59", false),
            ("02:00:00", true),
            ("02:59:59", true),
            // The run before was at 01:59:59.
            ("03:00:01", true),
            ("03:02:00", false),
            ("23:59:59", false),
        ];
        for (now, expected) in table {
            assert_eq!(is_time(now), expected, "{now}");
        }
    }

    #[test]
    fn the_movements_of_three_hours_and_the_current_one_are_checked() {
        let before = |text: &str| hours_before(text.parse().expect("a time")).to_string();
        assert_eq!(before("2026-11-21T03:59:59Z"), "2026-11-21T00:00:00Z");
        assert_eq!(before("2026-11-21T00:00:00Z"), "2026-11-20T21:00:00Z");
    }
}
