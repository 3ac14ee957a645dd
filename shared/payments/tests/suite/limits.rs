//! Limits that players set for themselves, exclusion, and the calendar that limits follow.

use crate::common::{amount, minute, user};
use evens_payments::{
    Cashier, ConfirmRefusal, EXCLUSION_ENDS_AFTER, EXCLUSION_MIN, EndExclusionRefusal, Exclusion,
    ExclusionTooShort, Limit, Period, RAISE_AFTER, TurnoverFactor, WantedLimit,
};
use jiff::tz::{Offset, TimeZone};

fn set(current: Option<&str>) -> Limit {
    Limit { current: current.map(amount), wanted: None }
}

#[test]
fn lower_counts_at_once_and_higher_is_wished_for() {
    #[rustfmt::skip]
    let table = [
        // current     asked        counts now    wished for
        (None,         None,        None,         None),
        (None,         Some("100"), Some("100"),  None),
        (Some("100"),  Some("50"),  Some("50"),   None),
        (Some("100"),  Some("0"),   Some("0"),    None),
        (Some("100"),  Some("100"), Some("100"),  None),
        (Some("100"),  Some("101"), Some("100"),  Some(Some("101"))),
        (Some("100"),  None,        Some("100"),  Some(None)),
    ];
    for (current, asked, counts, wished) in table {
        let after = set(current).ask(asked.map(amount), minute(0));
        let from = minute(24 * 60);
        let wanted = wished.map(|limit| WantedLimit { limit: limit.map(amount), from });
        assert_eq!(after, Limit { current: counts.map(amount), wanted }, "{current:?} {asked:?}");
    }
}

#[test]
fn a_higher_limit_takes_a_day_and_the_players_own_word() {
    let wished = set(Some("100")).ask(Some(amount("200")), minute(0));
    let from = minute(0) + RAISE_AFTER;
    assert_eq!(set(Some("100")).confirm(minute(0)), Err(ConfirmRefusal::NothingWanted));
    assert_eq!(wished.confirm(minute(24 * 60 - 1)), Err(ConfirmRefusal::TooEarly { from }));
    assert_eq!(wished.confirm(from), Ok(set(Some("200"))));
    let repeated = wished.ask(Some(amount("200")), minute(60));
    assert_eq!(repeated, wished, "the same wish keeps its time");
    let higher = wished.ask(Some(amount("300")), minute(60));
    assert_eq!(higher.confirm(from).map(|limit| limit.current).ok(), None, "another wish begins anew");
    assert_eq!(wished.ask(Some(amount("50")), minute(60)), set(Some("50")), "a lower one ends the wish");
    assert_eq!(set(Some("100")).ask(None, minute(0)).confirm(from), Ok(set(None)));
}

#[test]
fn limits_of_deposits_are_written_under_a_revision() {
    let cashier = Cashier::empty(user(42)).ask_deposit_limit(Period::Week, Some(amount("100")), minute(0));
    assert_eq!((cashier.revision, cashier.deposit_limits.week), (1, set(Some("100"))));
    let wished = cashier.ask_deposit_limit(Period::Week, None, minute(0));
    let raised = wished.confirm_deposit_limit(Period::Week, minute(24 * 60)).expect("a day later");
    assert_eq!((raised.revision, raised.deposit_limits), (3, Cashier::empty(user(42)).deposit_limits));
}

#[test]
fn an_exclusion_ends_late_and_by_the_players_own_word() {
    let until = minute(0) + EXCLUSION_MIN;
    let short = Exclusion::begin(None, minute(-1) + EXCLUSION_MIN, minute(0));
    assert_eq!(short, Err(ExclusionTooShort { until_min: until }));
    let begun = Exclusion::begin(None, until, minute(0)).expect("long enough");
    assert!(
        begun.is_in_force(minute(0)) && begun.is_in_force(until + EXCLUSION_MIN),
        "it does not end by itself"
    );
    assert_eq!(begun.end(minute(1)), Err(EndExclusionRefusal::TooEarly { until }));
    let ended = begun.end(until).expect("its time is over");
    let ends_at = until + EXCLUSION_ENDS_AFTER;
    assert_eq!(ended.end(until), Err(EndExclusionRefusal::EndsAlready { ends_at }));
    assert_eq!((ended.is_in_force(until), ended.is_in_force(ends_at)), (true, false));
    let longer = Exclusion::begin(Some(begun), until + EXCLUSION_MIN, minute(5)).expect("long enough");
    assert_eq!((longer.since, longer.until), (minute(0), until + EXCLUSION_MIN));
    let shorter = Exclusion::begin(Some(longer), minute(5) + EXCLUSION_MIN, minute(5)).expect("long enough");
    assert_eq!(shorter, longer, "it never gets shorter");
}

#[test]
fn the_cashier_record_ends_what_it_began() {
    let none = Cashier::empty(user(42));
    assert_eq!(none.end_exclusion(minute(0)), Ok(None));
    let until = minute(0) + EXCLUSION_MIN;
    let excluded = none.exclude(until, minute(0)).expect("long enough");
    assert_eq!((excluded.revision, excluded.excluded_until(minute(9))), (1, Some(until)));
    let ending = excluded.end_exclusion(until).expect("its time is over").expect("there is one");
    assert_eq!(ending.excluded_until(until), Some(until));
    let over = until + EXCLUSION_ENDS_AFTER;
    assert_eq!((ending.excluded_until(over), ending.end_exclusion(over)), (None, Ok(None)));
}

#[test]
fn periods_begin_with_the_platforms_calendar() {
    let india = TimeZone::fixed(Offset::from_seconds(19_800).expect("an offset"));
    #[rustfmt::skip]
    let table = [
        ("2026-11-01T18:29:59Z", "2026-11-01", "2026-10-26", "2026-11-01"),
        ("2026-11-01T18:30:00Z", "2026-11-02", "2026-11-02", "2026-11-01"),
        ("2026-11-30T18:30:00Z", "2026-12-01", "2026-11-30", "2026-12-01"),
        ("2027-01-03T12:00:00Z", "2027-01-03", "2026-12-28", "2027-01-01"),
    ];
    for (at, day, week, month) in table {
        let starts =
            Period::ALL.iter().map(|period| period.start(at.parse().expect("a time"), &india).to_string());
        assert_eq!(starts.collect::<Vec<_>>(), [day, week, month], "{at}");
    }
}

#[test]
fn a_turnover_factor_is_exact() {
    #[rustfmt::skip]
    let table = [
        ("0",      Some("0")),
        ("1",      Some("100.01")),
        ("1.5",    Some("150.015")),
        ("99.99",  Some("9999.9999")),
        ("100",    None),
        ("1.001",  None),
        ("-1",     None),
        ("much",   None),
    ];
    for (text, expected) in table {
        let needed = text.parse::<TurnoverFactor>().ok().map(|factor| factor.of(amount("100.01")));
        assert_eq!(needed, expected.map(amount), "{text}");
    }
}
