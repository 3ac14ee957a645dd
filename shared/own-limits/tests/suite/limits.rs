//! Limits that players set for themselves, exclusion, and the calendar that limits follow.

use crate::common::{amount, minute};
use evens_own_limits::{
    ConfirmRefusal, EXCLUSION_ENDS_AFTER, EXCLUSION_MIN, EndExclusionRefusal, Exclusion, ExclusionMonths,
    ExclusionTooShort, Limit, LimitId, PerPeriod, Period, PeriodSum, RAISE_AFTER, WantedLimit,
};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use strum::VariantArray;

fn id(text: &str) -> LimitId {
    text.parse().expect("a limit")
}

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

/// A lapsed request has to be repeated, with a new waiting time.
#[test]
fn a_higher_limit_is_confirmed_within_a_week_or_not_at_all() {
    let wished = set(Some("100")).ask(Some(amount("200")), minute(0));
    let from = minute(0) + RAISE_AFTER;
    let until = from + SignedDuration::from_hours(168);
    let just_before = until - SignedDuration::from_secs(1);
    #[rustfmt::skip]
    let table = [
        // confirmed at, result
        (minute(0),      Err(ConfirmRefusal::TooEarly { from })),
        (from,           Ok(set(Some("200")))),
        (just_before,    Ok(set(Some("200")))),
        (until,          Err(ConfirmRefusal::NothingWanted)),
        (Timestamp::MAX, Err(ConfirmRefusal::NothingWanted)),
    ];
    for (at, expected) in table {
        assert_eq!(wished.confirm(at), expected, "{at}");
    }
    assert_eq!((wished.at(just_before), wished.at(until)), (wished, set(Some("100"))));
    let again = wished.ask(Some(amount("200")), until);
    assert_eq!(again.confirm(until), Err(ConfirmRefusal::TooEarly { from: until + RAISE_AFTER }));
}

#[test]
fn a_limit_has_a_name() {
    let names: Vec<_> = LimitId::all().map(|id| id.to_string()).collect();
    let kinds = ["deposits", "stakes", "losses"];
    let expected: Vec<_> = kinds
        .iter()
        .flat_map(|kind| ["day", "week", "month"].map(|period| format!("{kind}-{period}")))
        .collect();
    assert_eq!(names, expected);
    for name in names {
        assert_eq!(id(&name).to_string(), name);
    }
    for wrong in
        ["", "-", "deposits", "deposits-", "deposits-year", "Deposits-day", "deposits-day-", "bets-day"]
    {
        assert!(wrong.parse::<LimitId>().is_err(), "{wrong}");
    }
}

#[test]
fn months_of_an_exclusion_follow_the_calendar_and_are_long_enough() {
    let now = "2026-03-01T12:00:00Z".parse().expect("a time");
    #[rustfmt::skip]
    let table = [
        ("6",    Some("2026-09-01T12:00:00Z")),
        ("12",   Some("2027-03-01T12:00:00Z")),
        ("1200", Some("2126-03-01T12:00:00Z")),
        ("5",    None),
        ("1201", None),
        ("6.5",  None),
        ("-6",   None),
    ];
    for (months, until) in table {
        let found = months.parse::<ExclusionMonths>().map(|months| months.until(&TimeZone::UTC, now));
        assert_eq!(found.ok().map(|at| at.to_string()).as_deref(), until, "{months}");
    }
    let short_half = "2026-09-01T00:00:00Z".parse().expect("a time");
    let until = "6".parse::<ExclusionMonths>().expect("months").until(&TimeZone::UTC, short_half);
    assert_eq!(until, short_half + EXCLUSION_MIN, "181 days are no half year");
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
    let resumed = Exclusion::begin(Some(ended), until + EXCLUSION_MIN, until).expect("long enough");
    assert_eq!((resumed.since, resumed.ends_at), (minute(0), None), "the end is cancelled");
    let anew = Exclusion::begin(Some(ended), ends_at + EXCLUSION_MIN, ends_at).expect("long enough");
    assert_eq!((anew.since, anew.ends_at), (ends_at, None), "the earlier one is over");
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
        let starts = Period::VARIANTS
            .iter()
            .map(|period| period.start(at.parse().expect("a time"), &india).to_string());
        assert_eq!(starts.collect::<Vec<_>>(), [day, week, month], "{at}");
    }
    let at = "2026-11-30T18:30:00Z".parse().expect("a time");
    let moments = [Period::Day, Period::Week, Period::Month].map(|period| period.start_moment(at, &india));
    assert_eq!(
        moments.map(|moment| moment.to_string()),
        ["2026-11-30T18:30:00Z", "2026-11-29T18:30:00Z", "2026-11-30T18:30:00Z"]
    );
}

#[test]
fn a_sum_starts_anew_with_a_later_period() {
    let day = |text: &str| text.parse().expect("a day");
    let sum = PeriodSum::default().plus(amount("5"), day("2026-11-02"));
    #[rustfmt::skip]
    let table = [
        // period starts on  sum afterwards
        ("2026-11-01",       ("2026-11-02", "7")),
        ("2026-11-02",       ("2026-11-02", "7")),
        ("2026-11-03",       ("2026-11-03", "2")),
    ];
    for (starts_on, (expected, left)) in table {
        let after = sum.plus(amount("2"), day(starts_on));
        assert_eq!(after, PeriodSum { starts_on: day(expected), sum: amount(left) }, "{starts_on}");
    }
}

#[test]
fn each_period_has_a_value_of_its_own() {
    let values = PerPeriod { day: 1, week: 2, month: 3 };
    assert_eq!(Period::VARIANTS.iter().map(|period| *values.of(*period)).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(values.with(Period::Week, 9), PerPeriod { day: 1, week: 9, month: 3 });
    let mapped = values.map(|period, value| (period, value * 10));
    assert_eq!((mapped.day, mapped.month), ((Period::Day, 10), (Period::Month, 30)));
}

/// A limit that leaves nothing, one that is used in part, and no limit.
#[test]
fn a_limit_leaves_the_rest() {
    let left = |current, taken: &str| set(current).left(amount(taken));
    assert_eq!(left(Some("100"), "40"), Some(amount("60")));
    assert_eq!((left(Some("100"), "140"), left(None, "40")), (Some(amount("0")), None));
}
