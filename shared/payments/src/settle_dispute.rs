//! What a dispute does to a deposit: noted while it is open, and taken back where whoever paid has won it.
//!
//! Either holds its player's account: nothing that they take home is sent before a cashier has looked. It is always the
//! provider's present record that says so: a callback only says which dispute to ask about.

use crate::{
    Cashier, DepositEvent, DepositOrder, DepositPlan, DepositState, Dispute, DisputeState, HistoryLine, Plan,
    ReceivedPayment, SeenForPayment, charge_back, open_dispute, win_dispute,
};
use jiff::Timestamp;

/// Why a dispute changes nothing, in the order of the checks. All but [`Self::NothingNew`] are for people to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DisputeRefusal {
    /// It is about another order or from another provider.
    #[error("the dispute is about another order, or from another provider")]
    OtherOrder,
    /// It is about a payment that is not the order's own.
    #[error("the dispute is about a payment that is not the own one of the order")]
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
}

/// Does what the provider's record of a dispute asks for.
pub fn settle_dispute(
    dispute: &Dispute,
    seen: SeenForPayment<'_>,
    now: Timestamp,
) -> Result<DepositPlan, DisputeRefusal> {
    let SeenForPayment { order, cashier, wallet, .. } = seen;
    if dispute.reference != order.terms.id || dispute.provider != order.terms.provider {
        return Err(DisputeRefusal::OtherOrder);
    }
    let own = order.payment.as_ref();
    let is_own = |own: &&ReceivedPayment| own.id == dispute.payment && own.provider == dispute.provider;
    let own = own.filter(is_own).ok_or(DisputeRefusal::OtherPayment)?;
    let is_known = order.state == DepositState::ChargedBack;
    let plan = match dispute.state {
        DisputeState::Opened if order.state == DepositState::Claimed => noted(order, now),
        DisputeState::Opened => open_dispute(order, now),
        // What is held stays so until a cashier has looked.
        DisputeState::Won => return win_dispute(order, now).ok_or(DisputeRefusal::NothingNew),
        DisputeState::Lost if is_known => return Err(DisputeRefusal::NothingNew),
        DisputeState::Lost if dispute.money != own.money => return Err(DisputeRefusal::OtherMoney),
        DisputeState::Lost => {
            let plan = charge_back(order, &dispute.id, cashier, wallet, now);
            Some(plan.ok_or(DisputeRefusal::InState(order.state))?)
        }
    };
    let plan = plan.ok_or(DisputeRefusal::NothingNew)?;
    let after = plan.cashier.clone().unwrap_or_else(|| cashier.next());
    Ok(Plan { cashier: Some(Cashier { is_held: true, ..after }), ..plan })
}

/// A deposit that cashiers gave to its player stays what it is while it is disputed. `None` where that was noted.
fn noted(order: &DepositOrder, now: Timestamp) -> Option<DepositPlan> {
    let event: &str = DepositEvent::DisputeOpened.as_ref();
    let is_new = order.history.lines().iter().all(|line| line.cause != event);
    let history = order.history.with(HistoryLine::own(event, now));
    is_new.then(|| Plan::of(Some(order.clone()), DepositOrder { history, ..order.clone() }))
}
