//! Handles one job: the current win of a group, or one contribution.

use evens_contracts::{ContributeJob, JackpotWinJob, JackpotsJob};
use evens_games::PeriodId;
use evens_jackpots::{
    Award, ByGroup, ContributeOutcome, ContributeRefusal, Contribution, DayIsFull, IsClosed, JackpotAction,
    JackpotGroup, OperationId, WinCause, contribute,
};
use evens_metrics::JackpotOutcome;
use evens_runtime::{Context, JackpotOperation, JobDone, JobError};
use evens_store::{BeginWinOutcome, FinishWinOutcome};
use jiff::Timestamp;
use std::time::Duration;

/// Permanent failures: a retry cannot succeed.
#[derive(Debug, thiserror::Error)]
enum JackpotFault {
    #[error("the win {} would exceed the largest balance of user {}", .0.operation, .0.user)]
    BalanceTooLarge(Box<Award>),
    #[error("the contribution {0}: {1}")]
    Refused(OperationId, ContributeRefusal),
    #[error("the contribution {0}: {1}")]
    IsClosed(OperationId, IsClosed),
    #[error("the contribution {0}: {1}")]
    DayIsFull(OperationId, DayIsFull),
    #[error("the id {0} was used for another operation")]
    OperationReused(OperationId),
}

/// Other wins took the group several times in a row.
#[derive(Debug, thiserror::Error)]
#[error("the win of the period {period} is waiting for other wins of the group {group}")]
struct WaitsForOtherWins {
    group: JackpotGroup,
    period: PeriodId,
}

/// Attempts of a drawn win to become the next win of its group.
const TURNS: usize = 3;

/// Handles one job. Harmless when repeated.
pub async fn handle(context: &Context, job: JackpotsJob, now: Timestamp) -> Result<JobDone, JobError> {
    match job {
        JackpotsJob::JackpotWin(job) => pay(context, &job, now).await,
        JackpotsJob::Contribute(job) => make(context, job, now).await,
    }
}

/// The result of paying the current win.
enum PaidWin {
    /// A drawn win was paid.
    Drawn,
    /// An awarded win was paid. The function that awarded it records the operation.
    Awarded,
    /// No win was in progress.
    Nothing,
}

/// Pays the win in progress, if there is one. Then begins the win drawn for the named period, and pays it.
async fn pay(context: &Context, job: &JackpotWinJob, now: Timestamp) -> Result<JobDone, JobError> {
    let JackpotWinJob { jackpot: group, period_id } = *job;
    let id = period_id.map(|period| OperationId::of_drawn_win(period, group).to_string());
    let id = id.unwrap_or_else(|| format!("{group}-under-way"));
    let measured = JackpotOperation::begin(context, JackpotAction::ProcessWin, group, id);
    let paid = pay_next(context, &measured, group, period_id, now).await;
    match &paid {
        Ok(PaidWin::Drawn) => measured.end(JackpotOutcome::Done),
        Ok(PaidWin::Awarded | PaidWin::Nothing) => measured.leave(),
        Err(error) => measured.end_failed(error.is_retryable()),
    }
    paid.map(|finished| match finished {
        PaidWin::Drawn | PaidWin::Awarded => JobDone("paid the win"),
        PaidWin::Nothing => JobDone("paid before, or no win in progress"),
    })
}

async fn pay_next(
    context: &Context,
    measured: &JackpotOperation<'_>,
    group: JackpotGroup,
    period: Option<PeriodId>,
    now: Timestamp,
) -> Result<PaidWin, JobError> {
    let (store, done) = (measured.store(), finish(context, measured, group, now).await?);
    let Some(period) = period else { return Ok(done) };
    for _ in 0..TURNS {
        match store.begin_drawn_win(group, period, now).await? {
            BeginWinOutcome::Begun => return finish(context, measured, group, now).await,
            BeginWinOutcome::NotOwed => return Ok(done),
            // An operator's award came first.
            BeginWinOutcome::Held => {
                measured.conflicted();
                finish(context, measured, group, now).await?;
            }
            BeginWinOutcome::BalanceTooLarge(award) => {
                return Err(JobError::permanent(JackpotFault::BalanceTooLarge(award)));
            }
        }
    }
    Err(JobError::retryable(WaitsForOtherWins { group, period }))
}

