//! The number of changes of a player's own settings within a day, and the changes that are never refused for it.

use crate::common::{amount, minute, user};
use evens_ledger::Digest;
use evens_own_limits::EXCLUSION_MIN;
use evens_payments::{PaymentsRecord, SETTINGS_CHANGES_MAX, SettingsChanges, TooManyChanges};

const DAY: i64 = 24 * 60;

/// A player with a limit of 100 a day for deposits, a reminder each hour, and as many changes as a day permits.
fn full() -> PaymentsRecord {
    let day = "deposits-day".parse().expect("a limit");
    let every = "60".parse().ok();
    let record = PaymentsRecord::empty(user(42)).ask_limit(day, Some(amount("100")), minute(0));
    let mut record = record.set_reality_check(every, minute(0), minute(0)).expect("not due");
    for _ in 0..SETTINGS_CHANGES_MAX {
        record = record.with_settings_entry(minute(0)).0;
    }
    record
}

#[test]
fn changes_are_counted_for_a_day() {
    let full = full();
    let counted = SettingsChanges { since: minute(0), count: SETTINGS_CHANGES_MAX };
    assert_eq!(full.settings_changes, counted);
    let raised = full.ask_limit("deposits-day".parse().expect("a limit"), None, minute(1));
    assert_eq!(full.check_change_to(&raised, minute(DAY - 1)), Err(TooManyChanges { until: minute(DAY) }));
    assert_eq!(full.check_change_to(&raised, minute(DAY)), Ok(true));
    let (next, entry) = raised.clone().with_settings_entry(minute(DAY));
    assert_eq!(next.settings_changes, SettingsChanges { since: minute(DAY), count: 1 });
    assert_eq!(entry.number, u64::from(SETTINGS_CHANGES_MAX) + 1);
    let one_less = PaymentsRecord {
        settings_changes: SettingsChanges { count: SETTINGS_CHANGES_MAX - 1, ..counted },
        ..full.clone()
    };
    assert_eq!(one_less.check_change_to(&raised, minute(1)), Ok(true));
}

#[test]
fn stricter_settings_are_never_refused() {
    let full = full();
    let until = minute(1) + EXCLUSION_MIN;
    let limit = |record: &PaymentsRecord, id: &str, to: Option<&str>| {
        record.ask_limit(id.parse().expect("a limit"), to.map(amount), minute(1))
    };
    let check = |record: &PaymentsRecord, every: Option<&str>| {
        let every = every.map(|every| every.parse().expect("minutes"));
        record.set_reality_check(every, minute(1), minute(1)).expect("not due")
    };
    let excluded = full.exclude(until, minute(1)).expect("long enough");
    let over = PaymentsRecord { exclusion: excluded.exclusion, ..full.clone() };
    let ending = over.end_exclusion(until).expect("over").expect("excluded");
    let wished = limit(&full, "deposits-day", Some("500"));
    #[rustfmt::skip]
    let table = vec![
        // what                             before    after                                        is allowed
        ("a lower limit",                   &full,    limit(&full, "deposits-day", Some("99.99")), true),
        ("a first limit",                   &full,    limit(&full, "losses-week", Some("1000")),   true),
        ("a wish is taken back",            &wished,  limit(&wished, "deposits-day", Some("100")), true),
        ("a lower limit beside a wish",     &wished,  limit(&wished, "stakes-day", Some("5")),     true),
        ("a higher limit is wished",        &full,    wished.clone(),                              false),
        ("another one is wished",           &wished,  limit(&wished, "deposits-day", Some("600")), false),
        ("no limit is wished",              &full,    limit(&full, "deposits-day", None),          false),
        ("a reminder more often",           &full,    check(&full, Some("59")),                    true),
        ("a reminder less often",           &full,    check(&full, Some("61")),                    false),
        ("no reminder",                     &full,    check(&full, None),                          false),
        ("a reminder was seen",             &full,    full.acknowledge_reality_check(minute(1)),   false),
        ("an exclusion",                    &full,    excluded.clone(),                            true),
        ("a longer exclusion",              &over,    over.exclude(until, minute(0)).expect("ok"), true),
        ("the end of an exclusion",         &over,    ending.clone(),                              false),
        ("an exclusion instead of its end", &ending,  ending.exclude(until + EXCLUSION_MIN, until).expect("ok"), true),
    ];
    for (what, before, after, is_allowed) in table {
        let expected = if is_allowed { Ok(false) } else { Err(TooManyChanges { until: minute(DAY) }) };
        assert_eq!(before.check_change_to(&after, minute(1)), expected, "{what}");
    }
    let first = PaymentsRecord { reality_check: None, ..full.clone() };
    assert_eq!(first.check_change_to(&check(&first, Some("5")), minute(1)), Ok(false), "a first reminder");
}

#[test]
fn a_change_without_an_entry_of_its_own_replaces_the_newest_one() {
    let (record, newest) = full().with_settings_entry(minute(0));
    let before = newest.previous_hash;
    let lower = record.ask_limit("deposits-day".parse().expect("a limit"), Some(amount("5")), minute(1));
    let (after, entry) = lower.with_settings_entry_instead(&newest, minute(1));
    assert_eq!((entry.number, entry.previous_hash), (newest.number, before));
    assert_eq!((entry.hash, after.settings), (entry.computed_hash(), entry.head()));
    assert!(entry.settings.starts_with("deposits-day 5 - -") && before != Digest::ZERO, "{}", entry.settings);
    assert_eq!(after.settings_changes, record.settings_changes);
}
