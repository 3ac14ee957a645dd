//! What was approved, and whose player's account has been held since, or who owes: cashiers look at it again before it
//! is sent, or sent again.

use crate::{
    HistoryLine, HoldReason, Plan, Resolution, ResolutionKind, SeenForPayout, WithdrawalEvent,
    WithdrawalOrder, WithdrawalPlan, WithdrawalState,
};
use jiff::Timestamp;

/// Holds a withdrawal back that is to be sent. What nobody has begun to send is held; what a provider may have, but
/// told of no record, is sent again when cashiers agree to it, and until then its records are asked for. `None` where
/// nothing holds its player's account and they owe nothing, or whoever approved it knew of each; and where cashiers
/// want the money to go back.
pub fn hold_unsent(seen: SeenForPayout<'_>, now: Timestamp) -> Option<WithdrawalPlan> {
    let SeenForPayout { order, cashier, .. } = seen;
    let applies = [(HoldReason::Owes, !cashier.owed.is_zero()), (HoldReason::AccountHeld, cashier.is_held)];
    let unknown = |reason: &HoldReason| !order.hold_reasons.contains(reason);
    let applies = applies.into_iter().filter(|(_, applies)| *applies).map(|(reason, _)| reason);
    let reasons: Vec<_> = applies.filter(unknown).collect();
    if reasons.is_empty() {
        return None;
    }
    let held = HistoryLine::own(WithdrawalEvent::AccountHeld.as_ref(), now);
    let after = if order.state == WithdrawalState::Processing {
        sent_by_cashiers_only(order, held, now)?
    } else {
        let after = order.after(WithdrawalEvent::AccountHeld, held).ok()?;
        WithdrawalOrder { approvals: Vec::new(), ..after }
    };
    let hold_reasons = [&order.hold_reasons[..], &reasons].concat();
    Some(Plan::of(Some(order.clone()), WithdrawalOrder { hold_reasons, ..after }))
}

/// What is on its way, and sent again only when cashiers who know of it agree. `None` where the provider has it, or its
/// money is wanted back.
fn sent_by_cashiers_only(
    order: &WithdrawalOrder,
    held: HistoryLine,
    now: Timestamp,
) -> Option<WithdrawalOrder> {
    let wanted = order.resolution.as_ref();
    let is_wanted_back = wanted.is_some_and(|wanted| wanted.kind == ResolutionKind::GiveBack);
    if order.provider_id.is_some() || is_wanted_back {
        return None;
    }
    let since = wanted.map_or(now, |wanted| wanted.since);
    let resolution = Resolution { kind: ResolutionKind::Retry, since, approvals: Vec::new(), due_at: None };
    let history = order.history.with(held);
    Some(WithdrawalOrder { resolution: Some(resolution), history, ..order.clone() })
}
