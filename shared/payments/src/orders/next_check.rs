//! The time at which an order is checked next, if there is no report about it until then.
//!
//! A provider's callback can be lost, so we query the provider ourselves: soon at first, then hourly, and not for ever.

use crate::{DepositOrder, DepositState, Resolution, WithdrawalOrder, WithdrawalState};
use jiff::{SignedDuration, Timestamp};

/// The times after the opening of a deposit at which its provider is queried, before the checks become hourly.
const FIRST_LOOKS: [SignedDuration; 3] =
    [SignedDuration::from_mins(2), SignedDuration::from_mins(10), SignedDuration::from_mins(30)];
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// The time after a deposit's deadline in which money may still arrive.
const LATE_MONEY: SignedDuration = SignedDuration::from_hours(5 * 24);
/// The time after which a withdrawal with a lost job is sent on. A withdrawal that progresses earlier keeps its
/// position in the list, because moving it would cost as much as the write itself.
const SEND_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);

impl DepositOrder {
    /// The next check of the deposit. The provider is queried while a payment may arrive and while a refund is pending.
    /// Money that may not be credited needs a cashier at once. Returns `None` if nothing is pending.
    pub fn next_check_at(&self, now: Timestamp) -> Option<Timestamp> {
        if let Some((_, refund)) = self.pending_refund() {
            return Some(next_look(refund.since, now));
        }
        match self.state {
            DepositState::Created | DepositState::Pending => Some(next_look(self.terms.created_at, now)),
            DepositState::Failed | DepositState::Expired => {
                Some(next_look(self.terms.created_at, now)).filter(|at| *at <= self.pay_until + LATE_MONEY)
            }
            DepositState::Unclaimed => Some(now),
            DepositState::Completed
            | DepositState::Returned
            | DepositState::Claimed
            | DepositState::Refunded
            | DepositState::Disputed
            | DepositState::ChargedBack => None,
        }
    }
}

impl WithdrawalOrder {
    /// The next check of the withdrawal. An unsent one is checked as soon as its job must be lost. One that may be at
    /// the provider is checked when its claim ends or a resolution is due. A held one needs a cashier at once. Returns
    /// `None` if the withdrawal has ended.
    pub fn next_check_at(&self, now: Timestamp) -> Option<Timestamp> {
        let first = self.terms.created_at + SEND_AGAIN_AFTER;
        match self.state {
            WithdrawalState::Approved | WithdrawalState::Processing if now < first => Some(first),
            WithdrawalState::Approved => Some(now + SEND_AGAIN_AFTER),
            WithdrawalState::Processing => {
                let claimed_until = self.attempt.map_or(now, |attempt| attempt.lease_until);
                Some(match &self.resolution {
                    _ if self.provider_id.is_some() => next_look(self.terms.created_at, now),
                    None => claimed_until.max(now),
                    Some(Resolution { due_at: None, .. }) => now + HOUR,
                    Some(Resolution { due_at: Some(due_at), .. }) => claimed_until.max(*due_at).max(now),
                })
            }
            WithdrawalState::Held => Some(now),
            WithdrawalState::Completed
            | WithdrawalState::Failed
            | WithdrawalState::Rejected
            | WithdrawalState::Cancelled
            | WithdrawalState::Returned => None,
        }
    }
}

/// The first check after `now`.
fn next_look(since: Timestamp, now: Timestamp) -> Timestamp {
    let first = FIRST_LOOKS.iter().map(|after| since + *after).find(|at| *at > now);
    first.unwrap_or(now + HOUR)
}
