//! Sending withdrawals: claims, the next step, and the effects of a provider's reports. Nothing is paid twice.

use crate::common::world::World;
use crate::common::{
    amount, minute, old_payee, or_usual, payout, provider, rows, rupees, user, withdrawal_of,
    withdrawal_rules,
};
use evens_ledger::{SystemAccount, WalletOwner};
use evens_payments::{
    Alarm, Approval, Attempt, CallError, ClaimRefusal, HoldReason, PayoutInFlight, PayoutKey, PayoutReport,
    PayoutReportRefusal, PayoutSearch, PayoutState, PayoutStep, PayoutTiming, PersonCause,
    RequestWithdrawalInput, Resolution, ResolutionKind, SettlePayoutInput, WithdrawalOrder, WithdrawalPlan,
    WithdrawalRules, WithdrawalState, claim_payout, next_payout_step, request_withdrawal, resolve_payout,
    settle_payout, step_after_failed_call,
};
use jiff::SignedDuration;
use std::collections::BTreeSet;

/// An approved withdrawal of 100 by a player who has 130.
pub(crate) fn approved() -> World {
    let mut world = World::new("130");
    let input = RequestWithdrawalInput {
        existing: None,
        owner: WalletOwner::default(),
        payee: Some(old_payee()),
        password_since: minute(0),
        record: &world.record,
        wallet: &world.wallet,
        turnover: amount("0"),
        may_bet: true,
        payout_limit: None,
    };
    let asked = withdrawal_of("key-1", "100");
    let plan = request_withdrawal(&asked, input, &withdrawal_rules(), minute(0)).expect("taken");
    assert!(world.write(plan));
    world
}

/// The same, claimed at minute 0, without any report since.
pub(crate) fn processing() -> World {
    let mut world = approved();
    let plan =
        claim_payout(&world.withdrawals[0], PayoutTiming::default(), minute(0)).expect("it is approved");
    assert!(world.write(plan));
    world
}

/// A report of the provider about the withdrawal.
pub(crate) fn says(world: &World, state: PayoutState, source: &str) -> PayoutReport {
    let terms = &world.withdrawals[0].terms;
    payout(terms.id, "out-1", terms.money, state, source)
}

/// The effect of the report if the order has not changed since the query.
pub(crate) fn settle(world: &World, report: &PayoutReport) -> Result<WithdrawalPlan, PayoutReportRefusal> {
    let rules = WithdrawalRules { confirm_above: Some(amount("100")), ..withdrawal_rules() };
    let World { record, wallet, .. } = world;
    let order = &world.withdrawals[0];
    settle_payout(
        report,
        Some(order),
        SettlePayoutInput { order, record, wallet, owner: WalletOwner::default() },
        &rules,
        minute(9),
    )
}

/// A sent order in the state `from`, whose payout has the provider's id out-1 if it is known. `_` is the usual value:
/// our own query about out-1. The result is the state afterwards and the movement: `nothing`, money `out` to the
/// provider, money `back` into the wallet, or a debt that the player `owes`.
const REPORTS: &str = "
    from        known  report      id     source    result
    HELD        _      failed      _      _         NeverSent
    APPROVED    _      processing  _      _         NeverSent
    PROCESSING  _      processing  _      callback  PROCESSING/nothing
    PROCESSING  known  processing  _      callback  NothingNew
    PROCESSING  _      paid        _      callback  COMPLETED/out
    PROCESSING  known  paid        _      callback  COMPLETED/out
    PROCESSING  known  paid        out-2  _         TwoPayouts
    PROCESSING  known  failed      out-2  _         TwoPayouts
    PROCESSING  known  paid        out-2  callback  AskProvider
    PROCESSING  _      failed      _      callback  AskProvider
    PROCESSING  _      failed      _      _         FAILED/back
    PROCESSING  _      returned    _      callback  AskProvider
    PROCESSING  _      returned    _      _         FAILED/back
    COMPLETED   known  processing  _      _         NothingNew
    COMPLETED   known  paid        _      _         NothingNew
    COMPLETED   known  paid        out-2  _         TwoPayouts
    COMPLETED   known  paid        out-2  callback  AskProvider
    COMPLETED   known  failed      _      callback  AskProvider
    COMPLETED   known  failed      _      _         RETURNED/back
    COMPLETED   known  returned    _      _         RETURNED/back
    FAILED      known  failed      _      _         NothingNew
    FAILED      known  returned    _      _         NothingNew
    FAILED      known  processing  _      _         NothingNew
    FAILED      known  paid        _      callback  AskProvider
    FAILED      known  paid        _      _         FAILED/owes
    RETURNED    known  returned    _      _         NothingNew
    RETURNED    known  failed      _      _         NothingNew
    RETURNED    known  paid        _      _         RETURNED/owes
    REJECTED    _      failed      _      _         NothingNew
    REJECTED    _      paid        _      _         REJECTED/owes
    CANCELLED   _      returned    _      _         NothingNew
    CANCELLED   _      paid        _      _         CANCELLED/owes
