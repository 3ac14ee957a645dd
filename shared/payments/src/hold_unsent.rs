//! What was approved, and whose player's account has been held since, or who owes: cashiers look at it again before it
//! is sent, or sent again.

use crate::{
    Attempt, HistoryLine, HoldReason, Plan, Resolution, ResolutionKind, SeenForPayout, WithdrawalEvent,
    WithdrawalOrder, WithdrawalPlan, WithdrawalState,
};
use jiff::Timestamp;

/// Holds a withdrawal back that is to be sent. What nobody has begun to send is held; what a provider may have, but
/// told of no record, is stopped: it is sent again when cashiers agree to it, and until then its records are asked for.
/// `None` where nothing holds its player's account and they owe nothing, or whoever approved it knew of each; and where
/// cashiers want the money to go back.
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
        stopped(order, held, now)?
    } else {
        let after = order.after(WithdrawalEvent::AccountHeld, held).ok()?;
        WithdrawalOrder { approvals: Vec::new(), ..after }
    };
    let hold_reasons = [&order.hold_reasons[..], &reasons].concat();
    Some(Plan::of(Some(order.clone()), WithdrawalOrder { hold_reasons, ..after }))
}

/// What is on its way, and sent again only when cashiers who know of it agree. `None` where the provider has it, or its
/// money is wanted back.
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

/// What became of a withdrawal that is to be sent, once what [`hold_unsent`] or [`claim_payout`](crate::claim_payout)
/// planned is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeforeSending {
    /// Nobody has begun to send it: cashiers look at it again.
    Held,
    /// A provider may have it: nobody sends it again before cashiers have agreed to that.
    Stopped,
    /// An attempt is claimed.
    Claimed {
        /// Whether nobody can have called before.
        is_first: bool,
        /// Whether nobody can have called under the key of this attempt.
        is_first_of_attempt: bool,
    },
}

impl BeforeSending {
    /// By a plan of one of the two. Each claim makes the lease of its attempt end later; what is stopped keeps its
    /// attempt, and may be claimed later for its records to be asked for.
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
