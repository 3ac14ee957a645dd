//! Several payouts for one withdrawal: one is the order's own, the player owes the others, and no order stays
//! unfinished.

use crate::common::world::World;
use crate::common::{amount, deposit_of, minute, provider, rows, rupees, user};
use crate::payouts::{processing, says, settle};
use evens_ledger::{SystemAccount, WalletOwner};
use evens_payments::{
    Alarm, PayoutInFlight, PayoutReport, PayoutReportRefusal, PayoutSearch, PayoutState, PayoutStep,
    PayoutTiming, ProviderId, SettlePayoutInput, WithdrawalPlan, WithdrawalState, is_paid_twice,
    next_payout_step, settle_paid_twice, write_off_debt,
};

fn id(text: &str) -> ProviderId {
    text.parse().expect("an id")
}

/// The provider's payouts, written as `id:state`, or as `id:state:amount` if the amount is not that of the order.
fn found(world: &World, text: &str) -> Vec<PayoutReport> {
    let report = |part: &str| {
        let parts: Vec<_> = part.split(':').collect();
        let usual = says(world, parts[1].parse().expect("a state"), "asked");
        let money = parts.get(2).map_or(usual.money, |coins| rupees(coins));
        PayoutReport { id: id(parts[0]), money, ..usual }
    };
    text.split(',').map(report).collect()
}

fn next(world: &World, found: &[PayoutReport]) -> Option<WithdrawalPlan> {
    let World { withdrawals, record, wallet, .. } = world;
    settle_paid_twice(
        found,
        SettlePayoutInput { order: &withdrawals[0], record, wallet, owner: WalletOwner::default() },
        minute(10),
    )
}

/// Carries out everything that follows, like a process that has queried the provider.
fn follow(world: &mut World, found: &[PayoutReport]) {
    while let Some(plan) = next(world, found) {
        assert_eq!(plan.alarm, Some(Alarm::PaidTwice));
        assert!(world.write(plan));
        assert!(world.record.is_held);
    }
    for report in found {
        match settle(world, report) {
            Ok(plan) => assert!(world.write(plan)),
            Err(
                PayoutReportRefusal::NothingNew
                | PayoutReportRefusal::TwoPayouts { .. }
                | PayoutReportRefusal::OtherMoney,
            ) => {}
            Err(refusal) => panic!("{refusal}"),
        }
    }
}

fn check(world: &World, case: &[&str]) {
    let owed = -world.record.owed.units();
    assert_eq!(world.account(&SystemAccount::Receivable(user(42))), owed, "{case:?}");
    let is_open = world.withdrawals[0].state == WithdrawalState::Processing;
    let on_the_way = if is_open { amount("100").units() } else { 0 };
    assert_eq!(world.account(&SystemAccount::Withdrawals), on_the_way, "{case:?}");
}

/// The provider's first and second answer about an order being sent, and the payout known to the order. Then the state,
/// the order's own payout, and the debt. A payout of another amount is for a person: it is neither owed nor the order's
/// own.
const CASES: &str = "
    known  first                        then                         state       own  owed
    _      a:paid,b:paid                _                            COMPLETED   a    100
    _      b:paid,a:paid,c:paid         _                            COMPLETED   a    200
    b      a:paid,b:paid                _                            COMPLETED   b    100
    a      a:processing,b:paid          _                            COMPLETED   b    0
    a      a:processing,b:paid          a:paid,b:paid                COMPLETED   b    100
    a      a:processing,b:paid          a:failed,b:paid              COMPLETED   b    0
    a      a:failed,b:processing        _                            PROCESSING  b    0
    a      a:failed,b:processing        a:failed,b:paid              COMPLETED   b    0
    a      a:failed,b:processing        a:failed,b:failed            FAILED      b    0
    _      a:processing,b:processing    _                            PROCESSING  a    0
    _      a:failed,b:failed            _                            FAILED      a    0
    _      a:failed,b:failed            a:paid,b:failed              FAILED      a    100
    _      a:failed,b:failed            a:failed,b:paid              FAILED      a    100
    _      a:failed,b:failed            a:paid,b:paid                FAILED      a    200
    _      a:paid,b:paid                a:returned,b:paid            RETURNED    a    100
    _      a:paid,b:paid                a:paid,b:returned            COMPLETED   a    0
    _      a:paid,b:paid                a:returned,b:returned        RETURNED    a    0
    _      a:failed,b:returned          _                            FAILED      a    0
    _      a:paid:99,b:paid             _                            COMPLETED   b    0
    _      a:paid,b:paid:99             _                            COMPLETED   a    0
    _      a:paid:99,b:paid:99          _                            PROCESSING  _    0
";

