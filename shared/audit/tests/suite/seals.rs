//! Seals of days: unchanged books keep them, and every change of sealed books breaks them.

use crate::common::case::{Case, case};
use evens_audit::{Books, Completeness, DayEnds};
use evens_ledger::{Digest, EntryKey, EntryPurpose, Invariant, SystemAccount, Transfer};
use evens_records::{DaySeal, Record, SealedDays};
use jiff::civil::{Date, date};

/// The day of all stories.
const DAY: Date = date(2024, 1, 1);

const DAYS: SealedDays = SealedDays { last: DAY, after: None };

fn books(records: impl IntoIterator<Item = Record>) -> Books {
    let mut books = Books::new().with_day_ends(DayEnds::of([DAYS]));
    records.into_iter().for_each(|record| books.record(record));
    books
}

fn sealed(case: &Case) -> DaySeal {
    books(case.story.items()).seal_of(DAYS, Digest::ZERO).expect("it was asked for")
}

/// Number of seal parts that the books of a case do not match.
fn broken(case: &Case, seals: impl IntoIterator<Item = DaySeal>) -> usize {
    let seals = seals.into_iter().map(|seal| Record::Seal(Box::new(seal)));
    let report = books(case.story.items().into_iter().chain(seals)).check(Completeness::Stopped);
    report.offenders(Invariant::SealsHold).map_or(0, |found| found.count)
}

#[test]
fn a_seal_does_not_depend_on_the_order_in_which_things_come() {
    let case = case();
    let mut items = case.story.items();
    items.reverse();
    assert_eq!(books(items).seal_of(DAYS, Digest::ZERO), Some(sealed(&case)));
    assert_eq!(broken(&case, [sealed(&case)]), 0);
}

#[test]
fn later_entries_are_not_sealed_with_the_day() {
    let mut case = case();
    let seal = sealed(&case);
    for player in 1..=2 {
        let key = EntryKey::new(EntryPurpose::Fund, &[&format!("late-{player}")]);
        case.pay(player, key, "5", SystemAccount::House);
    }
    let entries = &mut case.story.entries;
    let late = entries.len() - 2;
    let end = DaySeal::end_of(DAY).expect("a time");
    entries[late..].iter_mut().for_each(|entry| entry.at = end);
    for player in 1..=2 {
        case.story.chain_again(player);
    }
    assert_eq!(broken(&case, [seal.clone()]), 0);
    // An entry dated within the day, but after one of the next day, belongs to the next seal.
    case.pay(1, EntryKey::new(EntryPurpose::Fund, &[&"later"]), "5", SystemAccount::House);
    assert_eq!(broken(&case, [seal]), 0);
}

/// The day after, which is sealed by its own movements.
const NEXT: SealedDays = SealedDays { last: date(2024, 1, 2), after: Some(DAY) };

/// Two days: player 1 moved on both, and players 2 and 3 on the first one only.
fn two_days() -> Case {
    let mut case = case();
    for order in ["next-1", "next-2"] {
        case.pay(1, EntryKey::new(EntryPurpose::Fund, &[&order]), "5", SystemAccount::House);
    }
    let end = DaySeal::end_of(DAY).expect("a time");
    case.story.entries.iter_mut().rev().take(2).for_each(|entry| entry.at = end);
    case.story.chain_again(1);
    case
}

fn of_two_days(case: &Case) -> Books {
    let mut books = Books::new().with_day_ends(DayEnds::of([DAYS, NEXT]));
    case.story.items().into_iter().for_each(|record| books.record(record));
    books
}

fn seals_of(case: &Case) -> [DaySeal; 2] {
    let books = of_two_days(case);
    let first = books.seal_of(DAYS, Digest::ZERO).expect("it was asked for");
    let next = books.seal_of(NEXT, first.digest()).expect("it was asked for");
    [first, next]
}

