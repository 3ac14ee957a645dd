//! What is approved and not sent yet, and whose player's account has been held since, or who owes: cashiers look at it
//! again.

use crate::{HistoryLine, HoldReason, Plan, SeenForPayout, WithdrawalEvent, WithdrawalOrder, WithdrawalPlan};
use jiff::Timestamp;

/// Holds an approved withdrawal back before it is sent. `None` where nothing holds its player's account and they owe
/// nothing, or whoever approved it knew of each.
pub fn hold_approved(seen: SeenForPayout<'_>, now: Timestamp) -> Option<WithdrawalPlan> {
    let SeenForPayout { order, cashier, .. } = seen;
    let applies = [(HoldReason::Owes, !cashier.owed.is_zero()), (HoldReason::AccountHeld, cashier.is_held)];
    let unknown = |reason: &HoldReason| !order.hold_reasons.contains(reason);
    let applies = applies.into_iter().filter(|(_, applies)| *applies).map(|(reason, _)| reason);
    let reasons: Vec<_> = applies.filter(unknown).collect();
    if reasons.is_empty() {
        return None;
    }
    let event = WithdrawalEvent::AccountHeld;
    let after = order.after(event, HistoryLine::own(event.as_ref(), now)).ok()?;
    let hold_reasons = [&order.hold_reasons[..], &reasons].concat();
    let after = WithdrawalOrder { hold_reasons, approvals: Vec::new(), ..after };
    Some(Plan::of(Some(order.clone()), after))
}
