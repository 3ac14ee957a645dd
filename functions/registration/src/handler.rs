//! Handles one job: one step of one player's registration.

use evens_contracts::{
    ApplyBonusJob, ApplyReferralBonusJob, NotifyEvent, NotifyJob, RecordReferralJob, RegistrationJob,
};
use evens_ledger::{Amount, UserId};
use evens_players::{Account, RecordReferral, ReferralCap, ReferralCode, Registration, registration_bonus};
use evens_queues::OutgoingJob;
use evens_runtime::{Context, JobDone, JobError};
use evens_store::{BonusOutcome, ReferralOutcome};
use jiff::Timestamp;

/// Permanent failures: a retry cannot succeed.
#[derive(Debug, thiserror::Error)]
enum RegistrationFault {
    #[error("User {0} not found")]
    UnknownUser(UserId),
    #[error("User {0} did not sign up with the referral code {1}")]
    NotReferred(UserId, ReferralCode),
    #[error("the bonus balance of user {0} would exceed the largest amount")]
    BalanceTooLarge(UserId),
}

/// The step waits for the previous one.
#[derive(Debug, thiserror::Error)]
#[error("the previous registration step of user {0} is not done")]
struct TooEarly(UserId);

/// Handles one step. Harmless when repeated.
pub async fn handle(context: &Context, job: RegistrationJob, now: Timestamp) -> Result<JobDone, JobError> {
    match job {
        RegistrationJob::ApplyBonus(ApplyBonusJob { user_id }) => apply_bonus(context, user_id, now).await,
        RegistrationJob::RecordReferral(job) => record_referral(context, job, now).await,
        RegistrationJob::ApplyReferralBonus(ApplyReferralBonusJob { user_id }) => {
            apply_referral_bonus(context, user_id, now).await
        }
    }
}

async fn apply_bonus(context: &Context, user: UserId, now: Timestamp) -> Result<JobDone, JobError> {
    let amount = context.settings.players.registration_bonus;
    match context.store.apply_registration_bonus(user, amount, now).await? {
        BonusOutcome::Applied(account) => {
            let given = account.bonuses.map_or(amount, |bonuses| bonuses.registration);
            context.queues.send(after_bonus(&account, Some(given))).await?;
            Ok(JobDone("Bonus applied"))
        }
        // The process that gave the bonus may have died before it sent the next job.
        BonusOutcome::AppliedBefore(account) => {
            let given = bonus_given(context, user).await?;
            context.queues.send(after_bonus(&account, given)).await?;
            Ok(JobDone("Bonus already applied"))
        }
        // The verification of the phone number sends the job again.
        BonusOutcome::NotDue(_) | BonusOutcome::Withheld(_) => Ok(JobDone("waiting for phone verification")),
        BonusOutcome::UnknownUser => Err(JobError::permanent(RegistrationFault::UnknownUser(user))),
        BonusOutcome::BalanceTooLarge => Err(JobError::permanent(RegistrationFault::BalanceTooLarge(user))),
    }
}

/// The amount of the sign-up bonus according to the ledger, because the setting may have changed since. The wallet
/// carries only its newest entries. If the bonus is not among them, the player gets no notification, because it would
/// be old news.
async fn bonus_given(context: &Context, user: UserId) -> Result<Option<Amount>, JobError> {
    let key = registration_bonus(user, Amount::ZERO).key;
    let newest = context.store.load_wallet(user).await?.newest;
    Ok(newest.into_iter().find(|entry| entry.key == key).map(|entry| entry.amount))
}

async fn record_referral(
    context: &Context,
    RecordReferralJob { user_id: user, referred_by: code }: RecordReferralJob,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    // The account may carry different terms. A surplus job finds nothing to do, and the sweeper sends a missing one.
    let has_bonus = !context.settings.players.referral_bonus.is_zero();
    let after = context.settings.players.referral_bonus_after;
    let (decided, step) = match context.store.record_referral(user, code, has_bonus, after, now).await? {
        ReferralOutcome::Decided(decided, step) => (decided, step),
        ReferralOutcome::UnknownUser => {
            return Err(JobError::permanent(RegistrationFault::UnknownUser(user)));
        }
    };
    let (referrer, done) = match decided {
        RecordReferral::Recorded(edge) => (edge.referrer, JobDone("Referral recorded")),
        RecordReferral::RecordedBefore(referrer) => (referrer, JobDone("Referral already recorded")),
        RecordReferral::BonusFirst => return Err(JobError::retryable(TooEarly(user))),
        RecordReferral::NotReferred => {
            return Err(JobError::permanent(RegistrationFault::NotReferred(user, code)));
        }
        RecordReferral::EndedBefore => return Ok(JobDone("no referral, as decided before")),
        RecordReferral::UnknownCode => return Ok(end_without_referral(user, code, "it is unknown")),
        RecordReferral::SelfReferral => {
            return Ok(end_without_referral(user, code, "it is the player's own"));
        }
    };
    context.queues.send(after_referral(referrer, user, step == Registration::ReferralBonusDue)).await?;
    Ok(done)
}