#[test]
fn one_payout_is_the_orders_own_and_its_player_owes_the_others() {
    for row @ [known, first, then, state, own, owed] in rows(CASES) {
        let mut world = processing();
        world.withdrawals[0].provider_id = (known != "_").then(|| id(known));
        for text in [first, then].into_iter().filter(|text| *text != "_") {
            let found = found(&world, text);
            follow(&mut world, &found);
            check(&world, &row);
            let before = world.clone();
            follow(&mut world, &found);
            assert_eq!(world.withdrawals, before.withdrawals, "told again: {row:?}");
        }
        let order = &world.withdrawals[0];
        assert_eq!(order.state.as_ref(), state, "{row:?}");
        let own = (own != "_").then(|| id(own));
        assert_eq!((order.provider_id.clone(), world.record.owed), (own, amount(owed)), "{row:?}");
    }
}

/// Once per set of payouts: a cashier who ends the hold has seen them.
#[test]
fn a_player_paid_twice_is_held_until_a_release() {
    let mut world = processing();
    let several = found(&world, "a:paid,b:processing");
    assert!(is_paid_twice(&world.withdrawals[0], &several));
    follow(&mut world, &several);
    world.record.is_held = false;
    assert_eq!(next(&world, &several), None);
    let more = found(&world, "a:paid,b:processing,c:processing");
    assert!(next(&world, &more).is_some(), "one more");
    let paid = found(&world, "a:paid,b:paid");
    assert!(next(&world, &paid).is_some(), "it is owed");
}

/// Payouts for another order, or of another provider, are no payouts for this one.
#[test]
fn payouts_for_something_else_do_not_count() {
    let world = processing();
    let both = found(&world, "a:paid,b:paid");
    let of_other_order = PayoutReport { reference: deposit_of("another", "10").order, ..both[1].clone() };
    let of_other_provider = PayoutReport { provider: provider("other"), ..both[1].clone() };
    for other in [of_other_order, of_other_provider] {
        assert_eq!(next(&world, &[both[0].clone(), other]), None);
    }
    assert!(next(&world, &both).is_some());
}

/// Its own report then says that it is owed, too.
#[test]
fn an_order_that_was_given_back_takes_no_payout_as_its_own() {
    let mut world = processing();
    world.withdrawals[0].state = WithdrawalState::Failed;
    let plan = next(&world, &found(&world, "a:paid,b:paid")).expect("one is owed");
    assert_eq!((plan.order.provider_id, plan.order.paid_twice), (None, vec![id("b")]));
}

/// The process that sends it queries the provider again, and ends the order with its own payout.
#[test]
fn an_order_with_two_payouts_does_not_stay_on_its_way() {
    let mut world = processing();
    let both = found(&world, "b:paid,a:paid");
    let step = |world: &World| {
        let payout = PayoutInFlight::of(&world.withdrawals[0]).expect("on its way");
        next_payout_step(payout, PayoutSearch::Found(&both), PayoutTiming::default(), minute(10))
    };
    assert_eq!(step(&world), PayoutStep::PaidTwice { found: both.clone() });
    while let Some(plan) = next(&world, &both) {
        assert!(world.write(plan));
    }
    assert_eq!(step(&world), PayoutStep::Settle(Box::new(both[1].clone())));
}

/// A returned payout cancels the debt once, for each of the payouts. If the debt was written off, it cancels the bad
/// debt.
#[test]
fn a_payout_that_comes_back_is_owed_no_more() {
    for is_written_off in [false, true] {
        let mut world = processing();
        for state in [PayoutState::Failed, PayoutState::Paid] {
            let plan = settle(&world, &says(&world, state, "asked")).expect("it is new");
            assert!(world.write(plan));
        }
        assert_eq!(world.record.owed, amount("100"));
        if is_written_off {
            let act = crate::common::act(700, minute(10));
            let plan = write_off_debt(&world.record, 9, &act, minute(10)).expect("allowed").expect("owed");
            assert!(world.write(plan));
        }
        let back = says(&world, PayoutState::Returned, "asked");
        let actual = PayoutReport { ..says(&world, PayoutState::Returned, "callback") };
        assert_eq!(settle(&world, &actual), Err(PayoutReportRefusal::AskProvider));
        let plan = settle(&world, &back).expect("it came back");
        assert!(world.write(plan));
        assert_eq!(settle(&world, &back), Err(PayoutReportRefusal::NothingNew));
        assert_eq!(world.record.owed, amount("0"));
        assert_eq!(world.account(&SystemAccount::Receivable(user(42))), 0);
        assert_eq!(world.account(&SystemAccount::BadDebt), 0);
        let at_provider = SystemAccount::PaymentProvider(Some(provider("sandbox")));
        assert_eq!((world.account(&at_provider), world.wallet.balance), (0, amount("130")));
    }
}
