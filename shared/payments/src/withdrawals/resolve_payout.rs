//! Decisions of cashiers about a payout that the provider neither makes nor finally refuses. After the first approval
//! it is no longer sent. When enough cashiers agree and the provider has had no record for an hour, the money is
//! returned to the wallet, or a new attempt is sent.
//!
//! A missing record is not a failure, because a call may still be in flight. So no call is made after the first
//! approval. The wait is longer than any call lasts, and the records are queried once more at its end. If the payout is
//! made after all, [`Alarm::PaidAfterReturn`](crate::Alarm) or [`Alarm::PaidTwice`](crate::Alarm) is raised.

use crate::withdrawals::decide_withdrawal::act_line;
use crate::withdrawals::give_back::give_back;
use crate::{
    ActRefusal, Approval, Attempt, CashierAct, HistoryLine, HoldRules, Plan, ProviderId, SettlePayoutInput,
    WithdrawalEvent, WithdrawalOrder, WithdrawalPlan, WithdrawalState,
};
use evens_ledger::BalanceTooLarge;
use jiff::{SignedDuration, Timestamp};
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// The time without a call before a payout is resolved. It is longer than a call in flight can take.
pub const RESOLVE_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// The way in which a payout is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum ResolutionKind {
    /// Send it in a new attempt with a new key.
    Retry,
    GiveBack,
}

/// The decision of cashiers about a payout without a result. Or a stop until they decide, because the player's account
/// is held or they owe money ([`hold_unsent`](crate::hold_unsent)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// The latest request. `None` if the payout is stopped and no cashier has decided since.
    pub kind: Option<ResolutionKind>,
    /// The time since when it is no longer sent.
    pub since: Timestamp,
    /// The cashiers who approve this kind, in their order.
    pub approvals: Vec<Approval>,
    /// The time at which it is carried out. `None` while more approvals are needed.
    pub due_at: Option<Timestamp>,
}

impl Resolution {
    /// A stopped payout: it is not sent, and no cashier has decided yet.
    pub(crate) fn stopped(since: Timestamp) -> Self {
        Self { kind: None, since, approvals: Vec::new(), due_at: None }
    }

    /// The time since when it is stopped, if it waits for the decision of cashiers.
    pub fn stopped_since(&self) -> Option<Timestamp> {
        self.kind.is_none().then_some(self.since)
    }

    /// Returns `true` if it may be carried out now.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|due_at| due_at <= now)
    }
}

/// The reason why an approval is refused, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveRefusal {
    #[error(transparent)]
    Act(#[from] ActRefusal),
    /// The payout is not being sent.
    #[error("the withdrawal is {}", .0.as_ref())]
    InState(WithdrawalState),
    /// The provider has it, so its record decides the end.
    #[error("the withdrawal is {}, and the provider has record {id} of it, which decides the outcome", .state.as_ref())]
    AtProvider {
        state: WithdrawalState,
        /// The provider's id.
        id: ProviderId,
    },
}

/// Records a cashier's approval to resolve a payout in this way. From now on it is no longer sent. It is due once
/// enough cashiers approve and [`RESOLVE_AFTER`] has passed since the first approval. An approval of the other kind
/// starts a new list of approvals but keeps the time.
pub fn agree_to_resolution(
    order: &WithdrawalOrder,
    kind: ResolutionKind,
    act: &CashierAct,
    rules: &HoldRules,
    now: Timestamp,
) -> Result<WithdrawalPlan, ResolveRefusal> {
    let same = order.resolution.as_ref().filter(|wanted| wanted.kind == Some(kind));
    let mut approvals = same.map(|wanted| wanted.approvals.clone()).unwrap_or_default();
    act.check(order.terms.user, &approvals, now)?;
    if order.state != WithdrawalState::Processing {
        return Err(ResolveRefusal::InState(order.state));
    }
    if let Some(id) = order.provider_id.clone() {
        return Err(ResolveRefusal::AtProvider { state: order.state, id });
    }
    approvals.push(Approval { by: act.by, at: now });
    let since = order.resolution.as_ref().map_or(now, |wanted| wanted.since);
    let is_agreed = approvals.len() >= rules.approvals_needed(order.terms.amount());
    let due_at = is_agreed.then(|| since + RESOLVE_AFTER);
    let history = order.history.with(act_line(kind.as_ref(), act, now));
    let resolution = Some(Resolution { kind: Some(kind), since, approvals, due_at });
    Ok(Plan::of(Some(order.clone()), WithdrawalOrder { resolution, history, ..order.clone() }))
}

/// The reason why a resolution is not carried out, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CarryOutRefusal {
    /// The order changed since the provider was queried, or its resolution is not due.
    #[error("the order changed during the query to its provider")]
    Changed,
    #[error(transparent)]
    BalanceTooLarge(#[from] BalanceTooLarge),
}

/// Carries out the decision of cashiers. The provider was queried about the order as in `asked_about` and has no record
/// that prevents it. `failed` is the provider's id of a failed record, if there is one.
pub fn resolve_payout(
    asked_about: &WithdrawalOrder,
    failed: Option<&ProviderId>,
    input: SettlePayoutInput<'_>,
    now: Timestamp,
) -> Result<WithdrawalPlan, CarryOutRefusal> {
    let SettlePayoutInput { order, record, wallet, .. } = input;
    let due = order.resolution.as_ref().filter(|wanted| wanted.is_due(now) && order == asked_about);
    let (Some(kind), Some(attempt)) = (due.and_then(|due| due.kind), order.attempt) else {
        return Err(CarryOutRefusal::Changed);
    };
    let mut resolved = WithdrawalOrder { resolution: None, ..order.clone() };
    resolved.failed_payouts.extend(failed.cloned());
    if kind == ResolutionKind::Retry {
        resolved.approvals = approvals_with_retry(order);
    }
    match kind {
        ResolutionKind::Retry => {
            let next = Attempt { number: attempt.number + 1, key_since: now, lease_until: now };
            let line = HistoryLine::own(format!("attempt {}", next.number), now);
            let history = order.history.with(line);
            Ok(Plan::of(Some(order.clone()), WithdrawalOrder { attempt: Some(next), history, ..resolved }))
        }
        ResolutionKind::GiveBack => {
            let line = HistoryLine::own(WithdrawalEvent::GivenUp.as_ref(), now);
            let after =
                resolved.after(WithdrawalEvent::GivenUp, line).map_err(|_| CarryOutRefusal::Changed)?;
            Ok(give_back(order, after, record, wallet, now)?)
        }
    }
}

/// The approvals of a withdrawal that is sent again. If it was stopped while it was being sent, the cashiers who want
/// the retry are those who approve it in spite of the hold.
fn approvals_with_retry(order: &WithdrawalOrder) -> Vec<Approval> {
    let mut approvals = order.approvals.clone();
    let of_retry = order.resolution.iter().flat_map(|resolution| &resolution.approvals);
    for approval in of_retry.filter(|_| !order.hold_reasons.is_empty()) {
        if approvals.iter().all(|known| known.by != approval.by) {
            approvals.push(approval.clone());
        }
    }
    approvals
}
