//! Payouts that cashiers end: who may do so, when, and the result. Nothing is paid or returned twice.

use crate::common::world::World;
use crate::common::{FOUR_EYES, act, amount, minute, rows, rupees};
use crate::payouts::{processing, says, settle};
use evens_ledger::WalletOwner;
use evens_payments::{
    ActRefusal, CarryOutRefusal, CashierAct, HoldRules, PayoutInFlight, PayoutKey, PayoutReport,
    PayoutReportRefusal, PayoutSearch, PayoutState, PayoutStep, PayoutTiming, ResolutionKind, ResolveRefusal,
    SettlePayoutInput, WithdrawalPlan, WithdrawalState, agree_to_resolution, claim_payout, is_paid_twice,
    next_payout_step, resolve_payout,
};
use jiff::SignedDuration;
use std::slice::from_ref;
use strum::VariantArray;

fn agree(world: &World, kind: ResolutionKind, by: u64, at: i64) -> Result<WithdrawalPlan, ResolveRefusal> {
    agree_to_resolution(&world.withdrawals[0], kind, &act(by, minute(at)), &FOUR_EYES, minute(at))
}

/// Two cashiers have approved the resolution, at minutes 10 and 20.
fn agreed(kind: ResolutionKind) -> World {
    let mut world = processing();
    for (by, at) in [(1, 10), (2, 20)] {
        let plan = agree(&world, kind, by, at).expect("nothing stands in its way");
        assert!(world.write(plan));
    }
    world
}

/// Each row is the row above with one fault repaired. The order belongs to player 42, and cashier 1 has already
/// approved it.
const REFUSALS: &str = "
    by  logged-in  state      at-provider  refusal
    42  long-ago   COMPLETED  yes          OwnOrder
    1   long-ago   COMPLETED  yes          AgreedBefore
    2   long-ago   COMPLETED  yes          LoginTooOld
    2   just-now   COMPLETED  yes          COMPLETED
    2   just-now   HELD       yes          HELD
    2   just-now   PROCESSING yes          AtProvider
    2   just-now   PROCESSING no           -
";

#[test]
fn refusals_of_agreements_to_a_resolution_have_their_order() {
    for [by, logged_in, state, at_provider, refusal] in rows::<5>(REFUSALS) {
        let mut world = processing();
        assert!(world.write(agree(&world, ResolutionKind::GiveBack, 1, 5).expect("the first")));
        let order = &mut world.withdrawals[0];
        order.state = state.parse().expect("a state");
        order.provider_id = (at_provider == "yes").then(|| "out-1".parse().expect("an id"));
        let now = minute(20);
        let age = SignedDuration::from_mins(if logged_in == "just-now" { 0 } else { 16 });
        let act = CashierAct { logged_in_at: now - age, ..act(by.parse().expect("a number"), now) };
        let kind = ResolutionKind::GiveBack;
        let said = match agree_to_resolution(&world.withdrawals[0], kind, &act, &FOUR_EYES, now) {
            Err(ResolveRefusal::Act(ActRefusal::OwnOrder)) => "OwnOrder",
            Err(ResolveRefusal::Act(ActRefusal::AgreedBefore)) => "AgreedBefore",
            Err(ResolveRefusal::Act(ActRefusal::LoginTooOld)) => "LoginTooOld",
            Err(ResolveRefusal::Act(ActRefusal::TooManyWaiting)) => "TooManyWaiting",
            Err(ResolveRefusal::InState(state)) => state.into(),
            Err(ResolveRefusal::AtProvider { .. }) => "AtProvider",
            Ok(_) => "-",
        };
        assert_eq!(said, refusal, "{by} {logged_in} {state} {at_provider}");
    }
}