/// Pays the win in progress in a group, if there is one.
async fn finish(
    context: &Context,
    measured: &JackpotOperation<'_>,
    group: JackpotGroup,
    now: Timestamp,
) -> Result<PaidWin, JobError> {
    let store = measured.patient_store();
    match store.finish_jackpot_win(group, now).await? {
        FinishWinOutcome::Paid { win, begun_at } => {
            if context.settings.jackpots.is_measured {
                let duration = context.clock.now().duration_since(begun_at);
                let duration = Duration::try_from(duration).unwrap_or_default();
                context.metrics.jackpot_held(group.as_str(), duration);
            }
            let (id, user, amount) = (&win.operation, win.user, win.amount);
            tracing::info!("operation.id" = %id, "user.id" = %user, %amount, "User {user} won the jackpot {group}: {id}");
            match win.cause {
                WinCause::Drawn { .. } => Ok(PaidWin::Drawn),
                WinCause::Manual { .. } => Ok(PaidWin::Awarded),
            }
        }
        FinishWinOutcome::NoneUnderWay => Ok(PaidWin::Nothing),
        FinishWinOutcome::BalanceTooLarge(pending) => {
            Err(JobError::permanent(JackpotFault::BalanceTooLarge(Box::new(pending.award))))
        }
    }
}

async fn make(context: &Context, job: ContributeJob, now: Timestamp) -> Result<JobDone, JobError> {
    let (amounts, by) = (job.amounts(), job.by);
    let id = OperationId::from_stored(job.operation);
    let configs = context.store.load_jackpot_configs().await?;
    let terms = ByGroup::of(|group| configs.get(group).as_ref().map(|config| config.terms));
    let contribution = contribute(id.clone(), &amounts, &terms, now)
        .map_err(|refusal| JobError::permanent(JackpotFault::Refused(id.clone(), refusal)))?;
    let contribution = Contribution { by, ..contribution };
    let measured = JackpotOperation::begin_contribution(context, contribution.groups(), id.to_string());
    let store = measured.store();
    // The daily limit does not apply: the contribution was counted when it was accepted, and belongs to the day on
    // which it is made. But a jackpot with a limit set since then may reach it by stakes only. In that case the job
    // becomes a dead letter for an operator.
    let made = match contribution.brings_none_to_its_limit(&terms) {
        Ok(()) => store.contribute_jackpot(&contribution, None).await.map(Ok),
        Err(limit) => store.find_repeated_contribution(&contribution).await.map(|made| made.ok_or(limit)),
    };
    let outcome = match made {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(limit)) => {
            measured.end(JackpotOutcome::Refused);
            return Err(JobError::permanent(JackpotFault::Refused(id, limit)));
        }
        Err(error) => {
            measured.end_failed(error.is_retryable());
            return Err(error.into());
        }
    };
    measured.end(match outcome {
        ContributeOutcome::Contributed { .. } => JackpotOutcome::Done,
        ContributeOutcome::OperationReused
        | ContributeOutcome::IsClosed(_)
        | ContributeOutcome::DayIsFull(_) => JackpotOutcome::Refused,
    });
    match outcome {
        ContributeOutcome::Contributed { is_replay: false, .. } => Ok(JobDone("contributed")),
        ContributeOutcome::Contributed { is_replay: true, .. } => Ok(JobDone("contributed before")),
        ContributeOutcome::OperationReused => Err(JobError::permanent(JackpotFault::OperationReused(id))),
        ContributeOutcome::IsClosed(closed) => Err(JobError::permanent(JackpotFault::IsClosed(id, closed))),
        ContributeOutcome::DayIsFull(full) => Err(JobError::permanent(JackpotFault::DayIsFull(id, full))),
    }
}
