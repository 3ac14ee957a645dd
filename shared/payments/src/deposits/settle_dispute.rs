//! The effect of a dispute on a deposit: it is recorded while it is open, and the money is taken back if the payer
//! wins.
//!
//! Both hold the player's account: no withdrawal is sent before a cashier has reviewed it. Only the provider's current
//! record counts; a callback only names the dispute to query.
//!
//! Keeps: a payment leaves suspense once, either to the player, back to the payer, or to the winner of a dispute. All
//! three have the same key.

use crate::deposits::claim_suspended::suspended_transfer;
use crate::{
    DepositEvent, DepositOrder, DepositPlan, DepositState, Dispute, DisputeState, Money, PaymentsRecord,
    Plan, ReceivedPayment, SettleDepositInput, UnclaimedCause, charge_back, open_dispute, return_suspended,
    win_dispute,
};
use evens_ledger::Transfer;
use jiff::Timestamp;

/// The reason why a dispute changes nothing, in the order of the checks. All but [`Self::NothingNew`] need people, who
/// review them while the player is held ([`hold_disputed`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DisputeRefusal {
    /// It is about another order or from another provider.
    #[error("the dispute is about another order or from another provider")]
    OtherOrder,
    /// It is about a payment that is neither the order's own nor in suspense for it. Or it took back an extra payment
    /// that cashiers had given to the player.
    #[error("the dispute is about a payment that is neither the order's own nor in suspense")]
    OtherPayment,
    #[error("the dispute contains nothing new")]
    NothingNew,
    /// The amount taken back is not the whole payment.
    #[error("the dispute took back a different amount than was paid")]
    OtherMoney,
    /// The money is no longer in the wallet, or never was.
    #[error("the dispute took back the money of a deposit that is {}", .0.as_ref())]
    InState(DepositState),
    /// The payment was sent back earlier.
    #[error("the dispute took back a payment that was already returned")]
    WentBack,
}

/// Applies the provider's record of a dispute. `suspended` is the transfer that put the payment into suspense, if there
/// is one.
pub fn settle_dispute(
    dispute: &Dispute,
    suspended: Option<&Transfer>,
    input: SettleDepositInput<'_>,
    now: Timestamp,
) -> Result<DepositPlan, DisputeRefusal> {
    let order = input.order;
    let beside = extra_payment(dispute, suspended, order);
    if dispute.reference != order.terms.id || (dispute.provider != order.terms.provider && beside.is_none()) {
        return Err(DisputeRefusal::OtherOrder);
    }
    if order.was_taken_back_by(dispute) {
        return Err(DisputeRefusal::NothingNew);
    }
    let is_own = |own: &&ReceivedPayment| own.id == dispute.payment && own.provider == dispute.provider;
    match (order.payment.as_ref().filter(is_own), beside) {
        (Some(own), _) => settle_own(own, dispute, input, now),
        (None, Some(beside)) => settle_beside(&beside, dispute, input, now),
        (None, None) => Err(DisputeRefusal::OtherPayment),
    }
}

/// Records a dispute without another effect, and holds the player until people have reviewed it. Returns `None` if it
/// was recorded earlier, because a cashier may have reviewed it since.
pub fn hold_disputed(
    dispute: &Dispute,
    input: SettleDepositInput<'_>,
    now: Timestamp,
) -> Option<DepositPlan> {
    noted(DepositEvent::DisputeOpened, dispute, input.order, now).map(|plan| held(plan, input.record))
}

/// The extra payment, besides the order's own one, that is or was in suspense.
fn extra_payment(
    dispute: &Dispute,
    suspended: Option<&Transfer>,
    order: &DepositOrder,
) -> Option<ReceivedPayment> {
    let (transfer, provider) = suspended_transfer(&dispute.payment, suspended, order)?;
    let money = Money::parse(transfer.amount, order.terms.money.currency()).ok()?;
    let (provider, id) = (provider.clone(), dispute.payment.clone());
    let beside = ReceivedPayment { provider, id, money, unclaimed: Some(UnclaimedCause::SecondPayment) };
    Some(beside).filter(|beside| beside.provider == dispute.provider)
}