/// The days whose seals do not match the books.
fn unmatched(case: &Case, seals: &[DaySeal; 2]) -> Vec<Date> {
    let mut books = of_two_days(case);
    for seal in seals {
        books.record(Record::Seal(Box::new(seal.clone())));
    }
    let report = books.check(Completeness::Stopped);
    let of = |day: &Date| {
        let end = format!("end of {day},");
        report.violations().iter().any(|found| found.sentence.contains(&end))
    };
    seals.iter().map(DaySeal::day).filter(of).collect()
}

#[test]
fn the_seal_of_a_day_covers_its_movements_alone() {
    let case = two_days();
    let seals = seals_of(&case);
    assert_eq!(unmatched(&case, &seals), []);
    // Another player on the first day changes its seal alone.
    let mut other = two_days();
    other.story.entries.retain(|entry| entry.user.number() != 5);
    assert_eq!(unmatched(&other, &seals), [DAY]);
    // Another amount on the second day.
    let mut other = two_days();
    other.story.entries.last_mut().expect("an entry").amount = "6".parse().expect("an amount");
    other.story.chain_again(1);
    assert_eq!(unmatched(&other, &seals), [NEXT.last]);
    // A wallet's hash covers its earlier days.
    let mut other = two_days();
    other.entry("FUND:").amount = "99".parse().expect("an amount");
    other.story.chain_again(1);
    assert_eq!(unmatched(&other, &seals), [DAY, NEXT.last]);
}

#[test]
fn a_seal_of_movements_follows_the_seal_of_the_day_that_it_names() {
    let case = two_days();
    let [first, next] = seals_of(&case);
    let follows = |seals: [&DaySeal; 2]| {
        let mut books = of_two_days(&case);
        for seal in seals {
            books.record(Record::Seal(Box::new(seal.clone())));
        }
        let report = books.check(Completeness::Stopped);
        !report.violations().iter().any(|found| found.sentence.contains("does not follow"))
    };
    assert!(follows([&first, &next]));
    let days = SealedDays { after: Some(date(2023, 12, 31)), ..next.days };
    assert!(!follows([&first, &DaySeal { days, ..next.clone() }]), "it leaves out no day");
    let days = SealedDays { after: None, ..next.days };
    assert!(follows([&first, &DaySeal { days, ..next }]), "it covers everything until its day");
}

#[test]
fn every_change_of_sealed_books_shows() {
    type Change = fn(&mut Case);
    #[rustfmt::skip]
    let table: [(&str, Change, usize); 4] = [
        ("another amount, chained again",    |case| {
            case.entry("FUND:").amount = "99".parse().expect("an amount");
            case.story.chain_again(1);
        }, 2),
        ("a wallet without its last entry",  |case| { case.story.entries.pop(); }, 2),
        ("a transfer more",                  |case| {
            let key = EntryKey::from_stored("X:1".to_owned());
            let (from, to) = (SystemAccount::House, SystemAccount::BonusPool);
            let (amount, at) = ("1".parse().expect("an amount"), crate::common::second(1));
            let transfer = Transfer { key: key.clone(), from, to, amount, reference: "x".to_owned(), at };
            case.story.transfers.insert(key, transfer);
        }, 2),
        ("another seal before it",           |_| {}, 1),
    ];
    for (name, change, expected) in table {
        let mut case = case();
        let mut seal = sealed(&case);
        change(&mut case);
        if name == "another seal before it" {
            seal.previous = Digest::of(b"another");
        }
        assert_eq!(broken(&case, [seal]), expected, "{name}");
    }
}

#[test]
fn seals_follow_each_other_whichever_days_are_sealed() {
    let case = case();
    let first = DaySeal { days: SealedDays { last: date(2023, 12, 30), after: None }, ..sealed(&case) };
    let second = DaySeal { previous: first.digest(), ..sealed(&case) };
    assert_eq!(broken(&case, [first, second.clone()]), 0);
    assert_eq!(broken(&case, [second]), 1, "the first one is gone");
}
