//! Steps of an order that are overtaken between read and write: nothing of their plan is written, and they decide again
//! from the current state.

use crate::order_scenario::{
    act, changed, claimed, deposit_rules, held, holding_rules, opened, payment, payout, payout_reported,
    planned, report, requested, withdrawal_rules,
};
use crate::scenario::{amount, fund, holds, money, second, set_blocked, signed_up, user};
use evens_ledger::Amount;
use evens_payments::{
    ClaimRefusal, DecideRefusal, DepositPlan, DepositReportRefusal, DepositState, ExpireRefusal, PayoutState,
    PayoutTiming, SeenForPayment, SeenForPayout, UnclaimedCause, WithdrawalPlan, WithdrawalState,
    approve_withdrawal, cancel_withdrawal, claim_payout, expire_deposit, open_dispute, refund_deposit,
    reject_withdrawal, settle_deposit, settle_payout,
};
use evens_payments::{DepositOrder, ReverseRefusal, WithdrawalOrder};
use evens_store::{OrderOutcome, Store};
use std::cell::Cell;
use std::future::Future;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

/// An event that happens once, when a rule decides for the first time: its step has read and not yet written.
struct Meanwhile<F> {
    happens: Cell<Option<F>>,
    decisions: Cell<u32>,
}

impl<F: Future> Meanwhile<F> {
    fn of(happens: F) -> Self {
        Self { happens: Cell::new(Some(happens)), decisions: Cell::new(0) }
    }

    fn decide(&self) {
        self.decisions.set(self.decisions.get() + 1);
        if let Some(happens) = self.happens.take() {
            block_in_place(|| Handle::current().block_on(happens));
        }
    }
}

