//! What a dispute does to a deposit: noted while it is open, and taken back where whoever paid has won it.
//!
//! Either holds its player's account: nothing that they take home is sent before a cashier has looked. It is always the
//! provider's present record that says so: a callback only says which dispute to ask about.
//!
//! Keeps: a payment leaves suspense once, whatever comes first: to its player, back to whoever paid, or to whoever has
//! won a dispute about it. All three have one key.

use crate::claim_suspended::standing;
use crate::{
    Cashier, DepositEvent, DepositOrder, DepositPlan, DepositState, Dispute, DisputeState, Money, Plan,
    ReceivedPayment, SeenForPayment, UnclaimedCause, charge_back, open_dispute, return_suspended,
    win_dispute,
};
use evens_ledger::Transfer;
use jiff::Timestamp;

/// Why a dispute changes nothing, in the order of the checks. All but [`Self::NothingNew`] are for people to look at,
/// who do so while the player is held ([`hold_disputed`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DisputeRefusal {
    /// It is about another order or from another provider.
    #[error("the dispute is about another order, or from another provider")]
    OtherOrder,
    /// It is about a payment that is neither the order's own nor in suspense for it, or whoever paid beside that has
    /// got back what cashiers had given to the player.
    #[error("the dispute is about a payment that is not the own one of the order, nor in suspense")]
    OtherPayment,
    /// The order knows it.
    #[error("the dispute says nothing new")]
    NothingNew,
    /// What was taken back is not the whole payment.
    #[error("the dispute took back another amount than came")]
    OtherMoney,
    /// Its money is not in the wallet any more, or never was.
    #[error("the dispute took back the money of a deposit that is {}", .0.as_ref())]
    InState(DepositState),
    /// It was sent back before, and the provider has made that.
    #[error("the dispute took back a payment that went back before")]
    WentBack,
}

/// Does what the provider's record of a dispute asks for. `suspended` is the transfer that put the payment into
/// suspense, if there is one.
pub fn settle_dispute(
    dispute: &Dispute,
    suspended: Option<&Transfer>,
    seen: SeenForPayment<'_>,
    now: Timestamp,
) -> Result<DepositPlan, DisputeRefusal> {
    let order = seen.order;
    let beside = received(dispute, suspended, order);
    if dispute.reference != order.terms.id || (dispute.provider != order.terms.provider && beside.is_none()) {
        return Err(DisputeRefusal::OtherOrder);
    }
    if order.was_taken_back_by(dispute) {
        return Err(DisputeRefusal::NothingNew);
    }
    let is_own = |own: &&ReceivedPayment| own.id == dispute.payment && own.provider == dispute.provider;
    match (order.payment.as_ref().filter(is_own), beside) {
        (Some(own), _) => settle_own(own, dispute, seen, now),
        (None, Some(beside)) => settle_beside(&beside, dispute, seen, now),
        (None, None) => Err(DisputeRefusal::OtherPayment),
    }
}

/// Notes a dispute that nothing else is made of, and holds the player until people have looked. `None` where it was
/// noted: a cashier may have looked since.
pub fn hold_disputed(dispute: &Dispute, seen: SeenForPayment<'_>, now: Timestamp) -> Option<DepositPlan> {
    noted(DepositEvent::DisputeOpened, dispute, seen.order, now).map(|plan| held(plan, seen.cashier))
}

/// The payment that stands in suspense beside the order's own, or stood there.
fn received(
    dispute: &Dispute,
    suspended: Option<&Transfer>,
    order: &DepositOrder,
) -> Option<ReceivedPayment> {
    let (transfer, provider) = standing(&dispute.payment, suspended, order)?;
    let money = Money::parse(transfer.amount, order.terms.money.currency()).ok()?;
    let (provider, id) = (provider.clone(), dispute.payment.clone());
    let beside = ReceivedPayment { provider, id, money, unclaimed: Some(UnclaimedCause::SecondPayment) };
    Some(beside).filter(|beside| beside.provider == dispute.provider)
}

