//! Handles one job: the bonuses for one player's first deposit.

use evens_contracts::{ApplyReferralBonusJob, GiveFirstBonusJob};
use evens_ledger::UserId;
use evens_payments::BonusRefusal;
use evens_queues::OutgoingJob;
use evens_runtime::{Context, JobDone, JobError};
use jiff::Timestamp;

/// Permanent failures: a retry cannot succeed.
#[derive(Debug, thiserror::Error)]
enum BonusFault {
    #[error("the bonus balance of user {0} would exceed the largest amount")]
    BalanceTooLarge(UserId),
}

/// Gives a player the bonus for their first deposit, and records the referrer's bonus as owed if it was waiting for
/// that deposit. The referrer's bonus comes first: the player's debt record marks the work as unfinished until both are
/// done. Harmless when repeated.
pub async fn handle(context: &Context, job: GiveFirstBonusJob, now: Timestamp) -> Result<JobDone, JobError> {
    let GiveFirstBonusJob { user_id: user } = job;
    if context.store.owe_referral_bonus(user).await? {
        let job = OutgoingJob::of(ApplyReferralBonusJob { user_id: user });
        context.ask_for(vec![job], || format!("the bonus for bringing user {user}")).await;
    }
    match context.store.give_first_bonus(user, now).await? {
        Ok(_) => Ok(JobDone("Bonus given")),
        Err(BonusRefusal::GivenBefore) => Ok(JobDone("Bonus already given")),
        Err(BonusRefusal::NotDue) => Ok(JobDone("No bonus is due")),
        Err(BonusRefusal::BalanceTooLarge(_)) => Err(JobError::permanent(BonusFault::BalanceTooLarge(user))),
    }
}
