//! One job: the win that is under way in a group, or one contribution.

use evens_contracts::{ContributeJob, JackpotWinJob, JackpotsJob};
use evens_games::PeriodId;
use evens_jackpots::{
    Award, ByGroup, ContributeOutcome, ContributeRefusal, Contribution, JackpotAction, JackpotGroup,
    OperationId, contribute,
};
use evens_metrics::JackpotOutcome;
use evens_runtime::{Context, JobDone, JobError};
use evens_store::{BeginWinOutcome, FinishWinOutcome};
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::Instant;

/// Why a job cannot be done, whatever is tried.
#[derive(Debug, thiserror::Error)]
enum JackpotFault {
    #[error("the win {} does not fit into the balance of user {}", .0.operation, .0.user)]
    BalanceTooLarge(Box<Award>),
    #[error("the contribution {0}: {1}")]
    Refused(OperationId, ContributeRefusal),
    #[error("the operation {0} is another one")]
    OperationReused(OperationId),
}

/// Others were faster, again and again.
#[derive(Debug, thiserror::Error)]
#[error("other wins have held the group {group} while the one of the period {period} waits")]
struct StillHeld {
    group: JackpotGroup,
    period: PeriodId,
}

/// How often a drawn win tries to be the next one of its group.
const TURNS: usize = 3;

/// Does one job. Harmless when repeated.
pub async fn handle(context: &Context, job: JackpotsJob, now: Timestamp) -> Result<JobDone, JobError> {
    match job {
        JackpotsJob::JackpotWin(job) => pay(context, &job, now).await,
        JackpotsJob::Contribute(job) => make(context, job, now).await,
    }
}

/// Pays the win that is under way, if one is; then begins the one that the named period's bets are owed, and pays it.
async fn pay(context: &Context, job: &JackpotWinJob, now: Timestamp) -> Result<JobDone, JobError> {
    let JackpotWinJob { jackpot: group, period_id } = *job;
    let done = finish(context, group, now).await?;
    let Some(period) = period_id else { return Ok(done) };
    for _ in 0..TURNS {
        match context.store.begin_drawn_win(group, period, now).await? {
            BeginWinOutcome::Begun => return finish(context, group, now).await,
            BeginWinOutcome::NotOwed => return Ok(done),
            // An operator was faster.
            BeginWinOutcome::Held => {
                finish(context, group, now).await?;
            }
            BeginWinOutcome::BalanceTooLarge(award) => {
                return Err(JobError::permanent(JackpotFault::BalanceTooLarge(award)));
            }
        }
    }
    Err(JobError::retryable(StillHeld { group, period }))
}

/// Pays the win that is under way in a group, if one is.
async fn finish(context: &Context, group: JackpotGroup, now: Timestamp) -> Result<JobDone, JobError> {
    match context.store.finish_jackpot_win(group, now).await? {
        FinishWinOutcome::Paid { win, begun_at } => {
            if context.settings.jackpots.is_measured {
                let held = context.clock.now().duration_since(begun_at);
                let held = Duration::try_from(held).unwrap_or_default();
                context.metrics.jackpot_held(group.as_str(), held);
            }
            let (id, user, amount) = (&win.operation, win.user, win.amount);
            tracing::info!("operation.id" = %id, "user.id" = %user, %amount, "User {user} won the jackpot {group}: {id}");
            Ok(JobDone("paid the win"))
        }
        FinishWinOutcome::NoneUnderWay => Ok(JobDone("paid before, or no win is under way")),
        FinishWinOutcome::BalanceTooLarge(pending) => {
            Err(JobError::permanent(JackpotFault::BalanceTooLarge(Box::new(pending.award))))
        }
    }
}

async fn make(context: &Context, job: ContributeJob, now: Timestamp) -> Result<JobDone, JobError> {
    let began = Instant::now();
    let (amounts, by) = (job.amounts(), job.by);
    let id = OperationId::from_stored(job.operation);
    let configs = context.store.load_jackpot_configs().await?;
    let terms = ByGroup::of(|group| configs.get(group).as_ref().map(|config| config.terms));
    let contribution = contribute(id.clone(), &amounts, &terms, now)
        .map_err(|refusal| JobError::permanent(JackpotFault::Refused(id.clone(), refusal)))?;
    let contribution = Contribution { by, ..contribution };
    let outcome = context.store.contribute_jackpot(&contribution).await?;
    if context.settings.jackpots.is_measured {
        let (action, took) = (JackpotAction::Contribute.as_str(), began.elapsed());
        context.metrics.jackpot_done(action, "queued", JackpotOutcome::Done, took);
    }
    match outcome {
        ContributeOutcome::Contributed { is_replay: false, .. } => Ok(JobDone("contributed")),
        ContributeOutcome::Contributed { is_replay: true, .. } => Ok(JobDone("contributed before")),
        ContributeOutcome::OperationReused => Err(JobError::permanent(JackpotFault::OperationReused(id))),
    }
}