fn settle_own(
    own: &ReceivedPayment,
    dispute: &Dispute,
    input: SettleDepositInput<'_>,
    now: Timestamp,
) -> Result<DepositPlan, DisputeRefusal> {
    let SettleDepositInput { order, record, wallet, .. } = input;
    let is_settled = order.state == DepositState::ChargedBack;
    let is_noted_only =
        matches!(order.state, DepositState::Unclaimed | DepositState::Returned | DepositState::Claimed);
    let plan = match dispute.state {
        DisputeState::Opened if is_noted_only => noted(DepositEvent::DisputeOpened, dispute, order, now),
        DisputeState::Opened => open_dispute(order, now),
        // A held account stays held until a cashier has reviewed it.
        DisputeState::Won => {
            return won_dispute_plan(own, dispute, order, now).ok_or(DisputeRefusal::NothingNew);
        }
        DisputeState::Lost if is_settled => return Err(DisputeRefusal::NothingNew),
        DisputeState::Lost if dispute.money != own.money => return Err(DisputeRefusal::OtherMoney),
        DisputeState::Lost if order.state.after(DepositEvent::MoneyTakenBack).is_some() => {
            return take_suspended(own, dispute, input, now);
        }
        DisputeState::Lost => {
            let plan = charge_back(order, &dispute.id, record, wallet, now);
            Some(plan.ok_or(DisputeRefusal::InState(order.state))?)
        }
    };
    plan.map(|plan| held(plan, record)).ok_or(DisputeRefusal::NothingNew)
}

/// Continues as if there had been no dispute. Returns `None` if nothing changes.
fn won_dispute_plan(
    payment: &ReceivedPayment,
    dispute: &Dispute,
    order: &DepositOrder,
    now: Timestamp,
) -> Option<DepositPlan> {
    let ended = win_dispute(order, now);
    let after = ended.as_ref().map_or(order, |plan| &plan.order);
    let is_noted = after.is_disputed(&payment.id);
    let line = || after.history_with_dispute(DepositEvent::DisputeWon, dispute, now);
    match is_noted.then(line).flatten() {
        Some(history) => Some(Plan::of(Some(order.clone()), DepositOrder { history, ..after.clone() })),
        None => ended,
    }
}

/// An extra payment leaves the state of the order unchanged.
fn settle_beside(
    beside: &ReceivedPayment,
    dispute: &Dispute,
    input: SettleDepositInput<'_>,
    now: Timestamp,
) -> Result<DepositPlan, DisputeRefusal> {
    let SettleDepositInput { order, record, .. } = input;
    let is_given = order.claims.iter().any(|claim| claim.payment == beside.id && claim.is_given);
    let plan = match dispute.state {
        DisputeState::Opened => {
            noted(DepositEvent::DisputeOpened, dispute, order, now).map(|plan| held(plan, record))
        }
        DisputeState::Won if order.is_disputed(&beside.id) => {
            noted(DepositEvent::DisputeWon, dispute, order, now)
        }
        DisputeState::Won => None,
        DisputeState::Lost if is_given => return Err(DisputeRefusal::OtherPayment),
        DisputeState::Lost if dispute.money != beside.money => return Err(DisputeRefusal::OtherMoney),
        DisputeState::Lost => return take_suspended(beside, dispute, input, now),
    };
    plan.ok_or(DisputeRefusal::NothingNew)
}

/// Takes a payment out of suspense for the winner of a dispute. If cashiers had sent it back and the provider has not
/// made the refund, it has already left suspense, and the refund is dropped.
fn take_suspended(
    payment: &ReceivedPayment,
    dispute: &Dispute,
    input: SettleDepositInput<'_>,
    now: Timestamp,
) -> Result<DepositPlan, DisputeRefusal> {
    let SettleDepositInput { order, record, .. } = input;
    let is_own = order.payment.as_ref().is_some_and(|own| own.id == payment.id);
    let goes_back = order.refunds().find(|(of, _)| of.id == payment.id).map(|(_, refund)| refund);
    if goes_back.is_some_and(|refund| refund.made.is_some()) || order.was_taken_back(&payment.id) {
        return Err(DisputeRefusal::WentBack);
    }
    let event = DepositEvent::MoneyTakenBack;
    let plan = noted(event, dispute, order, now).ok_or(DisputeRefusal::NothingNew)?;
    let has_left = goes_back.is_some() || (is_own && order.state == DepositState::Returned);
    let is_booked = !has_left && payment.money.currency() == order.terms.money.currency();
    let transfer = is_booked.then(|| return_suspended(payment, &order.terms.id.to_string(), now));
    let mut after = plan.order.clone();
    if is_own {
        after.state = order.state.after(event).unwrap_or(order.state);
        after.refund = None;
    }
    after.returns.retain(|back| back.payment.id != payment.id);
    after.claims.retain(|claim| claim.payment != payment.id);
    Ok(held(Plan { order: after, transfer, ..plan }, record))
}

fn held(plan: DepositPlan, record: &PaymentsRecord) -> DepositPlan {
    let after = plan.record.clone().unwrap_or_else(|| record.next());
    Plan { record: Some(after.held()), ..plan }
}

/// Adds a history line about a dispute. Returns `None` if the newest line about it is the same.
fn noted(
    event: DepositEvent,
    dispute: &Dispute,
    order: &DepositOrder,
    now: Timestamp,
) -> Option<DepositPlan> {
    let history = order.history_with_dispute(event, dispute, now)?;
    Some(Plan::of(Some(order.clone()), DepositOrder { history, ..order.clone() }))
}