#[test]
fn it_is_due_an_hour_after_the_first_asked_and_when_enough_agree() {
    let mut world = processing();
    assert!(world.write(agree(&world, ResolutionKind::GiveBack, 1, 10).expect("the first")));
    let wanted = |world: &World| world.withdrawals[0].resolution.clone().expect("something is wanted");
    assert_eq!((wanted(&world).approvals.len(), wanted(&world).due_at), (1, None));
    assert!(world.write(agree(&world, ResolutionKind::GiveBack, 2, 20).expect("the second")));
    assert_eq!((wanted(&world).approvals.len(), wanted(&world).due_at), (2, Some(minute(70))));
    // A request for the other kind starts new approvals, but keeps the time since when nothing is sent.
    assert!(world.write(agree(&world, ResolutionKind::Retry, 2, 30).expect("other eyes are needed, too")));
    assert_eq!((wanted(&world).approvals.len(), wanted(&world).due_at), (1, None));
    assert_eq!(wanted(&world).kind, Some(ResolutionKind::Retry));
    assert!(world.write(agree(&world, ResolutionKind::Retry, 1, 40).expect("who wanted the other kind")));
    assert_eq!((wanted(&world).since, wanted(&world).due_at), (minute(10), Some(minute(70))));
    // If one cashier is enough, one approval suffices.
    let world = processing();
    let plan = agree_to_resolution(
        &world.withdrawals[0],
        ResolutionKind::Retry,
        &act(1, minute(10)),
        &HoldRules::default(),
        minute(10),
    );
    assert_eq!(plan.expect("the only one").order.resolution.expect("wanted").due_at, Some(minute(70)));
}

/// Claimed at minute 60, an hour after the claim without a result. Due at minute 70.
#[test]
fn a_payout_under_resolution_is_not_sent_and_records_come_first() {
    let world = agreed(ResolutionKind::GiveBack);
    let key_age_max = SignedDuration::from_mins(30);
    let timing = PayoutTiming { key_age_max, ..PayoutTiming::default() };
    let order =
        claim_payout(&world.withdrawals[0], timing, minute(60)).expect("whoever asks claims it").order;
    let payout = PayoutInFlight::of(&order).expect("it is on its way");
    let paid = says(&world, PayoutState::Paid, "asked");
    let failed = says(&world, PayoutState::Failed, "asked");
    let other_paid = PayoutReport { money: rupees("99"), ..paid.clone() };
    let other_failed = PayoutReport { money: rupees("99"), ..failed.clone() };
    let both = [paid.clone(), other_failed.clone()];
    let settled = |report: &PayoutReport| PayoutStep::Settle(Box::new(report.clone()));
    let other_money = PayoutStep::GiveToPerson(evens_payments::PersonCause::OtherMoney(rupees("99")));
    let frozen = PayoutStep::PaidTwice { found: both.to_vec() };
    let (found, none) = (PayoutSearch::Found, PayoutSearch::Found(&[]));
    let resolve = |failed| PayoutStep::Resolve { failed };
    #[rustfmt::skip]
    let table = [
        (60, none,                           PayoutStep::AskAgain),
        (60, PayoutSearch::Unanswered,       PayoutStep::AskAgain),
        (70, PayoutSearch::Unanswered,       PayoutStep::AskAgain),
        (70, none,                           resolve(None)),
        (70, found(from_ref(&paid)),         settled(&paid)),
        (70, found(from_ref(&failed)),       settled(&failed)),
        (70, found(from_ref(&other_paid)),   other_money),
        (60, found(from_ref(&other_failed)), PayoutStep::AskAgain),
        (70, found(from_ref(&other_failed)), resolve(Some(failed.id.clone()))),
        (70, found(&both),                   frozen),
    ];
    for (at, search, expected) in table {
        assert_eq!(next_payout_step(payout, search, timing, minute(at)), expected, "{at} {search:?}");
    }
}

fn resolve(world: &World, at: i64) -> Result<WithdrawalPlan, CarryOutRefusal> {
    let World { record, wallet, .. } = world;
    let order = &world.withdrawals[0];
    resolve_payout(
        order,
        None,
        SettlePayoutInput { order, record, wallet, owner: WalletOwner::default() },
        minute(at),
    )
}

