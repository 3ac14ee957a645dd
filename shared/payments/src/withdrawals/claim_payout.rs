//! Claiming an attempt to send a payout. The claim is written before the call, so that the next process knows that a
//! call may have been made.

use crate::{Attempt, HistoryLine, Plan, WithdrawalEvent, WithdrawalOrder, WithdrawalPlan, WithdrawalState};
use jiff::{SignedDuration, Timestamp};

/// The durations that apply to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayoutTiming {
    /// The duration of a claim, during which no other process claims the attempt. It is longer than a call can take,
    /// and shorter than the visibility timeout of the queue: if a process dies, its job returns to a claim that is
    /// over.
    pub lease: SignedDuration,
    /// The time after a claim within which its call may begin.
    pub send_within: SignedDuration,
    /// The time for which the provider certainly remembers a key.
    pub key_age_max: SignedDuration,
}

impl Default for PayoutTiming {
    /// 45 seconds, ten seconds and six days.
    fn default() -> Self {
        Self {
            lease: SignedDuration::from_secs(45),
            send_within: SignedDuration::from_secs(10),
            key_age_max: SignedDuration::from_hours(6 * 24),
        }
    }
}

/// The reason why an attempt is not claimed, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRefusal {
    /// The withdrawal is not in a state in which it is sent.
    #[error("the withdrawal is {}", .0.as_ref())]
    InState(WithdrawalState),
    /// The withdrawal was held and does not have the approvals that its hold requires.
    #[error("the withdrawal was held and has {approvals} of the {needed} approvals that it needs")]
    NotApproved { approvals: usize, needed: usize },
    #[error("another worker has the attempt until {until}")]
    Leased { until: Timestamp },
}

/// Claims the first attempt, or claims an attempt again after the previous lease has expired. The key of the attempt
/// and its age stay the same.
///
/// A repeated claim does not change the state. So the plan is written under the condition that the attempt and its
/// lease are those that were read.
pub fn claim_payout(
    order: &WithdrawalOrder,
    timing: PayoutTiming,
    now: Timestamp,
) -> Result<WithdrawalPlan, ClaimRefusal> {
    let line = HistoryLine::own(WithdrawalEvent::Claim.as_ref(), now);
    let after = order.after(WithdrawalEvent::Claim, line).map_err(ClaimRefusal::InState)?;
    // A withdrawal that is being sent is claimed for queries, too. `next_payout_step` checks it before a call.
    if order.state == WithdrawalState::Approved && order.misses_approvals() {
        let (approvals, needed) = (order.approvers().count(), order.approvals_of_hold());
        return Err(ClaimRefusal::NotApproved { approvals, needed });
    }
    if let Some(Attempt { lease_until: until, .. }) =
        order.attempt.filter(|attempt| now < attempt.lease_until)
    {
        return Err(ClaimRefusal::Leased { until });
    }
    let first = Attempt { number: 1, key_since: now, lease_until: now };
    let attempt = Attempt { lease_until: now + timing.lease, ..order.attempt.unwrap_or(first) };
    Ok(Plan::of(Some(order.clone()), WithdrawalOrder { attempt: Some(attempt), ..after }))
}