";

fn result(before: &World, outcome: Result<WithdrawalPlan, PayoutReportRefusal>) -> String {
    let plan = match outcome {
        Ok(plan) => plan,
        Err(refusal @ PayoutReportRefusal::TwoPayouts { .. }) => {
            assert_eq!(refusal.alarm(), Some(Alarm::PaidTwice));
            return "TwoPayouts".to_owned();
        }
        Err(refusal) => {
            assert_eq!(refusal.alarm(), None, "{refusal:?}");
            return format!("{refusal:?}");
        }
    };
    let mut world = before.clone();
    assert!(world.write(plan.clone()));
    let units = |world: &World, account: SystemAccount| world.account(&account);
    let moved = |account: SystemAccount| units(&world, account.clone()) - units(before, account);
    let hundred = amount("100").units();
    let withdrawals = moved(SystemAccount::Withdrawals);
    let at_provider = moved(SystemAccount::PaymentProvider(Some(provider("sandbox"))));
    let in_wallet = world.wallet.balance.units() - before.wallet.balance.units();
    let is_back = in_wallet == hundred && withdrawals + at_provider == -hundred;
    let word = if moved(SystemAccount::Receivable(user(42))) == -hundred && at_provider == hundred {
        assert_eq!((world.record.owed, world.record.is_held), (amount("100"), true));
        assert_eq!((plan.alarm, plan.order.is_paid_after_return), (Some(Alarm::PaidAfterReturn), true));
        assert_eq!(
            settle(&world, &says(&world, PayoutState::Paid, "asked")),
            Err(PayoutReportRefusal::NothingNew)
        );
        "owes"
    } else if is_back {
        "back"
    } else if (withdrawals, at_provider) == (-hundred, hundred) {
        "out"
    } else {
        assert_eq!((withdrawals, at_provider, in_wallet), (0, 0, 0));
        "nothing"
    };
    format!("{}/{word}", plan.order.state)
}

#[test]
fn reports_do_what_the_state_lets_them() {
    for row @ [from, known, state, id, source, expected] in rows(REPORTS) {
        let mut world = processing();
        let order = &mut world.withdrawals[0];
        order.state = from.parse().expect("a state");
        order.provider_id = (known == "known").then(|| "out-1".parse().expect("an id"));
        let report = PayoutReport {
            id: or_usual(id, "out-1").parse().expect("an id"),
            ..says(&world, state.parse().expect("a state"), or_usual(source, "asked"))
        };
        assert_eq!(result(&world, settle(&world, &report)), expected, "{row:?}");
    }
}

/// Each row is the row above with one fault repaired.
#[test]
fn faults_of_a_report_have_their_order() {
    let mut world = approved();
    let right = says(&world, PayoutState::Paid, "callback");
    let wrong = PayoutReport { money: rupees("99"), provider: provider("other"), ..right.clone() };
    assert_eq!(settle(&world, &wrong), Err(PayoutReportRefusal::OtherOrder));
    let wrong = PayoutReport { provider: provider("sandbox"), ..wrong };
    assert_eq!(settle(&world, &wrong), Err(PayoutReportRefusal::OtherMoney));
    assert_eq!(settle(&world, &right), Err(PayoutReportRefusal::NeverSent));
    world = processing();
    assert!(settle(&world, &right).is_ok(), "100 is not above what is asked about");
    world.withdrawals[0].terms.money = rupees("100.01");
    let large = PayoutReport { money: rupees("100.01"), ..right };
    assert_eq!(settle(&world, &large), Err(PayoutReportRefusal::AskProvider));
}

