//! Holds of approved withdrawals. If the player's account was held or recovered after the approval, or the player owes
//! money, cashiers review the withdrawal before it is sent or retried.

use crate::{
    Attempt, HistoryLine, HoldReason, HoldRules, Plan, Resolution, ResolutionKind, SettlePayoutInput,
    WithdrawalEvent, WithdrawalOrder, WithdrawalPlan, WithdrawalState,
};
use jiff::Timestamp;

/// Holds a withdrawal that is about to be sent. If no process has begun to send it, it becomes held again. If the
/// provider may have it but has no record, it is stopped. It is then retried only when cashiers agree; until then the
/// provider is only queried.
///
/// Returns `None` if there is no reason to hold it, if the approving cashiers knew every reason, or if cashiers want
/// the money back.
pub fn hold_unsent(
    input: SettlePayoutInput<'_>,
    rules: &HoldRules,
    now: Timestamp,
) -> Option<WithdrawalPlan> {
    let SettlePayoutInput { order, record, owner, .. } = input;
    let is_known = |reason| order.hold_reasons.contains(&reason);
    let recovered_at =
        owner.recovered_at.filter(|at| !(is_known(HoldReason::Recovered) && is_old(order, *at)));
    let applies = [
        (HoldReason::Owes, !record.owed.is_zero() && !is_known(HoldReason::Owes)),
        (HoldReason::AccountHeld, record.is_held && !is_known(HoldReason::AccountHeld)),
        (HoldReason::Recovered, rules.is_recent(recovered_at, now)),
    ];
    let reasons: Vec<_> =
        applies.into_iter().filter(|(_, applies)| *applies).map(|(reason, _)| reason).collect();
    if reasons.is_empty() {
        return None;
    }
    let held = HistoryLine::own(WithdrawalEvent::AccountHeld.as_ref(), now);
    let after = if order.state == WithdrawalState::Processing {
        stopped(order, held, now)?
    } else {
        let after = order.after(WithdrawalEvent::AccountHeld, held).ok()?;
        WithdrawalOrder { approvals: Vec::new(), ..after }
    };
    let more = reasons.into_iter().filter(|reason| !is_known(*reason));
    let hold_reasons = order.hold_reasons.iter().copied().chain(more).collect();
    Some(Plan::of(Some(order.clone()), WithdrawalOrder { hold_reasons, ..after }))
}

/// Returns `true` unless the account was recovered after the newest approval of a withdrawal that was not sent. An
/// account can be recovered again, so the reason alone does not say what cashiers knew.
fn is_old(order: &WithdrawalOrder, recovered_at: Timestamp) -> bool {
    let approved_at = order.approvals.iter().map(|approval| approval.at).max();
    order.state != WithdrawalState::Approved
        || approved_at.is_none_or(|approved_at| recovered_at < approved_at)
}

/// Stops a withdrawal that is being sent. It is retried only when cashiers who know the reason agree. Returns `None` if
/// the provider has it, or if cashiers want the money back.
fn stopped(order: &WithdrawalOrder, held: HistoryLine, now: Timestamp) -> Option<WithdrawalOrder> {
    let wanted = order.resolution.as_ref();
    let is_wanted_back = wanted.is_some_and(|wanted| wanted.kind == Some(ResolutionKind::GiveBack));
    if order.provider_id.is_some() || is_wanted_back {
        return None;
    }
    let resolution = Resolution::stopped(wanted.map_or(now, |wanted| wanted.since));
    let history = order.history.with(held);
    Some(WithdrawalOrder { resolution: Some(resolution), history, ..order.clone() })
}

/// The effect of a plan by [`hold_unsent`] or [`claim_payout`](crate::claim_payout) on a withdrawal that is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeforeSending {
    /// No process has begun to send it, so cashiers review it again.
    Held,
    /// A provider may have it, so it is not sent again before cashiers agree.
    Stopped,
    Claimed {
        /// True if no process can have called the provider for this order.
        is_first: bool,
        /// True if no process can have called the provider with the key of this attempt.
        is_first_of_attempt: bool,
    },
}

impl BeforeSending {
    /// Reads the effect from a plan of one of the two functions. Each claim extends the lease of its attempt. A stopped
    /// withdrawal keeps its attempt, which may be claimed later to query its records.
    pub fn of(plan: &WithdrawalPlan) -> Self {
        let before = plan.read.as_ref().and_then(|read| read.attempt);
        if plan.order.state == WithdrawalState::Held {
            Self::Held
        } else if plan.order.attempt == before {
            Self::Stopped
        } else {
            let is_first_of_attempt = before.is_none_or(Attempt::is_unclaimed);
            Self::Claimed { is_first: before.is_none(), is_first_of_attempt }
        }
    }
}
