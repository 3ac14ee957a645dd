//! The next check of an order, in every state and at every age.

use crate::common::world::World;
use crate::common::{
    deposit_of, deposit_rules, minute, old_payee, or_usual, rows, rupees, withdrawal_of, withdrawal_rules,
};
use evens_ledger::{Amount, WalletOwner};
use evens_payments::{
    Attempt, DepositOrder, DepositState, OpenDepositInput, PaymentRefund, ReceivedPayment,
    RequestWithdrawalInput, Resolution, ResolutionKind, WithdrawalOrder, WithdrawalState, open_deposit,
    request_withdrawal,
};
use jiff::Timestamp;
use proptest::prelude::*;
use strum::VariantArray;

/// A deposit opened at minute 0, which can be paid until minute 30.
fn deposit(state: DepositState) -> DepositOrder {
    let world = World::new("100");
    let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &world.record };
    let plan = open_deposit(&deposit_of("key", "100"), input, &deposit_rules(), minute(0));
    DepositOrder { state, ..plan.expect("nothing stands in its way").order }
}

/// A withdrawal requested at minute 0, with an optional claim, and known to its provider or not.
fn withdrawal(state: WithdrawalState, claimed_until: Option<i64>, is_known: bool) -> WithdrawalOrder {
    let world = World::new("100");
    let input = RequestWithdrawalInput {
        existing: None,
        owner: WalletOwner::default(),
        payee: Some(old_payee()),
        password_since: minute(-100_000),
        record: &world.record,
        wallet: &world.wallet,
        turnover: Amount::ZERO,
        may_bet: true,
        payout_limit: None,
    };
    let plan = request_withdrawal(&withdrawal_of("key", "100"), input, &withdrawal_rules(), minute(0));
    let attempt =
        claimed_until.map(|until| Attempt { number: 1, key_since: minute(0), lease_until: minute(until) });
    let provider_id = is_known.then(|| "payout-1".parse().expect("an id"));
    WithdrawalOrder { state, attempt, provider_id, ..plan.expect("nothing stands in its way").order }
}

fn parsed(cell: &str) -> Option<i64> {
    (cell != "-").then(|| cell.parse().expect("a minute"))
}

/// In minutes: after 2, 10 and 30, then hourly. While money may arrive late, up to five days after minute 30.
const DEPOSITS: &str = "
    state         now     next
    CREATED       0       2
    CREATED       1       2
    CREATED       2       10
    CREATED       9       10
    CREATED       10      30
    CREATED       29      30
    CREATED       30      90
    CREATED       31      91
    CREATED       100000  100060
    PENDING       0       2
    PENDING       30      90
    PENDING       100000  100060
    COMPLETED     0       -
    FAILED        0       2
    FAILED        30      90
    FAILED        7170    7230
    FAILED        7171    -
    EXPIRED       30      90
    EXPIRED       7170    7230
    EXPIRED       7171    -
    UNCLAIMED     5       5
    UNCLAIMED     100000  100000
    RETURNED      0       -
    CLAIMED       0       -
    REFUNDED      0       -
    DISPUTED      0       -
    CHARGED_BACK  0       -
";

#[test]
fn a_deposit_is_asked_about_less_and_less_often() {
    let table = rows::<3>(DEPOSITS);
    for [state, now, next] in &table {
        let order = deposit(state.parse().expect("a state"));
        let [now, next] = [parsed(now), parsed(next)].map(|cell| cell.map(minute));
        assert_eq!(order.next_check_at(now.expect("a minute")), next, "{state} at {now:?}");
    }
    let mut states: Vec<DepositState> = table.iter().map(|row| row[0].parse().expect("a state")).collect();
    states.dedup();
    assert_eq!(states, DepositState::VARIANTS);
}

/// A refund is queried after 2, 10 and 30 minutes, then hourly, until it is made.
#[test]
fn a_payment_that_goes_back_is_asked_for_until_it_is_made() {
    let payment = ReceivedPayment {
        provider: "sandbox".parse().expect("a name"),
        id: "pay-1".parse().expect("an id"),
        money: rupees("100"),
        unclaimed: None,
    };
    for state in [DepositState::Refunded, DepositState::Returned] {
        for (made, now, next) in
            [(false, 50, Some(52)), (false, 55, Some(60)), (false, 100, Some(160)), (true, 50, None)]
        {
            let made = made.then(|| "refund-1".parse().expect("an id"));
            let refund = Some(PaymentRefund { since: minute(50), attempt: 1, made });
            let order = DepositOrder { payment: Some(payment.clone()), refund, ..deposit(state) };
            assert_eq!(order.next_check_at(minute(now)), next.map(minute), "{state} {now}");
        }
    }
}

