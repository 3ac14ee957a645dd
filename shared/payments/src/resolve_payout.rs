//! How cashiers end a payout that the provider neither makes nor refuses for good: since the first of them asks, nobody
//! sends it. When enough of them agree and the provider has had no record of it for an hour, it is given back, or sent
//! in a new attempt.
//!
//! That a provider has no record is no failure: a call may still be on its way. So nobody calls from the first
//! agreement on, the wait is longer than any call lasts, and the records are asked for once more at its end. What is
//! paid after all is told as [`Alarm::PaidAfterReturn`](crate::Alarm) or [`Alarm::PaidTwice`](crate::Alarm).

use crate::decide_withdrawal::act_line;
use crate::give_back::give_back;
use crate::{
    ActRefusal, Approval, Attempt, CashierAct, HistoryLine, HoldRules, Plan, ProviderId, SeenForPayout,
    WithdrawalEvent, WithdrawalOrder, WithdrawalPlan, WithdrawalState,
};
use evens_ledger::BalanceTooLarge;
use jiff::{SignedDuration, Timestamp};
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// How long nobody has sent a payout before it is resolved: longer than a call that somebody still makes can last.
pub const RESOLVE_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// How a payout is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum ResolutionKind {
    /// It is sent in a new attempt, under a key of its own.
    Retry,
    /// Its money goes back to the wallet.
    GiveBack,
}

/// What cashiers want to become of a payout that does not come to its end; or that it is stopped until they say so, as
/// its player is held or owes ([`hold_unsent`](crate::hold_unsent)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// What the last of them wants; none where it is stopped and nobody who knows why has said anything.
    pub kind: Option<ResolutionKind>,
    /// Since when nobody sends it.
    pub since: Timestamp,
    /// Those who agree to that, in their order.
    pub approvals: Vec<Approval>,
    /// From when on it is carried out; none while others must agree.
    pub due_at: Option<Timestamp>,
}

impl Resolution {
    /// A payout that is stopped: nobody sends it, and nobody has said what becomes of it.
    pub(crate) fn stopped(since: Timestamp) -> Self {
        Self { kind: None, since, approvals: Vec::new(), due_at: None }
    }

    /// Since when nobody sends it, where it is stopped and waits for cashiers to say what becomes of it.
    pub fn stopped_since(&self) -> Option<Timestamp> {
        self.kind.is_none().then_some(self.since)
    }

    /// Whether it may be carried out now.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|due_at| due_at <= now)
    }
}

/// Why nothing is agreed, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveRefusal {
    /// The cashier may not decide about it.
    #[error(transparent)]
    Act(#[from] ActRefusal),
    /// It is not on its way.
    #[error("the withdrawal is {}", .0.as_ref())]
    InState(WithdrawalState),
    /// The provider has it, and its record says how it ends.
    #[error("the withdrawal is {}, and the provider has it as {id}: its record ends it", .state.as_ref())]
    AtProvider {
        /// Where the withdrawal stands.
        state: WithdrawalState,
        /// What the provider calls it.
        id: ProviderId,
    },
}

/// Notes that a cashier wants a payout to be resolved like that. From now on nobody sends it; it is due when as many
/// agree as must, and [`RESOLVE_AFTER`] after the first of them asked. Whoever wants the other kind begins anew, but
/// for the time.
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

/// Why a resolution is not carried out, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CarryOutRefusal {
    /// The order changed since the provider was asked, or is not to be resolved now.
    #[error("the order changed while its provider was asked")]
    Changed,
    /// The wallet cannot hold what is to be given back.
    #[error(transparent)]
    BalanceTooLarge(#[from] BalanceTooLarge),
}

/// Does what cashiers have agreed to, after the provider was asked about the order as it stood in `asked_about` and had
/// no record that stands in the way. `failed` is what it calls the record that failed, if it has one.
pub fn resolve_payout(
    asked_about: &WithdrawalOrder,
    failed: Option<&ProviderId>,
    seen: SeenForPayout<'_>,
    now: Timestamp,
) -> Result<WithdrawalPlan, CarryOutRefusal> {
    let SeenForPayout { order, cashier, wallet } = seen;
    let due = order.resolution.as_ref().filter(|wanted| wanted.is_due(now) && order == asked_about);
    let (Some(kind), Some(attempt)) = (due.and_then(|due| due.kind), order.attempt) else {
        return Err(CarryOutRefusal::Changed);
    };
    let mut resolved = WithdrawalOrder { resolution: None, ..order.clone() };
    resolved.failed_payouts.extend(failed.cloned());
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
            Ok(give_back(order, after, cashier, wallet, now)?)
        }
    }
}
