//! Attendance: days in the players' calendar, months, and streaks.

use evens_players::{AttendanceOffset, AttendanceOffsetError, Month, MonthError, streak};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use proptest::prelude::*;

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

#[test]
fn a_day_begins_by_the_players_clocks() {
    #[rustfmt::skip]
    let table = [
        ("+05:30", "2026-11-30T18:29:59.999Z", "2026-11-30"),
        ("+05:30", "2026-11-30T18:30:00Z",     "2026-12-01"),
        ("+00:00", "2026-11-30T23:59:59Z",     "2026-11-30"),
        ("+00:00", "2026-12-01T00:00:00Z",     "2026-12-01"),
        ("-03:30", "2026-12-01T03:29:59Z",     "2026-11-30"),
        ("-03:30", "2026-12-01T03:30:00Z",     "2026-12-01"),
        ("+14:00", "2024-02-28T10:00:00Z",     "2024-02-29"),
        ("-14:00", "2026-01-01T13:59:59Z",     "2025-12-31"),
    ];
    for (offset, now, day) in table {
        let offset: AttendanceOffset = offset.parse().expect("an offset");
        assert_eq!(offset.day(now.parse().expect("a time")), date(day), "{offset} {now}");
    }
}

#[test]
fn offsets_have_a_sign_hours_and_minutes() {
    assert_eq!(AttendanceOffset::default(), AttendanceOffset::INDIA);
    assert_eq!("+05:30".parse(), Ok(AttendanceOffset::INDIA));
    for text in ["+05:30", "+00:00", "-00:30", "-12:00", "+14:00", "+05:45"] {
        assert_eq!(text.parse::<AttendanceOffset>().expect("an offset").to_string(), text);
    }
    let faults = [
        "",
        "+",
        "05:30",
        "+5:30",
        "+0530",
        "+05:60",
        "+14:15",
        "+05:37",
        "+99:00",
        "+05:30:00",
        "Z",
        "+-5:30",
        "é5:30",
        "+०5:30",
    ];
    for fault in faults {
        assert_eq!(fault.parse::<AttendanceOffset>(), Err(AttendanceOffsetError), "{fault:?}");
    }
    for edge in [Timestamp::MIN, Timestamp::MAX] {
        for offset in ["+14:00", "-14:00"] {
            let _ = offset.parse::<AttendanceOffset>().expect("an offset").day(edge);
        }
    }
}

#[test]
fn an_offset_of_another_source_keeps_to_the_same_rule() {
    for (seconds, is_accepted) in
        [(0, true), (900, true), (-50_400, true), (901, false), (60, false), (51_300, false)]
    {
        let offset = Offset::from_seconds(seconds).expect("an offset");
        let found = AttendanceOffset::try_from(offset).map(AttendanceOffset::offset);
        assert_eq!(found.ok(), is_accepted.then_some(offset), "{seconds} s");
    }
}

#[test]
fn months_have_their_days() {
    #[rustfmt::skip]
    let table = [
        ("2026-11", "2026-11-01", "2026-11-30", 30),
        ("2026-12", "2026-12-01", "2026-12-31", 31),
        ("2024-02", "2024-02-01", "2024-02-29", 29),
        ("2026-02", "2026-02-01", "2026-02-28", 28),
        ("2100-02", "2100-02-01", "2100-02-28", 28),
        ("2000-01", "2000-01-01", "2000-01-31", 31),
        ("2100-12", "2100-12-01", "2100-12-31", 31),
    ];
    for (text, first, last, count) in table {
        let month: Month = text.parse().expect("a month");
        assert_eq!(
            (month.to_string(), month.first(), month.last()),
            (text.to_owned(), date(first), date(last))
        );
        let days: Vec<_> = month.days().collect();
        assert_eq!((days.len(), days[0], days[count - 1]), (count, date(first), date(last)), "{text}");
        assert!(days.iter().all(|day| Month::of(*day) == month) && days.is_sorted());
    }
    assert_eq!(Month::of(Date::MAX).days().last(), Some(Date::MAX));
    let faults = [
        "",
        "2026",
        "2026-",
        "2026-00",
        "2026-13",
        "2026-1",
        "26-11",
        "1999-12",
        "2101-01",
        "2026-11-01",
        "2026/11",
        "+026-11",
        "2026-11 ",
    ];
    for fault in faults {
        assert_eq!(fault.parse::<Month>(), Err(MonthError), "{fault:?}");
    }
}

#[test]
fn a_streak_ends_today_or_yesterday() {
    #[rustfmt::skip]
    let table = [
        ("",                                             0),
        ("2026-03-01",                                   1),
        ("2026-02-28",                                   1),
        ("2026-02-27",                                   0),
        ("2026-03-01 2026-02-28 2026-02-27",             3),
        ("2026-02-28 2026-02-27",                        2),
        ("2026-03-01 2026-02-27",                        1),
        ("2026-03-01 2026-02-28 2026-02-26 2026-02-25",  2),
        ("2026-03-02 2026-03-01 2026-02-28",             2),
        ("2026-03-09 2026-03-02",                        0),
        ("2026-03-02 2026-02-28",                        1),
        ("2026-03-01 2026-03-01 2026-02-28 2026-02-28",  2),
        ("2025-03-01",                                   0),
    ];
    for (days, expected) in table {
        assert_eq!(streak(days.split_whitespace().map(date), date("2026-03-01")), expected, "{days:?}");
    }
}

fn any_date() -> impl Strategy<Value = Date> {
    (2000..=2100_i16, 1..=12_i8, 1..=28_i8).prop_map(|(year, month, day)| Date::constant(year, month, day))
}

proptest! {
    /// Counts in another way: from today or yesterday back until a day is missing.
    #[test]
    fn a_streak_is_counted_back_until_a_day_is_missing(came in prop::collection::vec(any::<bool>(), 40), today in any_date()) {
        let days: Vec<_> = std::iter::successors(today.tomorrow().ok(), |day| day.yesterday().ok()).take(40).collect();
        let there: Vec<_> = days.iter().zip(&came).filter(|(_, came)| **came).map(|(day, _)| *day).collect();
        let start = if came[1] { 1 } else { 2 };
        let expected = came[start..].iter().take_while(|came| **came).count();
        prop_assert_eq!(usize::try_from(streak(there, today)), Ok(expected));
    }

    #[test]
    fn a_month_comes_back_from_its_text(date in any_date()) {
        let month = Month::of(date);
        prop_assert_eq!(month.to_string().parse(), Ok(month));
        prop_assert!(month.days().any(|day| day == date));
    }
}
