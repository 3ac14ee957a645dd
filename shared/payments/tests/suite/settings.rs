//! The history of a player's own settings: each change is an entry that follows the previous one by its hash.

use crate::common::{amount, minute, user};
use evens_ledger::Digest;
use evens_own_limits::EXCLUSION_MIN;
use evens_payments::{PaymentsRecord, SettingsEntry};

/// A player who lowers a limit, asks for a higher one, sets a reminder and excludes themselves, one after another.
fn changes() -> Vec<(PaymentsRecord, SettingsEntry)> {
    let empty = PaymentsRecord::empty(user(42));
    let day = "deposits-day".parse().expect("a limit");
    let week = "losses-week".parse().expect("a limit");
    let limited = |record: &PaymentsRecord| record.ask_limit(day, Some(amount("50")), minute(0));
    let raised = |record: &PaymentsRecord| {
        record.ask_limit(day, None, minute(1)).ask_limit(week, Some(amount("9.5")), minute(1))
    };
    let every = "30".parse().expect("minutes");
    let reminded = |record: &PaymentsRecord| {
        record.set_reality_check(Some(every), minute(2), minute(2)).expect("not due")
    };
    let until = minute(3) + EXCLUSION_MIN;
    let excluded = |record: &PaymentsRecord| record.exclude(until, minute(3)).expect("long enough");
    let steps: [&dyn Fn(&PaymentsRecord) -> PaymentsRecord; 4] = [&limited, &raised, &reminded, &excluded];
    let mut made: Vec<(PaymentsRecord, SettingsEntry)> = Vec::new();
    for (nth, step) in steps.into_iter().enumerate() {
        let before = made.last().map_or(&empty, |(record, _)| record);
        let at = minute(i64::try_from(nth).expect("a small number"));
        made.push(step(before).with_settings_entry(at));
    }
    made
}

#[test]
fn settings_are_told_in_one_line() {
    let texts: Vec<_> = changes().into_iter().map(|(_, entry)| entry.settings).collect();
    let raised = "deposits-day 50 - 2026-11-03T00:01:00Z; losses-week 9.5 - -";
    let reminded = format!("{raised}; reality-check 30 2026-11-02T00:02:00Z");
    let excluded = format!("{reminded}; exclusion 2026-11-02T00:03:00Z 2027-05-05T00:03:00Z -");
    assert_eq!(texts, ["deposits-day 50 - -", raised, &reminded, &excluded]);
    assert_eq!(PaymentsRecord::empty(user(42)).settings_text(), "");
}

#[test]
fn each_entry_follows_the_previous_one_and_the_record_names_it() {
    let (mut number, mut previous_hash) = (0, Digest::ZERO);
    for (record, entry) in changes() {
        number += 1;
        assert_eq!((entry.number, entry.previous_hash), (number, previous_hash));
        let text = format!("42\n{number}\n{}\n{}\n{previous_hash}", entry.at, entry.settings);
        assert_eq!((entry.hash, entry.computed_hash()), (Digest::of(text.as_bytes()), entry.hash));
        assert_eq!((record.settings, record.settings.number), (entry.head(), number));
        assert_eq!(record.settings_text(), entry.settings);
        previous_hash = entry.hash;
    }
    assert_eq!(number, 4);
}
