//! Limits of bets: sound stories, and one corruption per row.

use crate::common::{Story, amount, check, user};
use evens_audit::{Completeness, Report};
use evens_exchange::Side;
use evens_idempotency::BetId;
use evens_own_limits::{LimitId, PerPeriod, PlaySum};
use evens_payments::PaymentsRecord;
use evens_records::{Record, StoredLimits};
use jiff::Timestamp;

/// User 1 limits their stakes, then stakes 10 and 15. The 10 are returned.
struct Case {
    story: Story,
    record: Option<PaymentsRecord>,
    play: Option<StoredLimits>,
    stays: BetId,
}

fn case() -> Case {
    let mut story = Story::default();
    story.fund(1, "100");
    story.open("r", "match");
    story.place(1, "r", Side::A, "7").expect("there are 100");
    let comes_back = story.place(1, "r", Side::A, "10").expect("there are 100");
    let stays = story.place(1, "r", Side::A, "15").expect("there are 100");
    let since = story.bets[&comes_back].placed_at;
    story.refund(comes_back);
    let id: LimitId = "stakes-week".parse().expect("a limit");
    let record = PaymentsRecord::empty(user(1)).ask_limit(id, Some(amount("50")), Timestamp::UNIX_EPOCH);
    let sum = PlaySum { since, staked: amount("15"), paid: amount("0") };
    let sums = Some(PerPeriod { day: sum, week: sum, month: sum });
    let fence = Some("fence-1".to_owned());
    let play = StoredLimits { user: user(1), rules: record.play_rules(), sums, fence };
    Case { story, record: Some(record), play: Some(play), stays }
}

impl Case {
    fn sum(&mut self) -> &mut PlaySum {
        &mut self.play.as_mut().expect("limits").sums.as_mut().expect("sums").week
    }

    fn report(&self) -> Report {
        let mut items = self.story.items();
        items.extend(self.record.clone().map(Box::new).map(Record::Cashier));
        items.extend(self.play.clone().map(Box::new).map(Record::PlayLimits));
        check(items, Completeness::Stopped)
    }

    fn violations(&self) -> Vec<String> {
        let report = self.report();
        report.violations().iter().map(|violation| violation.invariant.name().to_owned()).collect()
    }
}

#[test]
#[rustfmt::skip]
fn a_wallet_that_says_something_else_is_found() {
    type Corruption = (&'static str, fn(&mut Case), usize);
    let table: &[Corruption] = &[
        ("nothing is wrong", |_| {}, 0),
        ("nobody has set anything", |case| { case.record = None; case.play = None; }, 0),
        ("nothing was staked since the limit was set", |case| {
            *case.sum() = PlaySum { since: Timestamp::MAX, ..PlaySum::default() };
        }, 0),
        ("clocks differ", |case| case.sum().staked = amount("25"), 0),
        ("the wallet knows of no limit", |case| case.play = None, 1),
        ("the wallet knows of another one", |case| {
            case.play.as_mut().expect("limits").rules.stakes.week = Some(amount("51"));
        }, 1),
        ("an earlier version counted nothing", |case| case.play.as_mut().expect("limits").sums = None, 0),
        ("the record is gone", |case| case.record = None, 1),
        ("a stake does not count", |case| case.sum().staked = amount("14.99"), 1),
        ("what came back is taken off twice", |case| case.sum().staked = amount("5"), 1),
        ("more counts as paid than was", |case| case.sum().paid = amount("0.01"), 1),
    ];
    for (what, corrupt, expected) in table {
        let mut case = case();
        corrupt(&mut case);
        assert_eq!(case.violations(), vec!["M1"; *expected], "{what}");
    }
}

/// The wallet is read before a change of the limits and the payments record after it, and in the next look the other
/// way round. Between two settings, both looks find the same two rules.
#[test]
fn a_player_who_changes_limits_during_both_looks_violates_nothing() {
    let mut first = case();
    first.play.as_mut().expect("limits").rules.stakes.week = Some(amount("51"));
    // The wallet's fence and the changes of the record in the second look, and whether the violation is confirmed.
    for (fence, changes, is_confirmed) in [("fence-1", 0, true), ("fence-3", 0, false), ("fence-1", 2, false)]
    {
        let mut second = case();
        let play = first.play.clone().expect("limits");
        second.play = Some(StoredLimits { fence: Some(fence.to_owned()), ..play });
        second.record.as_mut().expect("a record").revision += changes;
        let confirmed = second.report().confirmed(&first.report());
        assert_eq!(!confirmed.is_clean(), is_confirmed, "{fence} {changes}: {:?}", confirmed.violations());
    }
}

#[test]
fn partly_paid_bets_count_as_far_as_they_are_paid() {
    let mut case = case();
    case.story.bets.get_mut(&case.stays).expect("a bet").paid = amount("30");
    case.sum().paid = amount("30");
    assert!(!case.violations().iter().any(|name| name == "M1"), "{:?}", case.violations());
}
