//! The daily maximum of contributions through the API: which meter counts a contribution, and when none does.

use crate::common::{MINOR, amount, minute, open_terms, operation};
use evens_jackpots::{
    ByGroup, Contribution, DailyContributions, DayIsFull, IsClosed, JackpotGroup, MeterCount, MeterDay,
    contribute, day_of, meter_share,
};
use jiff::Timestamp;
use jiff::civil::Date;

const METERS: u8 = MeterCount::PRODUCTION.get();

/// A share of 10 for each meter.
const DAY_MAX: &str = "640";

fn contribution(minor: &str, major: &str, at: Timestamp) -> Contribution {
    let amounts = ByGroup { minor: amount(minor), major: amount(major), mega: amount("0") };
    contribute(operation("op-1"), &amounts, &open_terms(), at).unwrap()
}

/// The count of a meter: the day, and the amounts for minor and major.
type StoredDay = Option<(i8, &'static str, &'static str)>;

/// The distance of the counting meter, its day, and the day whose count ends; or the refusal.
type ExpectedMeter = Result<(u8, i8, Option<i8>), &'static str>;

fn day(of: i8) -> Date {
    Date::new(1970, 1, of).unwrap()
}

fn kept(kept: StoredDay) -> Option<DailyContributions> {
    let (of, minor, major) = kept?;
    let amounts = ByGroup { minor: amount(minor), major: amount(major), mega: amount("0") };
    Some(DailyContributions { day: day(of), amounts })
}

/// The contribution is made on 2 January. The first meter is that of its id; `others` are all meters after the second.
#[test]
fn the_first_meter_with_room_counts_it() {
    let full = Some((2, "10", "10"));
    #[rustfmt::skip]
    let table: [(&str, &str, StoredDay, StoredDay, StoredDay, ExpectedMeter); 14] = [
        // minor, major, first,                  second,              others, then: meter, its day, the day that ends
        ("1",     "0",   None,                   None,                None,   Ok((0, 2, None))),
        ("10",    "0",   None,                   None,                None,   Ok((0, 2, None))),
        ("1",     "0",   Some((2, "9", "10")),   None,                None,   Ok((0, 2, None))),
        ("1.01",  "0",   Some((2, "9", "0")),    None,                None,   Ok((1, 2, None))),
        ("1",     "1",   Some((2, "0", "10")),   Some((2, "9", "9")), None,   Ok((1, 2, None))),
        ("1",     "0",   Some((1, "10", "10")),  None,                None,   Ok((0, 2, Some(1)))),
        ("1",     "0",   full,                   Some((1, "9", "9")), None,   Ok((1, 2, Some(1)))),
        // Other hosts have already begun the next day.
        ("1",     "0",   Some((3, "9", "0")),    None,                None,   Ok((0, 3, None))),
        ("2",     "0",   Some((3, "9", "0")),    None,                None,   Ok((1, 2, None))),
        ("1",     "0",   full,                   full,                full,   Err("minor 640 0")),
        ("0",     "1",   full,                   full,                full,   Err("major 640 0")),
        ("1",     "0",   full,                   Some((2, "9.5", "0")), full, Err("minor 639.5 0.5")),
        ("1",     "1",   Some((2, "9", "10")),   full,                full,   Err("major 640 0")),
        // Each amount fits in some meter, but both together fit in none.
        ("1",     "1",   Some((2, "9", "10")),   Some((2, "10", "9")), full,  Err("minor 639 1")),
    ];
    let max = amount(DAY_MAX);
    assert_eq!(meter_share(max, MeterCount::PRODUCTION), amount("10"));
    for (minor, major, first, second, others, then) in table {
        let wanted = contribution(minor, major, minute(24 * 60));
        let own = usize::from(wanted.operation.meter(MeterCount::PRODUCTION));
        let mut meters = vec![kept(others); usize::from(METERS)];
        meters[own] = kept(first);
        meters[(own + 1) % usize::from(METERS)] = kept(second);
        let found = MeterDay::with_room(&wanted, &meters, Some(max), MeterCount::PRODUCTION);
        let expected = then.map(|(step, of, ended)| MeterDay {
            meter: (wanted.operation.meter(MeterCount::PRODUCTION) + step) % METERS,
            day: day(of),
            ended: ended.map(day),
        });
        let said = found.map_err(|DayIsFull { group, brought, left, until }| {
            assert_eq!(until, minute(2 * 24 * 60));
            format!("{group} {brought} {left}")
        });
        assert_eq!(said, expected.map_err(str::to_owned), "{minor} {major} {first:?} {second:?}");
        // A contribution that was already promised has no maximum, so the meter of its id counts it.
        let promised = MeterDay::with_room(&wanted, &meters, None, MeterCount::PRODUCTION).unwrap();
        assert_eq!(promised.meter, wanted.operation.meter(MeterCount::PRODUCTION));
    }
}

