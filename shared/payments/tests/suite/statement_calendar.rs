//! The bounds of a provider's day, and the time at which it is final.

use evens_payments::StatementCalendar;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

const INDIA: StatementCalendar = StatementCalendar::new(Offset::constant(5), 7);

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

#[test]
fn a_day_is_by_the_clock_of_its_provider() {
    let utc = StatementCalendar::UTC;
    assert_eq!(utc.day_of(at("2026-11-02T23:59:59Z")), day("2026-11-02"));
    assert_eq!(INDIA.day_of(at("2026-11-02T23:59:59Z")), day("2026-11-03"));
    let bounds = INDIA.bounds(day("2026-11-03")).expect("a day");
    assert_eq!(bounds, at("2026-11-02T19:00:00Z")..at("2026-11-03T19:00:00Z"));
    assert_eq!(utc.bounds(Date::MAX), None);
}

#[test]
fn a_day_is_final_when_a_day_of_grace_is_over() {
    let utc = StatementCalendar::UTC;
    let files: Vec<_> = utc.files(day("2026-11-02")).map(|day| day.to_string()).collect();
    assert_eq!(files, ["2026-11-01", "2026-11-02", "2026-11-03"]);
    assert_eq!(utc.final_from(day("2026-11-02")), Some(at("2026-11-04T00:00:00Z")));
    assert_eq!(utc.newest_final(at("2026-11-03T23:59:59Z")), Some(day("2026-11-01")));
    assert_eq!(utc.newest_final(at("2026-11-04T00:00:00Z")), Some(day("2026-11-02")));
    // A provider that settles late reports it in the files of the following days.
    assert_eq!(INDIA.files(day("2026-11-02")).count(), 10);
    assert_eq!(INDIA.final_from(day("2026-11-02")), Some(at("2026-11-10T19:00:00Z")));
    assert_eq!(INDIA.newest_final(at("2026-11-10T19:00:00Z")), Some(day("2026-11-02")));
    assert_eq!(utc.final_from(Date::MAX), None);
}