/// `failed` then `reversed`, or `processed` then `reversed`: returned to the wallet once. Then `processed` again: owed.
#[test]
fn no_word_of_a_provider_is_its_last() {
    for first in [PayoutState::Failed, PayoutState::Paid] {
        let mut world = processing();
        for state in [first, PayoutState::Returned, PayoutState::Failed, PayoutState::Returned] {
            let plan = settle(&world, &says(&world, state, "asked"));
            assert!(plan.is_err() || world.write(plan.expect("it is ok")));
        }
        assert_eq!((world.wallet.balance, world.record.owed), (amount("130"), amount("0")));
        assert_eq!(world.record.totals.withdrawn, amount("0"));
        let paid = settle(&world, &says(&world, PayoutState::Paid, "asked")).expect("it is owed");
        assert!(world.write(paid));
        assert_eq!((world.wallet.balance, world.record.owed), (amount("130"), amount("100")));
        assert_eq!(world.account(&SystemAccount::Withdrawals), 0);
    }
}

/// While one process gets the answer that it was paid, another one gets the answer that it came back, and returns the
/// money.
#[test]
fn an_answer_that_is_older_than_the_order_gives_and_takes_nothing_back() {
    let mut world = processing();
    let (paid, returned) =
        (says(&world, PayoutState::Paid, "asked"), says(&world, PayoutState::Returned, "asked"));
    let completed = settle(&world, &paid).expect("it is completed");
    assert!(world.write(completed));
    let before = world.withdrawals[0].clone();
    let old = |world: &World, report| {
        let World { withdrawals, record, wallet, .. } = world;
        let input =
            SettlePayoutInput { order: &withdrawals[0], record, wallet, owner: WalletOwner::default() };
        settle_payout(report, Some(&before), input, &withdrawal_rules(), minute(9))
    };
    let given_back = old(&world, &returned).expect("nothing has changed yet");
    assert!(world.write(given_back));
    assert_eq!(old(&world, &paid), Err(PayoutReportRefusal::AskProvider));
    assert!(settle(&world, &paid).is_ok(), "asked again, the same answer is owed");
}

#[test]
fn one_process_at_a_time_has_an_attempt() {
    let mut world = approved();
    let timing = PayoutTiming::default();
    let claim = |order: &WithdrawalOrder, at| claim_payout(order, timing, minute(at));
    let (one, other) = (claim(&world.withdrawals[0], 1), claim(&world.withdrawals[0], 1));
    assert!(world.write(one.expect("it is approved")));
    assert!(!world.write(other.expect("by the same reading")));
    let until = |claimed_at| minute(claimed_at) + timing.lease;
    let attempt = |number, since, claimed_at| {
        Some(Attempt { number, key_since: minute(since), lease_until: until(claimed_at) })
    };
    assert_eq!(world.withdrawals[0].attempt, attempt(1, 1, 1));
    let early = claim_payout(&world.withdrawals[0], timing, until(1) - SignedDuration::from_nanos(1));
    assert_eq!(early.err(), Some(ClaimRefusal::Leased { until: until(1) }));
    assert!(claim_payout(&world.withdrawals[0], timing, until(1)).is_ok(), "it ends at that moment");
    assert!(world.write(claim(&world.withdrawals[0], 5).expect("the lease is over")));
    assert_eq!(world.withdrawals[0].attempt, attempt(1, 1, 5), "the same key, of the same age");
    world.withdrawals[0].state = WithdrawalState::Cancelled;
    let late = claim(&world.withdrawals[0], 9);
    assert_eq!(late.err(), Some(ClaimRefusal::InState(WithdrawalState::Cancelled)));
}

