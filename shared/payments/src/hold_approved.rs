//! What is approved and not sent yet, and whose player's account has been held since, or who owes: cashiers look at it
//! again.

use crate::{HistoryLine, HoldReason, Plan, SeenForPayout, WithdrawalEvent, WithdrawalOrder, WithdrawalPlan};
use jiff::Timestamp;

/// Holds an approved withdrawal back before it is sent. `None` where nothing holds its player's account and they owe
/// nothing, or whoever approved it knew.
pub fn hold_approved(seen: SeenForPayout<'_>, now: Timestamp) -> Option<WithdrawalPlan> {
    let SeenForPayout { order, cashier, .. } = seen;
    let knows = |reason| order.hold_reasons.contains(&reason);
    let reason = if cashier.is_held { HoldReason::AccountHeld } else { HoldReason::Owes };
    // Whoever knew that the account is held has seen what its player owes.
    if !cashier.may_not_play() || knows(HoldReason::AccountHeld) || knows(reason) {
        return None;
    }
    let event = WithdrawalEvent::AccountHeld;
    let after = order.after(event, HistoryLine::own(event.as_ref(), now)).ok()?;
    let hold_reasons = [&order.hold_reasons[..], &[reason]].concat();
    let after = WithdrawalOrder { hold_reasons, approvals: Vec::new(), ..after };
    Some(Plan::of(Some(order.clone()), after))
}
