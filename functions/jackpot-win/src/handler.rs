//! One job: the win that is under way in a group, or one contribution.

use evens_contracts::{ContributeJob, JackpotWinJob, JackpotsJob};
use evens_jackpots::{
    ByGroup, ContributeOutcome, ContributeRefusal, JackpotAction, OperationId, PendingWin, contribute,
};
use evens_metrics::JackpotOutcome;
use evens_runtime::{Context, JobDone, JobError};
use evens_store::FinishWinOutcome;
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::Instant;

/// Why a job cannot be done, whatever is tried.
#[derive(Debug, thiserror::Error)]
enum JackpotFault {
    #[error("the win {} does not fit into the balance of user {}", .0.award.operation, .0.award.user)]
    BalanceTooLarge(Box<PendingWin>),
    #[error("the contribution {0}: {1}")]
    Refused(OperationId, ContributeRefusal),
    #[error("the operation {0} is another one")]
    OperationReused(OperationId),
}

/// Does one job. Harmless when repeated.
pub async fn handle(context: &Context, job: JackpotsJob, now: Timestamp) -> Result<JobDone, JobError> {
    match job {
        JackpotsJob::JackpotWin(job) => pay(context, &job, now).await,
        JackpotsJob::Contribute(job) => make(context, job, now).await,
    }
}

async fn pay(context: &Context, job: &JackpotWinJob, now: Timestamp) -> Result<JobDone, JobError> {
    let group = job.jackpot;
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
            Err(JobError::permanent(JackpotFault::BalanceTooLarge(pending)))
        }
    }
}

async fn make(context: &Context, job: ContributeJob, now: Timestamp) -> Result<JobDone, JobError> {
    let began = Instant::now();
    let amounts = job.amounts();
    let id = OperationId::from_stored(job.operation);
    let configs = context.store.load_jackpot_configs().await?;
    let terms = ByGroup::of(|group| configs.get(group).as_ref().map(|config| config.terms));
    let contribution = contribute(id.clone(), &amounts, &terms, now)
        .map_err(|refusal| JobError::permanent(JackpotFault::Refused(id.clone(), refusal)))?;
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
