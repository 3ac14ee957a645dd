//! The settings that players make for themselves in the payments record: limits, exclusion, a reality check, and
//! turnover.

use crate::common::{amount, minute, user};
use evens_own_limits::{
    ConfirmRefusal, EXCLUSION_ENDS_AFTER, EXCLUSION_MIN, Limit, LimitId, PlayLimits, RAISE_AFTER,
    RAISE_WITHIN, RealityCheck, RealityCheckDue,
};
use evens_payments::{DueBonus, PaymentsRecord, TurnoverFactor};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

fn id(text: &str) -> LimitId {
    text.parse().expect("a limit")
}

fn set(current: Option<&str>) -> Limit {
    Limit { current: current.map(amount), wanted: None }
}

#[test]
fn a_lapsed_limit_request_is_not_shown() {
    let wished = set(Some("100")).ask(Some(amount("200")), minute(0));
    let until = minute(0) + RAISE_AFTER + RAISE_WITHIN;
    let just_before = until - SignedDuration::from_secs(1);
    let which = id("deposits-day");
    let record = PaymentsRecord::empty(user(42)).ask_limit(which, Some(amount("100")), minute(0));
    let record = record.ask_limit(which, Some(amount("200")), minute(0));
    let limit_at = |at| record.used_limit(which, &PlayLimits::NONE, &TimeZone::UTC, at).limit;
    assert_eq!((limit_at(just_before), limit_at(until)), (wished, set(Some("100"))));
}

#[test]
fn limits_are_written_under_a_revision() {
    for which in LimitId::all() {
        let record = PaymentsRecord::empty(user(42)).ask_limit(which, Some(amount("100")), minute(0));
        assert_eq!((record.revision, record.limit(which)), (1, set(Some("100"))), "{which}");
        assert_eq!(record.ask_limit(which, Some(amount("100")), minute(1)), record, "nothing changes");
        let others: Vec<_> = LimitId::all().filter(|other| record.limit(*other) != set(None)).collect();
        assert_eq!(others, [which]);
        let wished = record.ask_limit(which, None, minute(0));
        assert_eq!(wished.play_rules(), record.play_rules(), "a wish does not count");
        let from = minute(0) + RAISE_AFTER;
        assert_eq!(wished.confirm_limit(which, minute(1)), Err(ConfirmRefusal::TooEarly { from }));
        let raised = wished.confirm_limit(which, from).expect("a day later");
        assert_eq!(raised, PaymentsRecord { revision: 3, ..PaymentsRecord::empty(user(42)) });
        assert_eq!(raised.confirm_limit(which, from), Err(ConfirmRefusal::NothingWanted));
    }
}

#[test]
fn the_used_part_of_a_limit_is_shown() {
    let ask =
        |record: PaymentsRecord, which, limit| record.ask_limit(id(which), Some(amount(limit)), minute(0));
    let record = ask(ask(PaymentsRecord::empty(user(42)), "stakes-day", "100"), "losses-week", "60");
    let play = PlayLimits { rules: record.play_rules(), ..PlayLimits::NONE };
    let play = play.place(amount("40"), minute(0), &TimeZone::UTC, minute(1)).expect("it fits");
    let play = play.pay(amount("15"), minute(1));
    #[rustfmt::skip]
    let table = [
        // which        minute       used   left
        ("stakes-day",  2,           "40",  Some("60")),
        ("stakes-week", 2,           "40",  None),
        ("losses-week", 2,           "25",  Some("35")),
        ("stakes-day",  24 * 60,     "0",   Some("100")),
        ("losses-week", 24 * 60,     "25",  Some("35")),
        ("losses-week", 7 * 24 * 60, "0",   Some("60")),
        ("deposits-day", 2,          "0",   None),
    ];
    for (which, at, used, left) in table {
        let found = record.used_limit(id(which), &play, &TimeZone::UTC, minute(at));
        assert_eq!((found.used, found.left), (amount(used), left.map(amount)), "{which} {at}");
    }
    // Sums that an earlier version did not begin with their periods say since when they count. 1 January is a Monday.
    let begun = PlayLimits { sums: PlayLimits::sums_after(minute(5)), ..play };
    let said = |which, at| record.used_limit(id(which), &begun, &TimeZone::UTC, minute(at)).counted_since;
    let since = Some(minute(5) + SignedDuration::from_nanos(1));
    for (which, at, expected) in [
        ("stakes-day", 6, since),
        ("losses-week", 24 * 60, since),
        ("stakes-day", 24 * 60, None),
        ("losses-week", 7 * 24 * 60, None),
        ("deposits-day", 6, None),
    ] {
        assert_eq!(said(which, at), expected, "{which} {at}");
    }
    let all = record.used_limits(&play, &TimeZone::UTC, minute(2));
    assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), LimitId::all().collect::<Vec<_>>());
}