/// Each row has the reasons of a hold, the approving cashiers, and the number of approvals that the hold requires. User
/// 42 is the player.
#[test]
fn a_held_withdrawal_is_sent_only_with_its_approvals() {
    use HoldReason::{AccountHeld, FourEyes, Large, Owes};
    #[rustfmt::skip]
    let table: [(&[HoldReason], &[u64], usize); 9] = [
        (&[],                &[],         0),
        (&[Large],           &[],         1),
        (&[Large],           &[42],       1),
        (&[Large],           &[700],      1),
        (&[Owes],            &[],         1),
        (&[Large, FourEyes], &[],         2),
        (&[Large, FourEyes], &[700],      2),
        (&[FourEyes],        &[700, 700], 2),
        (&[FourEyes],        &[700, 701], 2),
    ];
    for (reasons, approvers, needed) in table {
        let with = |order: &WithdrawalOrder| WithdrawalOrder {
            hold_reasons: reasons.to_vec(),
            approvals: approvers.iter().map(|by| Approval { by: user(*by), at: minute(0) }).collect(),
            ..order.clone()
        };
        let distinct: BTreeSet<_> = approvers.iter().filter(|by| **by != 42).collect();
        let is_approved = distinct.len() >= needed;
        let order = with(&approved().withdrawals[0]);
        assert_eq!(order.approvals_of_hold(), needed, "{reasons:?}");
        let claimed = claim_payout(&order, PayoutTiming::default(), minute(1));
        let refused = ClaimRefusal::NotApproved { approvals: distinct.len(), needed };
        assert_eq!(claimed.err(), (!is_approved).then_some(refused), "{reasons:?} {approvers:?}");
        let order = with(&processing().withdrawals[0]);
        let payout = PayoutInFlight::of(&order).expect("it is being sent");
        let step = next_payout_step(payout, PayoutSearch::Found(&[]), PayoutTiming::default(), minute(0));
        let refused = PayoutStep::GiveToPerson(PersonCause::NotApproved);
        assert_eq!(step == refused, !is_approved, "{reasons:?} {approvers:?}: {step:?}");
    }
    // If it was held while it was being sent, the cashiers who want a retry approve it.
    let mut order = processing().withdrawals[0].clone();
    order.hold_reasons = vec![AccountHeld];
    let (by, at) = (user(700), minute(0));
    let approvals = vec![Approval { by, at }];
    let due_at = Some(minute(0));
    order.resolution = Some(Resolution { kind: Some(ResolutionKind::Retry), since: at, approvals, due_at });
    let World { record, wallet, .. } = processing();
    let input =
        SettlePayoutInput { order: &order, record: &record, wallet: &wallet, owner: WalletOwner::default() };
    let retried = resolve_payout(&order, None, input, minute(1)).expect("it is due").order;
    assert_eq!(retried.approvals, [Approval { by, at }]);
}

/// Reasons and cashiers.
type HoldCase = (&'static [HoldReason], &'static [u64], &'static [u64], &'static [u64]);

/// Each row has the reasons of a hold, the cashiers who approved the withdrawal, those who want a retry, and the
/// approvals afterwards.
#[test]
fn those_who_want_a_retry_approve_what_was_held() {
    #[rustfmt::skip]
    let table: [HoldCase; 5] = [
        (&[],                        &[],         &[700, 701], &[]),
        (&[HoldReason::AccountHeld], &[],         &[700, 701], &[700, 701]),
        (&[HoldReason::AccountHeld], &[700],      &[700, 701], &[700, 701]),
        (&[HoldReason::AccountHeld], &[701, 702], &[700, 701], &[701, 702, 700]),
        (&[HoldReason::AccountHeld], &[700],      &[],         &[700]),
    ];
    let by = |cashiers: &[u64]| -> Vec<Approval> {
        cashiers.iter().map(|by| Approval { by: user(*by), at: minute(0) }).collect()
    };
    for (reasons, approved, wanted, expected) in table {
        let World { record, wallet, withdrawals, .. } = processing();
        let resolution = Resolution {
            kind: Some(ResolutionKind::Retry),
            since: minute(0),
            approvals: by(wanted),
            due_at: Some(minute(1)),
        };
        let order = WithdrawalOrder {
            hold_reasons: reasons.to_vec(),
            approvals: by(approved),
            resolution: Some(resolution),
            ..withdrawals[0].clone()
        };
        let input = SettlePayoutInput {
            order: &order,
            record: &record,
            wallet: &wallet,
            owner: WalletOwner::default(),
        };
        let retried = resolve_payout(&order, None, input, minute(1)).expect("it is due").order;
        assert_eq!(retried.approvals, by(expected), "{reasons:?} {approved:?} {wanted:?}");
    }
}

