//! Archived periods, which have no item but their result: a sound one, and one corruption per row with exactly the
//! invariants that it violates.

use crate::common::check as check_items;
use crate::games::{drawn_id, sound_items};
use evens_audit::{Books, Completeness, Secrets};
use evens_draws::Seed;
use evens_games::{
    DrawnSymbols, Entropy, Period, PeriodId, PeriodResult, PeriodState, PeriodTotals, ShardCount,
};
use evens_ledger::Digest;
use evens_records::Record;
use jiff::tz::Offset;

fn seed() -> Seed {
    Seed::from_bytes([7; 32])
}

/// A period that was drawn without bets.
pub(crate) fn idle(id: PeriodId) -> Period {
    let seed = seed();
    let drawn = evens_games::draw(id, &seed, Entropy::None).expect("drawn");
    let open = Period::open(id, Offset::UTC, seed.hash(), ShardCount::ONE_PER_LANE);
    let result = PeriodResult { drawn, seed, drawn_at: open.times.ends_at };
    Period { state: PeriodState::Settled(PeriodTotals::default(), result), ..open }
}

fn idle_id() -> PeriodId {
    drawn_id().next()
}

/// The archived period, and the records beside it.
struct Case {
    archived: Period,
    others: Vec<Record>,
}

impl Case {
    fn result(&mut self) -> &mut PeriodResult {
        let PeriodState::Settled(_, result) = &mut self.archived.state else { panic!("settled") };
        result
    }

    fn other(&mut self, record: Record) {
        self.others.push(record);
    }

    /// The records, with the archived period before or after all others.
    fn items(self, is_first: bool) -> Vec<Record> {
        let mut items = self.others;
        let position = if is_first { 0 } else { items.len() };
        items.insert(position, Record::ArchivedPeriod(Box::new(self.archived)));
        items
    }
}

type Corruption = (&'static str, fn(&mut Case), &'static str);

#[test]
#[rustfmt::skip]
fn an_archived_period_is_checked_as_any_other() {
    let table: &[Corruption] = &[
        ("nothing is wrong", |_| (), ""),
        ("its result is another one", |case| {
            let drawn = case.result().drawn.to_string();
            let other = if drawn == "1" { "2" } else { "1" };
            case.result().drawn = DrawnSymbols::parse(idle_id().room.game(), other).expect("drawn");
        }, "M7"),
        ("its seed is another one", |case| case.result().seed = Seed::from_bytes([8; 32]), "M7"),
        ("its seed hash is another one", |case| case.archived.seed_hash = Digest::ZERO, "M7"),
        ("it was drawn before it closed", |case| {
            case.result().drawn_at = case.archived.times.opens_at;
        }, "M7"),
        ("the period is still there", |case| case.other(Record::Period(Box::new(idle(idle_id())))), "M3"),
        ("its seed is still there", |case| case.other(Record::PeriodSeed(idle_id(), seed())), "M7"),
        ("it has a bet", |case| {
            let bet = case.others.iter_mut().find_map(|record| match record {
                Record::GameBet(bet) if bet.period == drawn_id() => Some(bet),
                _ => None,
            });
            bet.expect("a bet").period = idle_id();
        }, "M1 M3 M7"),
        ("it has a shard with bets", |case| {
            let shards = case.others.iter_mut().filter_map(|record| match record {
                Record::PeriodShard(shard) if shard.period == drawn_id() => Some(shard),
                _ => None,
            });
            shards.for_each(|shard| shard.period = idle_id());
        }, "M3"),
        ("it is archived twice", |case| {
            case.other(Record::ArchivedPeriod(Box::new(idle(idle_id()))));
        }, "M3"),
    ];
    for (what, corrupt, expected) in table {
        for is_first in [true, false] {
            let mut case = Case { archived: idle(idle_id()), others: sound_items() };
            corrupt(&mut case);
            let report = check_items(case.items(is_first), Completeness::Ended);
            let mut names: Vec<_> =
                report.violations().iter().map(|violation| violation.invariant.name()).collect();
            names.dedup();
            assert_eq!(names.join(" "), *expected, "{what}: {:#?}", report.violations());
        }
    }
}

/// The scheduled check sees no secrets, and the published seed of an archived period all the same.
#[test]
fn an_archived_period_is_redrawn_without_secrets() {
    let mut case = Case { archived: idle(idle_id()), others: Vec::new() };
    case.result().seed = Seed::from_bytes([8; 32]);
    let mut books = Books::new().with_secrets(Secrets::Unseen);
    case.items(true).into_iter().for_each(|record| books.record(record));
    let report = books.check(Completeness::Stopped);
    assert_eq!(report.counts.periods, 1);
    assert!(!report.is_clean());
}
