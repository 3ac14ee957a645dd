//! Books that are too large for memory, checked share by share. `common::check` compares the shares of all other books.

use crate::common::second;
use evens_audit::{Books, Completeness, Secrets, Share};
use evens_draws::Seed;
use evens_games::{Entropy, Period, PeriodId, PeriodResult, PeriodState, PeriodTotals, ShardCount, draw};
use evens_records::Record;
use jiff::tz::Offset;

/// Periods of a room of five minutes in 30 days.
const MONTH: usize = 30 * 24 * 12;

/// A period that ended without bets, and its result in the history of its room.
fn idle(id: PeriodId) -> [Record; 2] {
    let seed = Seed::from_bytes([7; 32]);
    let drawn = draw(id, &seed, Entropy::None).expect("drawn");
    let open = Period::open(id, Offset::UTC, seed.hash(), ShardCount::MIN);
    let result = PeriodResult { drawn: drawn.clone(), seed, drawn_at: open.times.ends_at };
    let state = PeriodState::Settled(PeriodTotals::default(), result);
    [Record::Period(Box::new(Period { state, ..open })), Record::PeriodResult(id, drawn)]
}

#[test]
fn a_month_of_idle_periods_fits_into_a_quarter_of_its_memory() {
    let limit = 2 * MONTH / 4;
    let completeness =
        Completeness::Running { now: second(0), patience: jiff::SignedDuration::from_mins(10) };
    let first: PeriodId = "wingo-300-20240101000000000".parse().expect("a period");
    let month: Vec<_> =
        std::iter::successors(Some(first), |id| Some(id.next())).take(MONTH).flat_map(idle).collect();
    let (mut checked, mut turn) = (0, 0);
    loop {
        let mut books = Books::new().with_secrets(Secrets::Unseen).with_share(Share::of_turn(turn));
        for record in month.clone() {
            books.record(record);
            while books.held() > limit {
                assert!(books.narrow(), "{} records are held", books.held());
            }
        }
        let (held, share) = (books.held(), books.share());
        assert!(held <= limit && share.count() <= 8, "{held} in {share:?}");
        checked += held * usize::from(turn < share.count());
        let report = books.check(completeness);
        assert!(report.is_clean(), "{:?}", report.violations());
        assert_eq!(report.counts.periods, MONTH, "every period is counted");
        turn += 1;
        if turn >= share.count() {
            break;
        }
    }
    assert!(checked >= 2 * MONTH, "the turns together checked {checked} of {} records", 2 * MONTH);
}

#[test]
fn every_subject_is_in_one_share_of_each_size() {
    let quarter = |turn| Share::of_turn(turn).half().and_then(Share::half).expect("a quarter");
    assert_eq!((0..5).map(|turn| quarter(turn).number()).collect::<Vec<_>>(), [0, 1, 2, 3, 0]);
    assert_eq!(quarter(0).count(), 4);
    let smallest = (0..16).fold(Share::ALL, |share, _| share.half().expect("a half"));
    assert_eq!(smallest.half(), None);
}
