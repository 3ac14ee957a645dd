//! When somebody looks at an order next, if nothing is heard of it until then.
//!
//! A provider's callback can be lost, so whoever is asked too little is asked by us: soon at first, then hourly, and
//! not for ever.

use crate::{DepositOrder, DepositState, Resolution, WithdrawalOrder, WithdrawalState};
use jiff::{SignedDuration, Timestamp};

/// How long after a deposit was opened its provider is asked, before that becomes hourly.
const FIRST_LOOKS: [SignedDuration; 3] =
    [SignedDuration::from_mins(2), SignedDuration::from_mins(10), SignedDuration::from_mins(30)];
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Money may come so long after the player's time is over.
const LATE_MONEY: SignedDuration = SignedDuration::from_hours(5 * 24);
/// A withdrawal whose job was lost is sent on after so long. One that comes on before that is not moved in its list,
/// which would cost as much as the write itself.
const SEND_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);

impl DepositOrder {
    /// When somebody looks at the deposit next: the provider is asked about what may still be paid, and a cashier looks
    /// at what may not be credited; what goes back is asked for until it is made. None where nothing more is awaited.
    pub fn look_at(&self, now: Timestamp) -> Option<Timestamp> {
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
    /// When somebody looks at the withdrawal next: at what nobody has begun to send, as soon as its job must be lost;
    /// at what may be at the provider, when the claim on it ends, or cashiers want it resolved; a cashier at what is
    /// held. None where it has ended.
    pub fn look_at(&self, now: Timestamp) -> Option<Timestamp> {
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

/// The first of the looks that has not come yet.
fn next_look(since: Timestamp, now: Timestamp) -> Timestamp {
    let first = FIRST_LOOKS.iter().map(|after| since + *after).find(|at| *at > now);
    first.unwrap_or(now + HOUR)
}