#[test]
fn a_reality_check_is_due_again_and_again() {
    let every = "30".parse().expect("minutes");
    let record = PaymentsRecord::empty(user(42));
    assert_eq!(record.acknowledge_reality_check(minute(1)), record, "nobody is reminded");
    let began = minute(0);
    let record = record.set_reality_check(Some(every), began, minute(0)).expect("none is due");
    assert_eq!(
        (record.revision, record.reality_check),
        (1, Some(RealityCheck { every, seen_at: minute(0) }))
    );
    assert_eq!(record.set_reality_check(Some(every), began, minute(5)), Ok(record.clone()), "it goes on");
    let check = record.reality_check.expect("one");
    #[rustfmt::skip]
    let table = [
        // session began at, now, due
        (-60,                29,  false),
        (-60,                30,  true),
        (10,                 39,  false),
        (10,                 40,  true),
        (29,                 58,  false),
        (29,                 59,  true),
        // A login after the reminder was due does not replace it.
        (30,                 30,  true),
        (31,                 32,  true),
        (5_000,              5_000, true),
    ];
    for (began, now, is_due) in table {
        assert_eq!(check.is_due(minute(began), minute(now)), is_due, "{began} {now}");
    }
    let seen = record.acknowledge_reality_check(minute(40)).reality_check.expect("one");
    assert_eq!((seen.is_due(minute(-60), minute(69)), seen.is_due(minute(-60), minute(70))), (false, true));
    #[rustfmt::skip]
    let table = [
        // session began at, now, set to, refused as due since
        (0,                  29,  None,         None),
        (0,                  29,  Some("1440"), None),
        (0,                  30,  None,         Some(minute(0))),
        (0,                  30,  Some("1440"), Some(minute(0))),
        (0,                  30,  Some("5"),    Some(minute(0))),
        (0,                  30,  Some("30"),   None),
        (10,                 39,  None,         None),
        (10,                 40,  None,         Some(minute(10))),
        (31,                 32,  None,         Some(minute(0))),
    ];
    for (began, now, every, refused) in table {
        let every = every.map(|minutes| minutes.parse().expect("minutes"));
        let set = record.set_reality_check(every, minute(began), minute(now));
        let expected = match refused {
            Some(since) => Err(RealityCheckDue { since }),
            None => Ok(every.map(|every| RealityCheck { every, seen_at: minute(0) })),
        };
        assert_eq!(set.map(|record| record.reality_check), expected, "{began} {now} {every:?}");
    }
    for wrong in ["4", "1441", "", "30.5", "-30"] {
        assert!(wrong.parse::<evens_own_limits::RealityCheckInterval>().is_err(), "{wrong}");
    }
}

#[test]
fn the_cashier_record_ends_what_it_began() {
    let none = PaymentsRecord::empty(user(42));
    assert_eq!(none.end_exclusion(minute(0)), Ok(None));
    let until = minute(0) + EXCLUSION_MIN;
    let excluded = none.exclude(until, minute(0)).expect("long enough");
    assert_eq!((excluded.revision, excluded.excluded_until(minute(9))), (1, Some(until)));
    let earned = DueBonus { amount: amount("25"), since: minute(0) };
    let player = PaymentsRecord { bonus_due: Some(earned), ..none.clone() };
    let forfeited = player.exclude(until, minute(0)).expect("long enough");
    assert_eq!(forfeited, excluded, "a bonus that was not given is forfeited");
    let ending = excluded.end_exclusion(until).expect("its time is over").expect("there is one");
    assert_eq!(ending.excluded_until(until), Some(until));
    let over = until + EXCLUSION_ENDS_AFTER;
    assert_eq!((ending.excluded_until(over), ending.end_exclusion(over)), (None, Ok(None)));
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