#[test]
fn a_payout_is_given_back_once_and_owed_if_paid_later() {
    let mut world = agreed(ResolutionKind::GiveBack);
    assert_eq!(resolve(&world, 69), Err(CarryOutRefusal::Changed), "too early");
    let plan = resolve(&world, 70).expect("it is due");
    assert!(world.write(plan.clone()));
    assert!(!world.write(plan), "the same twice");
    let order = &world.withdrawals[0];
    assert_eq!((order.state, world.wallet.balance), (WithdrawalState::Failed, amount("130")));
    assert_eq!((&order.resolution, world.record.open_withdrawals), (&None, 0));
    assert_eq!(resolve(&world, 80), Err(CarryOutRefusal::Changed));
    let paid = settle(&world, &says(&world, PayoutState::Paid, "asked")).expect("it is paid after all");
    assert!(world.write(paid));
    assert_eq!((world.record.owed, world.record.is_held), (amount("100"), true));
}

#[test]
fn a_new_attempt_has_a_key_of_its_own_and_both_count_where_the_old_one_is_paid_after_all() {
    let mut world = agreed(ResolutionKind::Retry);
    let failed = PayoutReport { money: rupees("99"), ..says(&world, PayoutState::Failed, "asked") };
    let World { record, wallet, .. } = &world;
    let order = &world.withdrawals[0];
    let input = SettlePayoutInput { order, record, wallet, owner: WalletOwner::default() };
    let changed = resolve_payout(&processing().withdrawals[0], None, input, minute(70));
    assert_eq!(changed, Err(CarryOutRefusal::Changed), "by the answer about another one");
    let plan = resolve_payout(order, Some(&failed.id), input, minute(70)).expect("it is due");
    assert!(world.write(plan));
    let order = &world.withdrawals[0];
    let attempt = order.attempt.expect("another one");
    assert_eq!((attempt.number, attempt.is_unclaimed(), &order.resolution), (2, true, &None));
    let report = PayoutReport { money: order.terms.money, ..failed.clone() };
    assert_eq!(settle(&world, &report), Err(PayoutReportRefusal::NothingNew), "it gives nothing back");

    let claimed = claim_payout(order, PayoutTiming::default(), minute(71)).expect("it is free").order;
    assert!(!claimed.attempt.expect("claimed").is_unclaimed());
    let payout = PayoutInFlight::of(&claimed).expect("it is on its way");
    let step = |found: &[PayoutReport]| {
        next_payout_step(payout, PayoutSearch::Found(found), PayoutTiming::default(), minute(71))
    };
    let key = PayoutKey::derive(claimed.terms.id, 2);
    assert_ne!(key, PayoutKey::derive(claimed.terms.id, 1));
    assert_eq!(step(from_ref(&failed)), PayoutStep::Send(key));
    let first = says(&world, PayoutState::Paid, "asked");
    let second = PayoutReport { id: "out-2".parse().expect("an id"), ..first.clone() };
    assert!(!is_paid_twice(&claimed, &[failed.clone(), second.clone()]));
    assert_eq!(step(&[failed, second.clone()]), PayoutStep::Settle(Box::new(second.clone())));
    let both = [first, second];
    assert!(is_paid_twice(&claimed, &both));
    assert!(matches!(step(&both), PayoutStep::PaidTwice { .. }));
}

#[test]
fn a_record_of_the_provider_ends_what_cashiers_want() {
    for kind in ResolutionKind::VARIANTS {
        for state in PayoutState::VARIANTS {
            let mut world = agreed(*kind);
            let plan = settle(&world, &says(&world, *state, "asked")).expect("the first word of it");
            assert!(world.write(plan));
            assert_eq!(world.withdrawals[0].resolution, None, "{kind} {state}");
            assert_eq!(resolve(&world, 70), Err(CarryOutRefusal::Changed), "{kind} {state}");
        }
    }
}
