//! Limits of bets: sound stories, and one corruption per row.

use crate::common::{Story, amount, check, user};
use evens_audit::Completeness;
use evens_exchange::Side;
use evens_idempotency::BetId;
use evens_own_limits::{LimitId, PerPeriod, PlayLimits, PlaySum};
use evens_payments::Cashier;
use evens_records::Record;
use jiff::Timestamp;

/// User 1 limits their stakes, then stakes 10 and 15. The 10 are returned.
struct Case {
    story: Story,
    cashier: Option<Cashier>,
    play: Option<PlayLimits>,
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
    let cashier = Cashier::empty(user(1)).ask_limit(id, Some(amount("50")), Timestamp::UNIX_EPOCH);
    let sum = PlaySum { since, staked: amount("15"), paid: amount("0") };
    let sums = Some(PerPeriod { day: sum, week: sum, month: sum });
    let play = PlayLimits { rules: cashier.play_rules(), sums };
    Case { story, cashier: Some(cashier), play: Some(play), stays }
}

impl Case {
    fn sum(&mut self) -> &mut PlaySum {
        &mut self.play.as_mut().expect("limits").sums.as_mut().expect("sums").week
    }

    fn violations(&self) -> Vec<String> {
        let mut items = self.story.items();
        items.extend(self.cashier.clone().map(Box::new).map(Record::Cashier));
        items.extend(self.play.map(|play| Record::PlayLimits(user(1), Box::new(play))));
        let report = check(items, Completeness::Stopped);
        report.violations().iter().map(|violation| violation.invariant.name().to_owned()).collect()
    }
}

#[test]
#[rustfmt::skip]
fn a_wallet_that_says_something_else_is_found() {
    type Corruption = (&'static str, fn(&mut Case), usize);
    let table: &[Corruption] = &[
        ("nothing is wrong", |_| {}, 0),
        ("nobody has set anything", |case| { case.cashier = None; case.play = None; }, 0),
        ("nothing was staked since the limit was set", |case| {
            *case.sum() = PlaySum { since: Timestamp::MAX, ..PlaySum::default() };
        }, 0),
        ("clocks differ", |case| case.sum().staked = amount("25"), 0),
        ("the wallet knows of no limit", |case| case.play = None, 1),
        ("the wallet knows of another one", |case| {
            case.play.as_mut().expect("limits").rules.stakes.week = Some(amount("51"));
        }, 1),
        ("the record is gone", |case| case.cashier = None, 1),
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

#[test]
fn what_is_paid_counts_as_far_as_it_was() {
    let mut case = case();
    case.story.bets.get_mut(&case.stays).expect("a bet").paid = amount("30");
    case.sum().paid = amount("30");
    assert!(!case.violations().iter().any(|name| name == "M1"), "{:?}", case.violations());
}