/// A contribution to minor and major, made at minute 5, while a group is closed until another minute.
#[test]
fn a_group_is_closed_to_what_was_decided_before() {
    let (minor, major) = (JackpotGroup::Minor, JackpotGroup::Major);
    let closed = |group, until| Some(IsClosed { group, until: minute(until) });
    #[rustfmt::skip]
    let table = [
        // minor,  major,   mega,    then
        (None,     None,    None,    None),
        (Some(5),  Some(4), None,    None),
        (Some(6),  None,    None,    closed(minor, 6)),
        (Some(5),  Some(6), None,    closed(major, 6)),
        (Some(7),  Some(6), None,    closed(minor, 7)),
        (None,     None,    Some(9), None),
    ];
    let made = contribution("1", "1", minute(5));
    for (of_minor, of_major, of_mega, expected) in table {
        let until = ByGroup { minor: of_minor, major: of_major, mega: of_mega };
        let until = ByGroup::of(|group| until.get(group).map(minute));
        assert_eq!(IsClosed::to(&made, &until), expected, "{until:?}");
    }
}

#[test]
fn a_day_is_one_of_utc_and_ends_when_the_next_begins() {
    let table = [
        (-1, "1969-12-31", 0),
        (0, "1970-01-01", 1440),
        (1439, "1970-01-01", 1440),
        (1440, "1970-01-02", 2880),
    ];
    for (at, named, ends) in table {
        assert_eq!(day_of(minute(at)).to_string(), named);
        let too_much = contribution("1", "0", minute(at));
        let refused =
            MeterDay::with_room(&too_much, &[], Some(amount("0")), MeterCount::PRODUCTION).unwrap_err();
        let none = amount("0");
        assert_eq!(refused, DayIsFull { group: MINOR, brought: none, left: none, until: minute(ends) });
    }
    let first = MeterDay::first(&contribution("1", "0", minute(1440)), MeterCount::PRODUCTION);
    assert_eq!((first.day, first.ended), (day(2), None));
}

#[test]
fn a_day_is_shared_by_as_many_meters_as_there_are() {
    let meters = MeterCount::new(4).unwrap();
    assert_eq!(meter_share(amount(DAY_MAX), meters), amount("160"));
    let wanted = contribution("1", "0", minute(24 * 60));
    let first = wanted.operation.meter(meters);
    assert!(first < 4);
    let full = kept(Some((2, "160", "0")));
    let mut counts = [full; 4];
    let found = |counts: [_; 4]| MeterDay::with_room(&wanted, &counts, Some(amount(DAY_MAX)), meters);
    assert!(found(counts).is_err());
    let free = (first + 3) % 4;
    counts[usize::from(free)] = None;
    assert_eq!(found(counts).unwrap().meter, free);
}

#[test]
fn a_number_of_meters_has_two_digits() {
    for (count, is_allowed) in [(0, false), (1, true), (4, true), (64, true), (99, true), (100, false)] {
        assert_eq!(MeterCount::new(count).is_ok(), is_allowed, "{count}");
    }
    assert_eq!(MeterCount::new(64), Ok(MeterCount::PRODUCTION));
}
