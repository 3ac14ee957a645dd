//! Jackpots fed by bets: sound books, and contributions that lanes must not make.

use crate::common::{Story, amount, check as check_items, second, user};
use crate::games::{cancelled_id, drawn_id, sound_items};
use evens_audit::Completeness;
use evens_games::{Lane, Lanes, PeriodState, ShardCount};
use evens_jackpots::{
    Award, ByGroup, Contribution, JackpotConfig, JackpotGroup, JackpotTerms, Meter, MeterCount, MeterPart,
    OperationId, Share, UpdateConfig, contribution_of_stakes, update_config,
};
use evens_ledger::{Amount, Transfer};
use evens_records::{JackpotRecord, Record};
use jiff::Timestamp;
use std::collections::BTreeMap;

const MINOR: JackpotGroup = JackpotGroup::Minor;

/// The minor jackpot opened together with the period, and the period's bets have contributed to it. All contributions
/// are in the meters and on the accounts; only their justification is tested.
pub(crate) struct Case {
    pub(crate) items: Vec<Record>,
    since: Timestamp,
    pub(crate) terms: JackpotTerms,
    pub(crate) contributions: BTreeMap<OperationId, Contribution>,
    /// Drawn wins that have not begun.
    pub(crate) awards: Vec<Award>,
}

/// Terms with a start amount, odds of one win per staked amount, and an optional limit.
pub(crate) fn terms(start: &str, odds: &str, limit: Option<&str>) -> JackpotTerms {
    let rates = ["0.003", "0.001"].map(|rate| rate.parse().expect("a rate"));
    JackpotTerms::new(amount(start), rates[0], rates[1], amount(odds), limit.map(amount)).expect("terms")
}

fn lane_of(player: u64) -> Lane {
    Lane::of_shard(ShardCount::ONE_PER_LANE.shard_of(user(player)))
}

fn sound() -> Case {
    sound_by(terms("1000", "1000000", None))
}

/// The same with other terms.
pub(crate) fn sound_by(terms: JackpotTerms) -> Case {
    let mut cash: BTreeMap<Lane, Amount> = BTreeMap::new();
    for (player, coins) in [(1, "5"), (2, "10")] {
        let sum = cash.entry(lane_of(player)).or_default();
        *sum = sum.checked_add(amount(coins)).expect("fits");
    }
    let (contributions, awards) = (BTreeMap::new(), Vec::new());
    let mut case = Case { items: sound_items(), since: second(0), terms, contributions, awards };
    for (lane, cash) in cash {
        case.feed(OperationId::of_lane(drawn_id(), lane), cash);
    }
    case
}

/// The audit log lines about these terms.
fn records_of(config: &JackpotConfig) -> Vec<Record> {
    let mut story = Story::default();
    story.tell_terms(config);
    let lines = story.audit_lines.into_iter().map(Box::new).map(Record::AuditLine);
    lines.chain([Record::AuditHead(story.audit_head)]).collect()
}

impl Case {
    fn feed(&mut self, operation: OperationId, cash: Amount) {
        let open = ByGroup { minor: Some(self.terms), ..ByGroup::default() };
        let made = contribution_of_stakes(operation, cash, &open, second(400)).expect("something");
        self.contributions.insert(made.operation.clone(), made);
    }

    /// The contribution of user 1's lane.
    fn fed(&mut self) -> &mut Contribution {
        let id = OperationId::of_lane(drawn_id(), lane_of(1));
        self.contributions.get_mut(&id).expect("there")
    }

    pub(crate) fn items(self) -> Vec<Record> {
        let update = UpdateConfig { group: MINOR, expected_version: 0, terms: self.terms };
        let plan = update_config(&[], &update, Amount::ZERO, self.since).expect("the first");
        let (pool, start) = plan.opening.expect("the first");
        let mut meters: BTreeMap<u8, Meter> = BTreeMap::new();
        let moved: Vec<Transfer> = vec![start];
        for made in self.contributions.values() {
            let number = made.operation.meter(MeterCount::PRODUCTION);
            let empty = || Meter {
                number,
                version: 1,
                last_modified_at: second(400),
                parts: ByGroup::of(|_| MeterPart::default()),
            };
            let part = &mut meters.entry(number).or_insert_with(empty).parts.minor;
            part.share = part.share.plus(made.shares.minor);
        }
        let actual = records_of(&plan.config);
        let mut jackpots = vec![JackpotRecord::Config(plan.config), JackpotRecord::Pool(pool)];
        jackpots.extend(meters.into_values().map(JackpotRecord::Meter));
        jackpots.extend(self.contributions.into_values().map(JackpotRecord::Contribution));
        jackpots.extend(self.awards.into_iter().map(JackpotRecord::Award));
        let jackpots = jackpots.into_iter().map(Box::new).map(Record::Jackpot);
        let moved = moved.into_iter().map(Record::Transfer);
        self.items.into_iter().chain(moved).chain(jackpots).chain(actual).collect()
    }
}

#[test]
fn sound_books_are_sound() {
    let mut case = sound();
    if lane_of(1) != lane_of(2) {
        let share = Share { pool: amount("0.015"), reserve: amount("0.005") };
        assert_eq!(case.fed().shares.minor, share);
    }
    let report = check_items(case.items(), Completeness::Ended);
    assert_eq!(report.violations(), []);
    assert_eq!(report.sum_units, 0);
}

#[test]
fn a_lane_that_is_not_done_may_still_contribute() {
    let mut case = sound();
    case.contributions.clear();
    for item in &mut case.items {
        if let Record::Period(period) = item
            && let PeriodState::Settled(totals, result) = &period.state
        {
            period.state = PeriodState::Resulted(*totals, result.clone(), Lanes::NONE);
        }
    }
    assert_eq!(check_items(case.items(), Completeness::Stopped).violations(), []);
}

/// The corruption's name and the corruption.
type Corruption = (&'static str, fn(&mut Case));

#[test]
#[rustfmt::skip]
fn a_wrong_contribution_of_a_lane_is_found() {
    let table: [Corruption; 7] = [
        ("a lane has not contributed", |case| { case.contributions.pop_first(); }),
        ("a lane has contributed a coin more", |case| {
            let share = &mut case.fed().shares.minor;
            share.pool = share.pool.checked_add(amount("0.00000001")).expect("fits");
        }),
        ("a bonus was contributed, too", |case| {
            let operation = case.fed().operation.clone();
            case.feed(operation, amount("40"));
        }),
        ("a lane without bets has contributed", |case| {
            let empty = Lane::all().find(|lane| ![lane_of(1), lane_of(2)].contains(lane));
            case.feed(OperationId::of_lane(drawn_id(), empty.expect("a lane")), amount("5"));
        }),
        ("a cancelled period has contributed", |case| {
            case.feed(OperationId::of_lane(cancelled_id(), lane_of(2)), amount("30"));
        }),
        ("a period that is not there has contributed", |case| {
            case.feed(OperationId::of_lane(drawn_id().next(), lane_of(2)), amount("30"));
        }),
        ("the terms held only later", |case| case.since = second(1)),
    ];
    for (what, corrupt) in table {
        let mut case = sound();
        corrupt(&mut case);
        let report = check_items(case.items(), Completeness::Ended);
        let mut names: Vec<_> = report.violations().iter().map(|violation| violation.invariant.name()).collect();
        names.dedup();
        assert_eq!(names, ["M9"], "{what}: {:#?}", report.violations());
    }
}