fn settle_own(
    own: &ReceivedPayment,
    dispute: &Dispute,
    seen: SeenForPayment<'_>,
    now: Timestamp,
) -> Result<DepositPlan, DisputeRefusal> {
    let SeenForPayment { order, cashier, wallet, .. } = seen;
    let is_settled = order.state == DepositState::ChargedBack;
    let is_noted_only =
        matches!(order.state, DepositState::Unclaimed | DepositState::Returned | DepositState::Claimed);
    let plan = match dispute.state {
        DisputeState::Opened if is_noted_only => noted(DepositEvent::DisputeOpened, dispute, order, now),
        DisputeState::Opened => open_dispute(order, now),
        // What is held stays so until a cashier has looked.
        DisputeState::Won => return won(own, dispute, order, now).ok_or(DisputeRefusal::NothingNew),
        DisputeState::Lost if is_settled => return Err(DisputeRefusal::NothingNew),
        DisputeState::Lost if dispute.money != own.money => return Err(DisputeRefusal::OtherMoney),
        DisputeState::Lost if order.state.after(DepositEvent::MoneyTakenBack).is_some() => {
            return take_suspended(own, dispute, seen, now);
        }
        DisputeState::Lost => {
            let plan = charge_back(order, &dispute.id, cashier, wallet, now);
            Some(plan.ok_or(DisputeRefusal::InState(order.state))?)
        }
    };
    plan.map(|plan| held(plan, cashier)).ok_or(DisputeRefusal::NothingNew)
}

/// It goes on as if nobody had disputed it. `None` where that is so.
fn won(
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

/// What came beside the order's own payment leaves the order's state as it is.
fn settle_beside(
    beside: &ReceivedPayment,
    dispute: &Dispute,
    seen: SeenForPayment<'_>,
    now: Timestamp,
) -> Result<DepositPlan, DisputeRefusal> {
    let SeenForPayment { order, cashier, .. } = seen;
    let is_given = order.claims.iter().any(|claim| claim.payment == beside.id && claim.is_given);
    let plan = match dispute.state {
        DisputeState::Opened => {
            noted(DepositEvent::DisputeOpened, dispute, order, now).map(|plan| held(plan, cashier))
        }
        DisputeState::Won if order.is_disputed(&beside.id) => {
            noted(DepositEvent::DisputeWon, dispute, order, now)
        }
        DisputeState::Won => None,
        DisputeState::Lost if is_given => return Err(DisputeRefusal::OtherPayment),
        DisputeState::Lost if dispute.money != beside.money => return Err(DisputeRefusal::OtherMoney),
        DisputeState::Lost => return take_suspended(beside, dispute, seen, now),
    };
    plan.ok_or(DisputeRefusal::NothingNew)
}

/// Takes a payment out of suspense for whoever has won a dispute about it. Where cashiers had sent it back and the
/// provider has not made that, it left suspense then, and is not asked for any more.
fn take_suspended(
    payment: &ReceivedPayment,
    dispute: &Dispute,
    seen: SeenForPayment<'_>,
    now: Timestamp,
) -> Result<DepositPlan, DisputeRefusal> {
    let SeenForPayment { order, cashier, .. } = seen;
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
    Ok(held(Plan { order: after, transfer, ..plan }, cashier))
}

fn held(plan: DepositPlan, cashier: &Cashier) -> DepositPlan {
    let after = plan.cashier.clone().unwrap_or_else(|| cashier.next());
    Plan { cashier: Some(after.held()), ..plan }
}

/// The order with a line about a dispute. `None` where the newest line about it says the same.
fn noted(
    event: DepositEvent,
    dispute: &Dispute,
    order: &DepositOrder,
    now: Timestamp,
) -> Option<DepositPlan> {
    let history = order.history_with_dispute(event, dispute, now)?;
    Some(Plan::of(Some(order.clone()), DepositOrder { history, ..order.clone() }))
}
