//! Decisions on a withdrawal by cashiers, and its cancellation by the player.

use crate::withdrawals::give_back::give_back;
use crate::{
    ActRefusal, Approval, CashierAct, HistoryLine, HoldReason, HoldRules, PaymentsRecord, Plan,
    WithdrawalEvent, WithdrawalOrder, WithdrawalPlan, WithdrawalState,
};
use evens_ledger::{BalanceTooLarge, Wallet};
use jiff::Timestamp;

/// The reason why a decision is refused, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecideRefusal {
    #[error(transparent)]
    Act(#[from] ActRefusal),
    /// The decision is not possible in this state.
    #[error("the withdrawal is {}", .0.as_ref())]
    InState(WithdrawalState),
    #[error(transparent)]
    BalanceTooLarge(#[from] BalanceTooLarge),
}

impl WithdrawalOrder {
    /// Applies an event and adds a history line.
    pub(crate) fn after(&self, event: WithdrawalEvent, line: HistoryLine) -> Result<Self, WithdrawalState> {
        let state = self.state.after(event).ok_or(self.state)?;
        Ok(Self { state, history: self.history.with(line), ..self.clone() })
    }
}

/// Records a cashier's approval of a held withdrawal, which is approved once enough cashiers agree. If the player has
/// come to owe money since the earlier approvals, those are dropped, because they were given without knowing it.
///
/// The first of two approvals does not change the state. So the plan is written under the condition that the approvals
/// are those that were read.
pub fn approve_withdrawal(
    order: &WithdrawalOrder,
    record: &PaymentsRecord,
    act: &CashierAct,
    rules: &HoldRules,
    now: Timestamp,
) -> Result<WithdrawalPlan, DecideRefusal> {
    act.check(order.terms.user, &order.approvals, now)?;
    if order.state != WithdrawalState::Held {
        return Err(DecideRefusal::InState(order.state));
    }
    let mut after = order.clone();
    if !record.owed.is_zero() && !order.hold_reasons.contains(&HoldReason::Owes) {
        after.approvals.clear();
        after.hold_reasons.push(HoldReason::Owes);
    }
    after.approvals.push(Approval { by: act.by, at: now });
    after.history = order.history.with(act_line(WithdrawalEvent::Approval.as_ref(), act, now));
    if after.approvals.len() >= after.approvals_needed(rules) {
        after.state = order.state.after(WithdrawalEvent::Approval).unwrap_or(order.state);
    }
    Ok(Plan::of(Some(order.clone()), after))
}

/// Rejects a held withdrawal and returns its money to the wallet.
pub fn reject_withdrawal(
    order: &WithdrawalOrder,
    record: &PaymentsRecord,
    wallet: &Wallet,
    act: &CashierAct,
    now: Timestamp,
) -> Result<WithdrawalPlan, DecideRefusal> {
    // A cashier who approved the withdrawal may still reject it.
    act.check(order.terms.user, &[], now)?;
    let line = act_line(WithdrawalEvent::Rejection.as_ref(), act, now);
    let after = order.after(WithdrawalEvent::Rejection, line).map_err(DecideRefusal::InState)?;
    Ok(give_back(order, after, record, wallet, now)?)
}

/// Cancels a withdrawal for its player, before any process has begun to send it.
pub fn cancel_withdrawal(
    order: &WithdrawalOrder,
    record: &PaymentsRecord,
    wallet: &Wallet,
    now: Timestamp,
) -> Result<WithdrawalPlan, DecideRefusal> {
    let line = HistoryLine::own(WithdrawalEvent::Cancellation.as_ref(), now);
    let after = order.after(WithdrawalEvent::Cancellation, line).map_err(DecideRefusal::InState)?;
    Ok(give_back(order, after, record, wallet, now)?)
}

pub(crate) fn act_line(what: &str, act: &CashierAct, now: Timestamp) -> HistoryLine {
    HistoryLine::own(format!("{what} by {}: {}", act.by, act.reason.as_str()), now)
}
