//! Settings that players make for themselves: a sound history, and one corruption per row.

use crate::common::{Story, amount, check as check_items, user};
use evens_audit::Completeness;
use evens_own_limits::{EXCLUSION_MIN, LimitId, PerPeriod};
use evens_payments::{PaymentsRecord, SettingsEntry, SettingsHead};
use evens_records::Record;

/// User 1 sets a limit of deposits, then a lower one, and then excludes themselves.
struct Case {
    story: Story,
    entries: Vec<SettingsEntry>,
}

fn day_limit() -> LimitId {
    "deposits-day".parse().expect("a limit")
}

fn case() -> Case {
    let mut case = Case { story: Story::default(), entries: Vec::new() };
    let now = case.story.tick();
    case.write(PaymentsRecord::empty(user(1)).ask_limit(day_limit(), Some(amount("100")), now));
    let now = case.story.tick();
    case.write(case.story.record(1).ask_limit(day_limit(), Some(amount("50")), now));
    let now = case.story.tick();
    case.write(case.story.record(1).exclude(now + EXCLUSION_MIN, now).expect("long enough"));
    case
}

impl Case {
    fn write(&mut self, after: PaymentsRecord) {
        let (after, entry) = after.with_settings_entry(self.story.after(jiff::SignedDuration::ZERO));
        self.story.payments_records.insert(user(1), after);
        self.entries.push(entry);
    }

    fn record(&mut self) -> &mut PaymentsRecord {
        self.story.payments_records.get_mut(&user(1)).expect("there is one")
    }

    fn check(&self) -> Vec<&'static str> {
        let entries = self.entries.iter().cloned().map(Box::new).map(Record::Settings);
        let report = check_items(self.story.items().into_iter().chain(entries), Completeness::Stopped);
        let mut names: Vec<_> = report.violations().iter().map(|found| found.invariant.name()).collect();
        names.dedup();
        names
    }
}

#[test]
fn of_settings() {
    type Corruption = (&'static str, fn(&mut Case), &'static [&'static str]);
    #[rustfmt::skip]
    let table: [Corruption; 10] = [
        ("nothing", |_| {}, &[]),
        ("an exclusion is gone from both records", |case| case.record().exclusion = None, &["LOG"]),
        ("a limit is gone", |case| {
            let (at, record) = (case.story.tick(), case.record());
            let limit = record.limit(day_limit());
            assert!(limit.current.is_some());
            *record = PaymentsRecord { deposit_limits: PerPeriod::default(), ..record.clone() };
            assert!(at > case.entries[0].at);
        }, &["LOG"]),
        ("the head is gone", |case| case.record().settings = SettingsHead::default(), &["LOG"]),
        ("the record is gone", |case| drop(case.story.payments_records.remove(&user(1))), &["LOG"]),
        ("the record is of an earlier change", |case| {
            let (head, record) = (case.entries[1].head(), case.record());
            (record.settings, record.exclusion) = (head, None);
        }, &["LOG"]),
        ("a change in between is gone", |case| drop(case.entries.remove(1)), &["LOG"]),
        ("the newest change is gone", |case| drop(case.entries.pop()), &["LOG"]),
        ("a change says another limit", |case| case.entries[0].settings = "deposits-day 999 - -".to_owned(), &["LOG"]),
        ("all changes are gone", |case| case.entries.clear(), &["LOG"]),
    ];
    for (what, corrupt, expected) in table {
        let mut case = case();
        corrupt(&mut case);
        assert_eq!(case.check(), expected, "{what}");
    }
}
