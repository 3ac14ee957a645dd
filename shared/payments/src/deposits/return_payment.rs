//! Sending back an extra payment in suspense, one that arrived in addition to the order's own payment.

use crate::deposits::claim_suspended::suspended_transfer;
use crate::withdrawals::decide_withdrawal::act_line;
use crate::{
    ActRefusal, CashierAct, DepositEvent, DepositOrder, DepositPlan, Money, PaymentRefund, PaymentReturn,
    Plan, ProviderId, ReceivedPayment, UnclaimedCause, return_suspended,
};
use evens_ledger::Transfer;
use jiff::Timestamp;

/// The reason why a payment is not sent back, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReturnPaymentRefusal {
    #[error("the payment is already being returned")]
    ReturnedBefore,
    /// The order has no such extra payment in suspense, or it was given to the player.
    #[error("the deposit has no such additional payment in suspense")]
    NotSuspended,
    /// The payer disputes the payment, so the provider makes no refund.
    #[error("the payer disputes it, and the dispute is open or lost")]
    Disputed,
    #[error(transparent)]
    Act(#[from] ActRefusal),
}

/// Sends back an extra payment. For the order's own payment use [`return_unclaimed`](crate::return_unclaimed).
/// `suspended` is the transfer that put the payment into suspense, if there is one.
pub fn return_payment(
    payment: &ProviderId,
    suspended: Option<&Transfer>,
    order: &DepositOrder,
    act: &CashierAct,
    now: Timestamp,
) -> Result<DepositPlan, ReturnPaymentRefusal> {
    if order.returns.iter().any(|back| back.payment.id == *payment) {
        return Err(ReturnPaymentRefusal::ReturnedBefore);
    }
    let is_own = order.payment.as_ref().is_some_and(|own| own.id == *payment);
    let is_given = order.claims.iter().any(|claim| claim.payment == *payment && claim.is_given);
    let received = || {
        let (transfer, provider) = suspended_transfer(payment, suspended, order)?;
        let money = Money::parse(transfer.amount, order.terms.money.currency()).ok()?;
        let unclaimed = Some(UnclaimedCause::SecondPayment);
        Some(ReceivedPayment { provider: provider.clone(), id: payment.clone(), money, unclaimed })
    };
    let is_elsewhere = is_own || is_given || order.was_taken_back(payment);
    let received = if is_elsewhere { None } else { received() };
    let received = received.ok_or(ReturnPaymentRefusal::NotSuspended)?;
    if order.is_disputed(payment) {
        return Err(ReturnPaymentRefusal::Disputed);
    }
    act.check(order.terms.user, &[], now)?;
    let transfer = Some(return_suspended(&received, &order.terms.id.to_string(), now));
    let refund = PaymentRefund { since: now, attempt: 1, made: None };
    let cause = format!("{} {payment}", DepositEvent::MoneyReturned);
    let mut after = DepositOrder { history: order.history.with(act_line(&cause, act, now)), ..order.clone() };
    after.claims.retain(|claim| claim.payment != *payment);
    after.returns.push(PaymentReturn { payment: received, refund });
    Ok(Plan { transfer, ..Plan::of(Some(order.clone()), after) })
}