/// Changes a deposit while another event happens, so that it decides twice.
async fn overtaken<Refusal>(
    store: &Store,
    order: &DepositOrder,
    happens: impl Future,
    rule: impl Fn(SeenForPayment<'_>) -> Result<DepositPlan, Refusal>,
) -> OrderOutcome<DepositOrder, Refusal> {
    let meanwhile = Meanwhile::of(happens);
    let outcome = store.change_deposit(order.terms.id, second(50), |seen| {
        meanwhile.decide();
        rule(seen)
    });
    let outcome = outcome.await.expect("an answer");
    assert_eq!(meanwhile.decisions.get(), 2);
    outcome
}

/// Like [`overtaken`], for a withdrawal.
async fn overtaken_payout<Refusal>(
    store: &Store,
    order: &WithdrawalOrder,
    happens: impl Future,
    rule: impl Fn(SeenForPayout<'_>) -> Result<WithdrawalPlan, Refusal>,
) -> OrderOutcome<WithdrawalOrder, Refusal> {
    let meanwhile = Meanwhile::of(happens);
    let outcome = store.change_withdrawal(order.terms.id, second(50), |seen| {
        meanwhile.decide();
        rule(seen)
    });
    let outcome = outcome.await.expect("an answer");
    assert_eq!(meanwhile.decisions.get(), 2);
    outcome
}

fn credit(order: &DepositOrder) -> impl Fn(SeenForPayment<'_>) -> Result<DepositPlan, DepositReportRefusal> {
    let paid = payment(order, "pay-1");
    move |seen| settle_deposit(&paid, seen, &deposit_rules(), second(50))
}

fn expire(seen: SeenForPayment<'_>) -> Result<DepositPlan, ExpireRefusal> {
    expire_deposit(seen.order, seen.cashier, &[], &deposit_rules().zone, second(2_000))
}

fn claim(seen: SeenForPayout<'_>) -> Result<WithdrawalPlan, ClaimRefusal> {
    claim_payout(seen.order, PayoutTiming::default(), second(50))
}

fn cancel(seen: SeenForPayout<'_>) -> Result<WithdrawalPlan, DecideRefusal> {
    cancel_withdrawal(seen.order, seen.cashier, seen.wallet, second(50))
}

/// The order itself changes, so that the second step finds another revision.
pub(crate) async fn a_deposit_that_came_further_meanwhile_is_decided_about_again(store: &Store) {
    let repeated = opened(store, 1, "key-1", "100", 0).await;
    let paid = payment(&repeated, "pay-1");
    let outcome = overtaken(store, &repeated, report(store, &paid, 5), credit(&repeated)).await;
    assert_eq!(outcome, OrderOutcome::Refused(DepositReportRefusal::NothingNew));
    assert_eq!(money(store, 1).await, holds("100", "0"));

    let late = opened(store, 2, "key-1", "100", 0).await;
    let paid = payment(&late, "pay-2");
    let outcome = overtaken(store, &late, report(store, &paid, 5), expire).await;
    assert_eq!(outcome, OrderOutcome::Refused(ExpireRefusal::NotOpen(DepositState::Completed)));
    assert_eq!(store.load_cashier(user(2)).await.unwrap().deposits.day.used, amount("100"));

    let expired = opened(store, 3, "key-1", "100", 0).await;
    let expires = store.change_deposit(expired.terms.id, second(40), expire);
    let plan = planned(overtaken(store, &expired, expires, credit(&expired)).await);
    assert_eq!(plan.read.expect("an order").state, DepositState::Expired);
    let sums = store.load_cashier(user(3)).await.unwrap().deposits.day;
    assert_eq!((sums.reserved, sums.used), (Amount::ZERO, amount("100")));

    // It is disputed while a cashier refunds it.
    let disputes = changed(store, &expired, 45, |seen, now| open_dispute(seen.order, now).ok_or(()));
    let outcome = overtaken(store, &expired, disputes, |seen| {
        refund_deposit(seen.order, seen.cashier, seen.wallet, &act(90, second(50)), second(50))
    });
    let refused = OrderOutcome::Refused(ReverseRefusal::InState(DepositState::Disputed));
    assert_eq!(outcome.await, refused);
    assert_eq!(money(store, 3).await, holds("100", "0"));
}

/// The order is unchanged, but the player's record or wallet is not.
pub(crate) async fn concurrent_changes_of_a_player_are_not_lost(store: &Store) {
    let order = opened(store, 1, "key-1", "100", 0).await;
    let plan = planned(overtaken(store, &order, opened(store, 1, "key-2", "7", 5), credit(&order)).await);
    let sums = plan.cashier.expect("it changes").deposits.day;
    assert_eq!((sums.reserved, sums.used), (amount("7"), amount("100")));

    let order = opened(store, 1, "key-3", "10", 0).await;
    planned(overtaken(store, &order, fund(store, 1, "5"), credit(&order)).await);
    assert_eq!(money(store, 1).await, holds("115", "0"));

    let order = requested(store, 1, "key-4", "50", 0).await;
    planned(overtaken_payout(store, &order, fund(store, 1, "6"), cancel).await);
    assert_eq!(money(store, 1).await, holds("121", "0"));
}

/// A player who is blocked between read and write is not credited.
pub(crate) async fn a_player_blocked_meanwhile_is_not_credited(store: &Store) {
    signed_up(store, 1, None).await;
    let order = opened(store, 1, "key-1", "100", 0).await;
    let plan = planned(overtaken(store, &order, set_blocked(store, user(1), true), credit(&order)).await);
    let payment = plan.order.payment.expect("it came");
    assert_eq!(
        (plan.order.state, payment.unclaimed),
        (DepositState::Unclaimed, Some(UnclaimedCause::AccountBlocked))
    );
    assert_eq!(money(store, 1).await, holds("0", "0"));
}

/// Exactly one of two steps is made, whichever wrote first.
pub(crate) async fn a_withdrawal_that_came_further_meanwhile_is_decided_about_again(store: &Store) {
    let state = async |order: &WithdrawalOrder| {
        store.load_withdrawal(order.terms.id).await.expect("a read").expect("the withdrawal").state
    };
    fund(store, 1, "100").await;
    let order = requested(store, 1, "key-1", "10", 0).await;
    let cancels = store.change_withdrawal(order.terms.id, second(40), cancel);
    let outcome = overtaken_payout(store, &order, cancels, claim).await;
    assert_eq!(outcome, OrderOutcome::Refused(ClaimRefusal::InState(WithdrawalState::Cancelled)));
    assert_eq!(money(store, 1).await, holds("100", "0"));

    let order = requested(store, 1, "key-2", "10", 0).await;
    let outcome = overtaken_payout(store, &order, claimed(store, &order, 40), cancel).await;
    assert_eq!(outcome, OrderOutcome::Refused(DecideRefusal::InState(WithdrawalState::Processing)));
    assert_eq!(money(store, 1).await, holds("90", "0"));
    // Two processes claim it, and one gets it.
    let again = requested(store, 1, "key-3", "10", 0).await;
    let outcome = overtaken_payout(store, &again, claimed(store, &again, 40), claim).await;
    assert_eq!(outcome, OrderOutcome::Refused(ClaimRefusal::Leased { until: second(85) }));

    // Two reports of the provider at once, a failure and a payment. The money was returned, so the player owes it.
    let paid = payout(&order, PayoutState::Paid);
    let fails = payout_reported(store, &order, PayoutState::Failed, 45);
    let plan = planned(
        overtaken_payout(store, &order, fails, |seen| {
            settle_payout(&paid, Some(seen.order), seen, &withdrawal_rules(), second(50))
        })
        .await,
    );
    assert_eq!((plan.order.state, plan.order.is_paid_after_return), (WithdrawalState::Failed, true));
    assert_eq!(store.load_cashier(user(1)).await.unwrap().owed, amount("10"));

    let order = held(store, 2, "key-1", "10", 0);
    fund(store, 2, "100").await;
    let order = order.await;
    let rejects = store.change_withdrawal(order.terms.id, second(40), |seen| {
        reject_withdrawal(seen.order, seen.cashier, seen.wallet, &act(91, second(40)), second(40))
    });
    let outcome = overtaken_payout(store, &order, rejects, |seen| {
        approve_withdrawal(seen.order, seen.cashier, &act(90, second(50)), &holding_rules().holds, second(50))
    });
    let refused = OrderOutcome::Refused(DecideRefusal::InState(WithdrawalState::Rejected));
    assert_eq!((outcome.await, state(&order).await), (refused, WithdrawalState::Rejected));
    assert_eq!(money(store, 2).await, holds("100", "0"));
}
