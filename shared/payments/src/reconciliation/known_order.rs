//! [`KnownOrder`]: the kinds of statement lines that one of our orders can account for.

use crate::{
    DepositEvent, DepositOrder, DepositState, OrderId, StatementKind, WithdrawalOrder, WithdrawalState,
};
use strum::VariantArray;

/// An order of ours that a statement names, with the kinds of movements that happened according to it. A statement may
/// name a million orders, so nothing else is stored of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownOrder {
    pub id: OrderId,
    happened: u16,
}

impl KnownOrder {
    pub fn of_deposit(order: &DepositOrder) -> Self {
        Self::new(order.terms.id, |kind| match kind {
            StatementKind::Payment => order.state.after(DepositEvent::Credited).is_none(),
            StatementKind::Refund => {
                let went_back = matches!(order.state, DepositState::Refunded | DepositState::Returned);
                went_back || !order.returns.is_empty()
            }
            StatementKind::ChargeBack => {
                order.state == DepositState::ChargedBack || order.taken_back().next().is_some()
            }
            _ => false,
        })
    }

    pub fn of_withdrawal(order: &WithdrawalOrder) -> Self {
        Self::new(order.terms.id, |kind| match kind {
            StatementKind::Payout => {
                let is_paid = matches!(order.state, WithdrawalState::Completed | WithdrawalState::Returned);
                is_paid || order.is_paid_after_return || !order.paid_twice.is_empty()
            }
            StatementKind::PayoutReturn => {
                order.state == WithdrawalState::Returned || !order.owed_back.is_empty()
            }
            _ => false,
        })
    }

    fn new(id: OrderId, happened: impl Fn(StatementKind) -> bool) -> Self {
        let kinds = StatementKind::VARIANTS.iter().copied().filter(|kind| happened(*kind));
        Self { id, happened: kinds.fold(0, |bits, kind| bits | bit(kind)) }
    }

    /// Returns `true` if a movement of this kind happened according to the order.
    pub(crate) fn has(&self, kind: StatementKind) -> bool {
        self.happened & bit(kind) != 0
    }
}

fn bit(kind: StatementKind) -> u16 {
    1 << (kind as u16)
}
