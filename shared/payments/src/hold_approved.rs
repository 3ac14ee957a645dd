//! What is approved and not sent yet, and whose player's account has been held since: cashiers look at it again.

use crate::{HistoryLine, HoldReason, Plan, SeenForPayout, WithdrawalEvent, WithdrawalOrder, WithdrawalPlan};
use jiff::Timestamp;

/// Holds an approved withdrawal back before it is sent. `None` where nothing holds its player's account, or whoever
/// approved it knew.
pub fn hold_approved(seen: SeenForPayout<'_>, now: Timestamp) -> Option<WithdrawalPlan> {
    let SeenForPayout { order, cashier, .. } = seen;
    let is_known = order.hold_reasons.contains(&HoldReason::AccountHeld);
    if !cashier.is_held || is_known {
        return None;
    }
    let event = WithdrawalEvent::AccountHeld;
    let after = order.after(event, HistoryLine::own(event.as_ref(), now)).ok()?;
    let hold_reasons = [&order.hold_reasons[..], &[HoldReason::AccountHeld]].concat();
    let after = WithdrawalOrder { hold_reasons, approvals: Vec::new(), ..after };
    Some(Plan::of(Some(order.clone()), after))
}
