//! [`check`]: checks books as a whole, in shares, by recent movements, and by their history.

use super::moved::{check_history, check_moved};
use evens_audit::{Books, Completeness, Report, Share};
use evens_records::Record;
use std::collections::BTreeSet;

/// The report on these records, in this order. The reports on all shares of them together name the same invariants, and
/// the recent movements and the history of sound books are in order.
pub(crate) fn check(items: impl IntoIterator<Item = Record>, completeness: Completeness) -> Report {
    let items: Vec<_> = items.into_iter().collect();
    let report = books_of(Share::ALL, &items).check(completeness);
    if report.is_clean() {
        for newest in [1, 3, usize::MAX] {
            assert_eq!(check_moved(&items, newest).violations(), &[], "the last {newest} entries");
        }
        for entries_max in [1, 3, usize::MAX] {
            assert_eq!(check_history(&items, entries_max).violations(), &[], "{entries_max} entries at once");
        }
    }
    for bits in [1, 3] {
        let reports: Vec<_> =
            (0..1 << bits).map(|turn| check_share(turn, bits, &items, completeness)).collect();
        let in_shares = reports.iter().flat_map(Report::violations);
        let named: BTreeSet<_> = in_shares.map(|violation| violation.invariant.name()).collect();
        let shares = 1 << bits;
        for violation in report.violations() {
            assert!(named.contains(violation.invariant.name()), "no share of {shares} has {violation:?}");
        }
        if report.is_clean() {
            assert_eq!(named, BTreeSet::new(), "sound books: {reports:#?}");
            let narrowed = check_narrowed(0, bits, &items, completeness);
            assert!(narrowed.is_clean(), "sound books, narrowed: {narrowed:#?}");
        }
    }
    report
}

/// The report on one share of `2^bits`.
fn check_share(turn: u64, bits: u32, items: &[Record], completeness: Completeness) -> Report {
    let halve = |share: Share, _| share.half().expect("a half");
    books_of((0..bits).fold(Share::of_turn(turn), halve), items).check(completeness)
}

/// The report on books that are narrowed to one share of `2^bits` after they were read.
fn check_narrowed(turn: u64, bits: u32, items: &[Record], completeness: Completeness) -> Report {
    let mut books = books_of(Share::of_turn(turn), items);
    assert!((0..bits).all(|_| books.narrow()));
    books.check(completeness)
}

fn books_of(share: Share, items: &[Record]) -> Books {
    let mut books = Books::new().with_share(share);
    items.iter().cloned().for_each(|item| books.record(item));
    books
}
