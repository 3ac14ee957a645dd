//! Reminders of the playing time: when they are due, and the intervals that a player can choose.

use crate::common::minute;
use evens_own_limits::{RealityCheck, RealityCheckInterval, RealityCheckIntervalError};
use jiff::{SignedDuration, Timestamp};

fn every(text: &str) -> RealityCheckInterval {
    text.parse().expect("minutes")
}

/// A player is reminded every 30 minutes and saw the last reminder at minute 0.
#[test]
fn a_reminder_is_due_after_its_interval_of_play() {
    let check = RealityCheck { every: every("30"), seen_at: minute(0) };
    #[rustfmt::skip]
    let table = [
        // session began  now     playing since  due
        (-60,             29,     0,             false),
        (-60,             30,     0,             true),
        (0,               29,     0,             false),
        (10,              39,     10,            false),
        (10,              40,     10,            true),
        (29,              58,     29,            false),
        (29,              59,     29,            true),
        // A login after the reminder was due does not replace it.
        (30,              30,     0,             true),
        (31,              32,     0,             true),
        (5_000,           5_000,  0,             true),
    ];
    for (began, now, since, is_due) in table {
        assert_eq!(check.playing_since(minute(began)), minute(since), "{began} {now}");
        assert_eq!(check.is_due(minute(began), minute(now)), is_due, "{began} {now}");
    }
    assert_eq!(check.due_at(minute(7)), minute(37));
    assert_eq!(check.due_at(Timestamp::MAX - SignedDuration::from_secs(1)), Timestamp::MAX);
}

#[test]
fn an_interval_is_five_minutes_to_a_day() {
    for (text, minutes) in [("5", 5), ("30", 30), ("1440", 1_440)] {
        assert_eq!((every(text).minutes(), every(text).to_string().as_str()), (minutes, text));
    }
    for wrong in ["4", "1441", "", "30.5", "-30"] {
        assert_eq!(wrong.parse::<RealityCheckInterval>(), Err(RealityCheckIntervalError), "{wrong}");
    }
}
