//! Books that are too large for memory, checked share by share. `common::check` compares the shares of all other books.

use crate::archived;
use evens_audit::{Books, Completeness, Report, Secrets, Share};
use evens_games::{Period, PeriodId};
use evens_ledger::Digest;
use evens_records::Record;
use std::collections::BTreeSet;

/// Periods of a room of five minutes in 30 days.
const MONTH: usize = 30 * 24 * 12;

/// A period that ended without bets and was not archived, as in earlier versions, and its result.
fn idle(id: PeriodId) -> [Record; 2] {
    let period = archived::idle(id);
    let drawn = period.result().expect("drawn").drawn.clone();
    [Record::Period(Box::new(period)), Record::PeriodResult(id, drawn)]
}

/// The report of one turn that may hold `limit` records, and the share that it checked.
fn check(turn: u64, records: &[Record], limit: usize) -> (Report, Share) {
    let mut books = Books::new().with_secrets(Secrets::Unseen).with_share(Share::of_turn(turn));
    for record in records {
        books.record(record.clone());
        while books.record_count() > limit {
            assert!(books.narrow(), "{} records are held", books.record_count());
        }
    }
    let share = books.share();
    (books.check(Completeness::Stopped), share)
}

#[test]
fn a_month_of_idle_periods_is_checked_by_eight_turns_in_a_quarter_of_its_memory() {
    let first: PeriodId = "wingo-300-20240101000000000".parse().expect("a period");
    let ids = std::iter::successors(Some(first), |id| Some(id.next())).take(MONTH);
    let month: Vec<_> = ids.flat_map(idle).collect();
    let without_history: Vec<_> =
        month.iter().filter(|record| matches!(record, Record::Period(_))).cloned().collect();
    let mut missed = BTreeSet::new();
    for turn in 0..8 {
        let (report, share) = check(turn, &month, month.len() / 4);
        assert!(report.is_clean(), "{:?}", report.violations());
        assert!((4..=8).contains(&share.count()), "{share:?}");
        assert_eq!(report.counts.periods, MONTH, "every period is counted");
        let (report, _) = check(turn, &without_history, without_history.len() / 4);
        missed.extend(report.violations().iter().map(|violation| violation.subject.clone()));
    }
    assert_eq!(missed.len(), MONTH, "every period without a result in the history is found");
}

#[test]
fn archived_periods_are_checked_by_eight_turns_in_a_quarter_of_their_memory() {
    let first: PeriodId = "wingo-300-20240101000000000".parse().expect("a period");
    let ids = std::iter::successors(Some(first), |id| Some(id.next())).take(MONTH);
    let periods: Vec<_> = ids.map(archived::idle).collect();
    let archived = |period: Period| Record::ArchivedPeriod(Box::new(period));
    let month: Vec<_> = periods.iter().cloned().map(archived).collect();
    let rigged = periods.into_iter().map(|period| Period { seed_hash: Digest::ZERO, ..period });
    let rigged: Vec<_> = rigged.map(archived).collect();
    let mut found = BTreeSet::new();
    for turn in 0..8 {
        let (report, share) = check(turn, &month, month.len() / 4);
        assert!(report.is_clean(), "{:?}", report.violations());
        assert!((4..=8).contains(&share.count()), "{share:?}");
        assert_eq!(report.counts.periods, MONTH, "every period is counted");
        let (report, _) = check(turn, &rigged, rigged.len() / 4);
        found.extend(report.violations().iter().map(|violation| violation.subject.clone()));
    }
    assert_eq!(found.len(), MONTH, "every period with another seed hash is found");
}

#[test]
fn every_subject_is_in_one_share_of_each_size() {
    let quarter = |turn| Share::of_turn(turn).half().and_then(Share::half).expect("a quarter");
    assert_eq!((0..5).map(|turn| quarter(turn).number()).collect::<Vec<_>>(), [0, 1, 2, 3, 0]);
    assert_eq!(quarter(0).count(), 4);
    let smallest = (0..16).fold(Share::ALL, |share, _| share.half().expect("a half"));
    assert_eq!(smallest.half(), None);
}
