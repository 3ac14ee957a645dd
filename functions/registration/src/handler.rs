//! One job: one step of one player's registration.

use evens_contracts::{
    ApplyBonusJob, ApplyReferralBonusJob, NotifyEvent, NotifyJob, RecordReferralJob, RegistrationJob,
};
use evens_ledger::{Amount, UserId};
use evens_players::{Account, RecordReferral, ReferralCap, ReferralCode, Registration, registration_bonus};
use evens_queues::Outgoing;
use evens_runtime::{Context, JobDone, JobError};
use evens_store::{BonusOutcome, ReferralOutcome};
use jiff::Timestamp;

/// Why a step cannot be done, whatever is tried.
#[derive(Debug, thiserror::Error)]
enum RegistrationFault {
    #[error("User {0} not found")]
    UnknownUser(UserId),
    #[error("User {0} did not sign up with the referral code {1}")]
    NotReferred(UserId, ReferralCode),
    #[error("the bonus balance cannot hold the bonus for user {0}")]
    BalanceTooLarge(UserId),
}

/// A step that waits for the one before it.
#[derive(Debug, thiserror::Error)]
#[error("the step before is not done for user {0}")]
struct TooEarly(UserId);

/// Does one step. Harmless when repeated.
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
    let amount = context.settings.registration_bonus;
    match context.store.apply_registration_bonus(user, amount, now).await? {
        BonusOutcome::Applied(account) => {
            let given = account.bonuses.map_or(amount, |bonuses| bonuses.registration);
            context.queues.send(after_bonus(&account, Some(given))).await?;
            Ok(JobDone("Bonus applied"))
        }
        // Whoever gave it may have ended before they could ask for what follows.
        BonusOutcome::AppliedBefore(account) => {
            let given = bonus_given(context, user).await?;
            context.queues.send(after_bonus(&account, given)).await?;
            Ok(JobDone("Bonus already applied"))
        }
        // Whoever proves the number asks again.
        BonusOutcome::NotDue(_) | BonusOutcome::Withheld(_) => Ok(JobDone("waits for the phone number")),
        BonusOutcome::UnknownUser => Err(JobError::permanent(RegistrationFault::UnknownUser(user))),
        BonusOutcome::BalanceTooLarge => Err(JobError::permanent(RegistrationFault::BalanceTooLarge(user))),
    }
}

/// What the ledger says was given for signing up: the setting may have been another one then. The wallet carries its
/// newest entries; where that one is not among them any more, the news is old, and nobody is told.
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
    // The account may say otherwise. A job too many finds nothing to do, and a job too few the sweeper sends.
    let has_bonus = !context.settings.referral_bonus.is_zero();
    let after = context.settings.referral_bonus_after;
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
        RecordReferral::EndedBefore => return Ok(JobDone("No referral, as decided before")),
        RecordReferral::UnknownCode => return Ok(end_without_referral(user, code, "nobody has it")),
        RecordReferral::SelfReferral => {
            return Ok(end_without_referral(user, code, "it is the player's own"));
        }
    };
    context.queues.send(after_referral(referrer, user, step == Registration::ReferralBonusDue)).await?;
    Ok(done)
}

/// Says why a sign-up has no referral. Anybody can type any code, so that is no fault that an operator must look at.
fn end_without_referral(user: UserId, code: ReferralCode, reason: &'static str) -> JobDone {
    tracing::info!(
        "user.id" = %user,
        referral_code = %code,
        reason,
        "Invalid referral code: {code} of user {user}, as {reason}; the sign-up has no referral"
    );
    JobDone("No referral")
}

async fn apply_referral_bonus(
    context: &Context,
    referred: UserId,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let settings = &context.settings;
    let day = settings.attendance_offset.day(now);
    let cap = settings.referral_bonuses_per_day.map(|max| ReferralCap { day, max });
    match context.store.apply_referral_bonus(referred, settings.referral_bonus, cap, now).await? {
        BonusOutcome::Applied(_) => Ok(JobDone("Bonus applied")),
        BonusOutcome::AppliedBefore(_) => Ok(JobDone("Bonus already applied")),
        // Whoever credits the deposit asks again.
        BonusOutcome::NotDue(account) if account.registration == Registration::DepositDue => {
            Ok(JobDone("waits for the first deposit"))
        }
        BonusOutcome::NotDue(account) => Err(JobError::retryable(TooEarly(account.user))),
        BonusOutcome::Withheld(account) => Ok(withhold(&account)),
        BonusOutcome::UnknownUser => Err(JobError::permanent(RegistrationFault::UnknownUser(referred))),
        BonusOutcome::BalanceTooLarge => {
            Err(JobError::permanent(RegistrationFault::BalanceTooLarge(referred)))
        }
    }
}

/// Says that a referrer got as many bonuses as there are on a day. Who looks for somebody that signs up for themselves
/// finds it here.
fn withhold(referred: &Account) -> JobDone {
    let user = referred.user;
    let referrer = referred.referrer.map(|referrer| referrer.to_string()).unwrap_or_default();
    tracing::info!(
        "user.id" = %user,
        referrer,
        "Gave user {referrer} no bonus for user {user}: there were as many as there are on a day"
    );
    JobDone("No bonus, as there were enough that day")
}

/// What follows the bonus. A repeat sends it again: the next step is harmless when repeated, and who is told knows a
/// repeat by the event's id.
fn after_bonus(account: &Account, given: Option<Amount>) -> Vec<Outgoing> {
    let user = account.user;
    let mut jobs = match (account.registration, account.referred_by) {
        (Registration::ReferralDue, Some(referred_by)) => {
            vec![Outgoing::of(RecordReferralJob { user_id: user, referred_by })]
        }
        (Registration::ReferralBonusDue, _) => vec![referral_bonus(user)],
        _ => Vec::new(),
    };
    if let Some(amount) = given.filter(|amount| !amount.is_zero()) {
        jobs.push(notify(user, NotifyEvent::WelcomeBonus { amount }, user.to_string()));
    }
    jobs
}

/// What follows the referral, in the same way.
fn after_referral(referrer: UserId, referred: UserId, is_bonus_owed: bool) -> Vec<Outgoing> {
    let event = NotifyEvent::ReferralRecorded { referred };
    let mut jobs = vec![notify(referrer, event, referred.to_string())];
    if is_bonus_owed {
        jobs.push(referral_bonus(referred));
    }
    jobs
}

fn referral_bonus(referred: UserId) -> Outgoing {
    Outgoing::of(ApplyReferralBonusJob { user_id: referred })
}

fn notify(user: UserId, event: NotifyEvent, about: String) -> Outgoing {
    Outgoing::of(NotifyJob { user_id: user, event, about })
}