/// The claim was made at minute 0, and its call may begin within ten seconds. The key is too old after six days.
#[test]
fn the_next_step_never_pays_twice() {
    let world = processing();
    let order = &world.withdrawals[0];
    let key = PayoutKey::derive(order.terms.id, 1);
    let record =
        |id: &str, state| PayoutReport { id: id.parse().expect("an id"), ..says(&world, state, "asked") };
    let (failed, paid) = (record("out-1", PayoutState::Failed), record("out-2", PayoutState::Paid));
    let other_money = PayoutReport { money: rupees("99"), ..paid.clone() };
    let other_failed = PayoutReport { money: rupees("99"), ..failed.clone() };
    let both = [failed.clone(), paid.clone()];
    let twice = PayoutStep::PaidTwice { found: both.to_vec() };
    let settled = |report: &PayoutReport| PayoutStep::Settle(Box::new(report.clone()));
    let too_old = || PayoutStep::GiveToPerson(PersonCause::KeyTooOld);
    let (found, none) = (PayoutSearch::Found, PayoutSearch::Found(&[]));
    let six_days = 6 * 24 * 60 * 60;
    #[rustfmt::skip]
    let table = [
        // second         search                          step
        (0,               PayoutSearch::FirstClaim,       PayoutStep::Send(key)),
        (10,              PayoutSearch::FirstClaim,       PayoutStep::Send(key)),
        (11,              PayoutSearch::FirstClaim,       PayoutStep::AskAgain),
        (10,              none,                           PayoutStep::Send(key)),
        (11,              none,                           PayoutStep::AskAgain),
        (0,               PayoutSearch::Unanswered,       PayoutStep::AskAgain),
        (six_days - 1,    PayoutSearch::Unanswered,       PayoutStep::AskAgain),
        (six_days,        PayoutSearch::Unanswered,       too_old()),
        (six_days,        none,                           too_old()),
        (six_days,        found(&both[1..]),              settled(&paid)),
        (0,               found(&both[..1]),              settled(&failed)),
        (0,               found(&both[1..]),              settled(&paid)),
        (0,               found(&both),                   twice),
        (0,               found(std::slice::from_ref(&other_money)),
                                        PayoutStep::GiveToPerson(PersonCause::OtherMoney(rupees("99")))),
        // Only a decision of cashiers ends it.
        (0,               found(std::slice::from_ref(&other_failed)),
                                        PayoutStep::GiveToPerson(PersonCause::OtherMoney(rupees("99")))),
    ];
    for (second, search, expected) in table {
        let payout = PayoutInFlight::of(order).expect("it is being sent");
        let now = minute(0) + SignedDuration::from_secs(second);
        let step = next_payout_step(payout, search, PayoutTiming::default(), now);
        assert_eq!(step, expected, "{second} {search:?}");
    }
}

#[test]
fn a_refusal_says_something_of_a_first_call_only() {
    let refused = CallError::Refused { code: "BAD_ACCOUNT".to_owned() };
    let given = PayoutStep::GiveToPerson(PersonCause::Refused { code: "BAD_ACCOUNT".to_owned() });
    assert_eq!(step_after_failed_call(refused.clone(), true), given);
    assert_eq!(step_after_failed_call(refused, false), PayoutStep::AskAgain);
    assert_eq!(step_after_failed_call(CallError::Unknown, true), PayoutStep::AskAgain);
}
