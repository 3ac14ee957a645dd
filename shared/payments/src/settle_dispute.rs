//! What a dispute does to a deposit: noted while it is open, and taken back where whoever paid has won it.
//!
//! It is always the provider's present record that says so: a callback only says which dispute to ask about.

use crate::{
    DepositPlan, DepositState, Dispute, DisputeState, SeenForPayment, charge_back, open_dispute, win_dispute,
};
use jiff::Timestamp;

/// Why a dispute changes nothing, in the order of the checks. All but [`Self::NothingNew`] are for people to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DisputeRefusal {
    /// It is about another order or from another provider.
    #[error("the dispute is about another order, or from another provider")]
    OtherOrder,
    /// It is about a payment that was not credited by the order.
    #[error("the dispute is about a payment that the order has not credited")]
    OtherPayment,
    /// The order knows it.
    #[error("the dispute says nothing new")]
    NothingNew,
    /// What was taken back is not the whole deposit.
    #[error("the dispute took back another amount than was credited")]
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
    if order.payment.as_ref().is_none_or(|own| own.id != dispute.payment) {
        return Err(DisputeRefusal::OtherPayment);
    }
    let is_known = order.state == DepositState::ChargedBack;
    match dispute.state {
        DisputeState::Opened => open_dispute(order, now).ok_or(DisputeRefusal::NothingNew),
        DisputeState::Won => win_dispute(order, now).ok_or(DisputeRefusal::NothingNew),
        DisputeState::Lost if is_known => Err(DisputeRefusal::NothingNew),
        DisputeState::Lost if dispute.money != order.terms.money => Err(DisputeRefusal::OtherMoney),
        DisputeState::Lost => {
            let plan = charge_back(order, &dispute.id, cashier, wallet, now);
            plan.ok_or(DisputeRefusal::InState(order.state))
        }
    }
}