/// An unsent withdrawal is checked after a minute. A claimed one is checked when the claim ends, and one known to the
/// provider is checked like a deposit. In its first minute a withdrawal keeps its position in the list.
const WITHDRAWALS: &str = "
    state       claimed-until  known  now     next
    HELD        -              _      5       5
    APPROVED    -              _      7       8
    APPROVED    -              _      0       1
    PROCESSING  3              _      0       1
    PROCESSING  3              yes    0       1
    PROCESSING  3              _      1       3
    PROCESSING  3              _      3       3
    PROCESSING  3              _      4       4
    PROCESSING  3              yes    1       2
    PROCESSING  3              yes    2       10
    PROCESSING  3              yes    10      30
    PROCESSING  3              yes    100000  100060
    COMPLETED   3              yes    4       -
    FAILED      3              yes    4       -
    REJECTED    -              _      4       -
    CANCELLED   -              _      4       -
    RETURNED    3              yes    4       -
";

/// While cashiers have not agreed to the request of minute 0, hourly. After that when the resolution is due, and at the
/// end of each later claim.
#[test]
fn a_payout_under_resolution_is_checked_when_it_is_due() {
    let wanted = |due_at: Option<i64>| Resolution {
        kind: Some(ResolutionKind::GiveBack),
        since: minute(0),
        approvals: Vec::new(),
        due_at: due_at.map(minute),
    };
    #[rustfmt::skip]
    let table = [
        // due      known  now  next
        (None,      false, 1,   61),
        (Some(60),  false, 1,   60),
        (Some(60),  false, 60,  60),
        (Some(60),  false, 99,  99),
        (Some(60),  true,  1,   2),
    ];
    for (due_at, is_known, now, next) in table {
        let order = withdrawal(WithdrawalState::Processing, Some(3), is_known);
        let order = WithdrawalOrder { resolution: Some(wanted(due_at)), ..order };
        assert_eq!(order.next_check_at(minute(now)), Some(minute(next)), "{due_at:?} {is_known} {now}");
    }
}

#[test]
fn a_withdrawal_is_checked_when_its_claim_must_be_over() {
    let table = rows::<5>(WITHDRAWALS);
    for [state, claimed_until, known, now, next] in &table {
        let is_known = or_usual(known, "no") == "yes";
        let order = withdrawal(state.parse().expect("a state"), parsed(claimed_until), is_known);
        let [now, next] = [parsed(now), parsed(next)].map(|cell| cell.map(minute));
        assert_eq!(order.next_check_at(now.expect("a minute")), next, "{state} at {now:?}");
    }
    let mut states: Vec<WithdrawalState> = table.iter().map(|row| row[0].parse().expect("a state")).collect();
    states.dedup();
    assert_eq!(states, WithdrawalState::VARIANTS);
}

/// M6: an unfinished order is checked again. The next check is never in the past, where the sweep would find it again
/// before all others.
fn is_ahead(next: Option<Timestamp>, now: Timestamp, is_over: bool) -> Result<(), TestCaseError> {
    prop_assert!(next.is_none_or(|at| at >= now), "{next:?} before {now}");
    prop_assert!(next.is_some() || is_over);
    Ok(())
}

proptest! {
    #[test]
    fn the_next_look_lies_ahead(
        deposit_state in prop::sample::select(DepositState::VARIANTS.to_vec()),
        withdrawal_state in prop::sample::select(WithdrawalState::VARIANTS.to_vec()),
        claimed_until in prop::option::of(0..200_000_i64),
        is_known in any::<bool>(),
        now in 0..200_000_i64,
    ) {
        let now = minute(now);
        let is_open = matches!(
            deposit_state,
            DepositState::Created | DepositState::Pending | DepositState::Unclaimed
        );
        is_ahead(deposit(deposit_state).next_check_at(now), now, !is_open)?;
        let order = withdrawal(withdrawal_state, claimed_until, is_known);
        is_ahead(order.next_check_at(now), now, !withdrawal_state.is_unfinished())?;
    }
}
