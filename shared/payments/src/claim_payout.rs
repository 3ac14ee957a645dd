//! Claiming an attempt to send a payout: written before the call, so that the next process knows that there may be one.

use crate::decide_withdrawal::act_line;
use crate::{
    ActRefusal, Attempt, CashierAct, HistoryLine, PayoutReport, PayoutState, Plan, ReportSource,
    WithdrawalEvent, WithdrawalOrder, WithdrawalPlan, WithdrawalState,
};
use jiff::{SignedDuration, Timestamp};

/// How long what belongs to an attempt lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayoutTiming {
    /// How long a claim keeps others away; longer than a call can last.
    pub lease: SignedDuration,
    /// How long after a claim its call may begin.
    pub send_within: SignedDuration,
    /// For how long the provider surely remembers a key.
    pub key_age_max: SignedDuration,
}

impl Default for PayoutTiming {
    /// A minute, ten seconds and six days.
    fn default() -> Self {
        Self {
            lease: SignedDuration::from_mins(1),
            send_within: SignedDuration::from_secs(10),
            key_age_max: SignedDuration::from_hours(6 * 24),
        }
    }
}

/// Why an attempt is not claimed, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRefusal {
    /// The withdrawal is not to be sent.
    #[error("the withdrawal is {}", .0.as_ref())]
    InState(WithdrawalState),
    /// Another process has it.
    #[error("the attempt is claimed until {until}")]
    Leased {
        /// Until when.
        until: Timestamp,
    },
}

/// Claims the first attempt, or the same attempt again when the lease of whoever had it is over. The key of an
/// attempt that is claimed again stays the same, and so does its age.
///
/// The state of a second claim stays the same: the plan is written under the condition that the attempt is the one that
/// was read, with its lease.
pub fn claim_payout(
    order: &WithdrawalOrder,
    timing: PayoutTiming,
    now: Timestamp,
) -> Result<WithdrawalPlan, ClaimRefusal> {
    let line = HistoryLine::own(WithdrawalEvent::Claim.as_ref(), now);
    let after = order.after(WithdrawalEvent::Claim, line).map_err(ClaimRefusal::InState)?;
    if let Some(Attempt { lease_until: until, .. }) =
        order.attempt.filter(|attempt| now < attempt.lease_until)
    {
        return Err(ClaimRefusal::Leased { until });
    }
    let first = Attempt { number: 1, key_since: now, lease_until: now };
    let attempt = Attempt { lease_until: now + timing.lease, ..order.attempt.unwrap_or(first) };
    Ok(Plan::of(Some(order.clone()), WithdrawalOrder { attempt: Some(attempt), ..after }))
}

/// Why no new attempt is begun, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RetryRefusal {
    /// The cashier may not decide about it.
    #[error(transparent)]
    Act(#[from] ActRefusal),
    /// The withdrawal is not on its way.
    #[error("the withdrawal is {}", .0.as_ref())]
    InState(WithdrawalState),
    /// The provider's present record does not say that the newest attempt failed.
    #[error("the newest attempt has no failed record at the provider")]
    NotFailed,
    /// Another process has it.
    #[error("the attempt is claimed until {until}")]
    Leased {
        /// Until when.
        until: Timestamp,
    },
}

/// Lets a new attempt, with a key of its own, follow one that the provider's record says has failed. It is free to be
/// claimed at once.
pub fn retry_payout(
    order: &WithdrawalOrder,
    failed: &PayoutReport,
    act: &CashierAct,
    now: Timestamp,
) -> Result<WithdrawalPlan, RetryRefusal> {
    act.check(order.terms.user, &[], now)?;
    let (WithdrawalState::Processing, Some(attempt)) = (order.state, order.attempt) else {
        return Err(RetryRefusal::InState(order.state));
    };
    let is_of_newest = failed.reference == order.terms.id
        && failed.provider == order.terms.provider
        && !order.failed_payouts.contains(&failed.id)
        && order.provider_id.as_ref().is_none_or(|known| *known == failed.id);
    let has_failed = failed.state == PayoutState::Failed && failed.source == ReportSource::Asked;
    if !is_of_newest || !has_failed {
        return Err(RetryRefusal::NotFailed);
    }
    if now < attempt.lease_until {
        return Err(RetryRefusal::Leased { until: attempt.lease_until });
    }
    let mut after = order.clone();
    after.failed_payouts.push(failed.id.clone());
    after.provider_id = None;
    after.attempt = Some(Attempt { number: attempt.number + 1, key_since: now, lease_until: now });
    after.history = order.history.with(act_line(WithdrawalEvent::Claim, act, now));
    Ok(Plan::of(Some(order.clone()), after))
}