/// Logs why a sign-up has no referral. A player may type any code, so this is not an error.
fn end_without_referral(user: UserId, code: ReferralCode, reason: &'static str) -> JobDone {
    tracing::info!(
        "user.id" = %user,
        referral_code = %code,
        reason,
        "Invalid referral code: {code} of user {user}: {reason}; the sign-up has no referral"
    );
    JobDone("No referral")
}

async fn apply_referral_bonus(
    context: &Context,
    referred: UserId,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let settings = &context.settings;
    let day = settings.players.attendance_offset.day(now);
    let cap = settings.players.referral_bonuses_per_day.map(|max| ReferralCap { day, max });
    match context.store.apply_referral_bonus(referred, settings.players.referral_bonus, cap, now).await? {
        BonusOutcome::Applied(_) => Ok(JobDone("Bonus applied")),
        BonusOutcome::AppliedBefore(_) => Ok(JobDone("Bonus already applied")),
        // The credit of the deposit sends the job again.
        BonusOutcome::NotDue(account) if account.registration == Registration::DepositDue => {
            Ok(JobDone("waiting for the first deposit"))
        }
        BonusOutcome::NotDue(account) => Err(JobError::retryable(TooEarly(account.user))),
        BonusOutcome::Withheld(account) => Ok(withhold(&account)),
        BonusOutcome::UnknownUser => Err(JobError::permanent(RegistrationFault::UnknownUser(referred))),
        BonusOutcome::BalanceTooLarge => {
            Err(JobError::permanent(RegistrationFault::BalanceTooLarge(referred)))
        }
    }
}

/// Logs that a referrer reached the daily maximum of bonuses. Investigations of self-referral start from this line.
fn withhold(referred: &Account) -> JobDone {
    let user = referred.user;
    let referrer = referred.referrer.map(|referrer| referrer.to_string()).unwrap_or_default();
    tracing::info!(
        "user.id" = %user,
        referrer,
        "Withheld the bonus of user {referrer} for user {user}: the daily maximum is reached"
    );
    JobDone("no bonus: daily maximum reached")
}

/// The jobs that follow the bonus. A repeat sends them again: the next step is harmless when repeated, and the receiver
/// of a notification detects repeats by the event id.
fn after_bonus(account: &Account, given: Option<Amount>) -> Vec<OutgoingJob> {
    let user = account.user;
    let mut jobs = match (account.registration, account.referred_by) {
        (Registration::ReferralDue, Some(referred_by)) => {
            vec![OutgoingJob::of(RecordReferralJob { user_id: user, referred_by })]
        }
        (Registration::ReferralBonusDue, _) => vec![referral_bonus(user)],
        _ => Vec::new(),
    };
    if let Some(amount) = given.filter(|amount| !amount.is_zero()) {
        jobs.push(notify(user, NotifyEvent::WelcomeBonus { amount }, user.to_string()));
    }
    jobs
}

/// The jobs that follow the referral, with the same guarantees.
fn after_referral(referrer: UserId, referred: UserId, is_bonus_owed: bool) -> Vec<OutgoingJob> {
    let event = NotifyEvent::ReferralRecorded { referred };
    let mut jobs = vec![notify(referrer, event, referred.to_string())];
    if is_bonus_owed {
        jobs.push(referral_bonus(referred));
    }
    jobs
}

fn referral_bonus(referred: UserId) -> OutgoingJob {
    OutgoingJob::of(ApplyReferralBonusJob { user_id: referred })
}

fn notify(user: UserId, event: NotifyEvent, about: String) -> OutgoingJob {
    OutgoingJob::of(NotifyJob { user_id: user, event, about })
}
