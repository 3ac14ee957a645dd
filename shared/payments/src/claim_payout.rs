//! Claiming an attempt to send a payout: written before the call, so that the next process knows that there may be one.

use crate::{Attempt, HistoryLine, Plan, WithdrawalEvent, WithdrawalOrder, WithdrawalPlan, WithdrawalState};
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
