//! Handles one job: one lane of one period.

use crate::jackpots::Jackpots;
use evens_contracts::SettlePeriodJob;
use evens_games::{OwedBet, Period, PeriodId};
use evens_ledger::UserId;
use evens_queues::OutgoingJob;
use evens_runtime::{Context, JobDone, JobError, JobHandler};
use evens_store::{PayGameBetsOutcome, Store};
use futures::future::BoxFuture;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Players paid concurrently.
const AT_ONCE: usize = 16;

/// The share of a lane that one job pays. The rest goes to another job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    /// Number of bets per chunk. Each chunk is checked and paid before the next one.
    pub bets: usize,
    /// Time after which no further chunk is started, provided that some bets were paid.
    pub time: Duration,
}

impl Portion {
    /// The share for a job of the queue. A batch has 8 s, shared by concurrent jobs and by the jobs waiting in their
    /// groups. Half of it is reserved for payments still running at the time limit and for sending the rest. A job that
    /// is cut off counts as failed, and after five failures the lane is given up. 400 bets take four concurrent reads,
    /// and a second of payments if each belongs to a different player.
    pub const OF_A_JOB: Self = Self { bets: 400, time: Duration::from_secs(4) };
}

/// Permanent failures: a retry cannot succeed.
#[derive(Debug, thiserror::Error)]
enum SettleFault {
    #[error("the period {0} does not exist")]
    UnknownPeriod(PeriodId),
    #[error("the payout of the period {0} does not fit into the balance of user {1}")]
    BalanceTooLarge(PeriodId, UserId),
}

/// Settles lanes of periods. Clones share a cache of jackpot terms.
#[derive(Debug, Clone, Default)]
pub struct LaneSettler {
    jackpots: Jackpots,
}

impl<'a> JobHandler<'a, SettlePeriodJob> for LaneSettler {
    type Handling = BoxFuture<'a, Result<JobDone, JobError>>;

    fn handle(&self, context: &'a Context, job: SettlePeriodJob, now: Timestamp) -> Self::Handling {
        let settler = self.clone();
        Box::pin(async move { settler.handle_portion(context, job, now, Portion::OF_A_JOB).await })
    }
}

impl LaneSettler {
    /// Pays a lane of a period, as far as one job goes, and lets its bets take part in the jackpots. Harmless when
    /// repeated: paid bets are skipped. A player who cannot be paid blocks neither other players nor the jackpots.
    ///
    /// Each job pays at least some bets before it sends the rest, so the chain of jobs ends. The lane ends only after
    /// all of its bets were checked.
    pub async fn handle_portion(
        &self,
        context: &Context,
        job: SettlePeriodJob,
        now: Timestamp,
        portion: Portion,
    ) -> Result<JobDone, JobError> {
        let started = Instant::now();
        let SettlePeriodJob { period_id, lane } = job;
        let unknown = || JobError::permanent(SettleFault::UnknownPeriod(period_id));
        let period = context.store.load_period(period_id).await?.ok_or_else(unknown)?;
        if !period.open_lanes().contains(&lane) {
            return Ok(JobDone("paid before, or nothing is owed yet"));
        }
        let shards = context.store.load_lane(&period, lane).await?;
        let bets: Vec<_> = shards.into_iter().flat_map(|shard| shard.bets).collect();
        let owed = period.owed_for(&bets);
        let (mut has_paid, mut failure) = (false, None);
        for some in owed.chunks(portion.bets.max(1)) {
            if has_paid && started.elapsed() >= portion.time {
                return leave_the_rest(context, job, failure).await;
            }
            for paid in pay_unpaid(context, &period, some, now).await? {
                match paid {
                    Ok(()) => has_paid = true,
                    Err(other) => failure = Some(worth_a_retry(failure, other)),
                }
            }
        }
        // With all bets of the lane: a player who cannot be paid does not stop contributions or wins.
        self.jackpots.take_part(context, &period, lane, &bets, now).await?;
        if let Some(failure) = failure {
            return Err(failure);
        }
        context.store.end_lane(period_id, lane).await?;
        Ok(JobDone("paid the lane"))
    }
}

/// The retryable one of two failures, if there is one, so that the job is retried.
fn worth_a_retry(known: Option<JobError>, other: JobError) -> JobError {
    known.filter(JobError::is_retryable).unwrap_or(other)
}

/// Sends another job for the rest of the lane. If this job fails and is retried, the retry pays the rest.
async fn leave_the_rest(
    context: &Context,
    job: SettlePeriodJob,
    failure: Option<JobError>,
) -> Result<JobDone, JobError> {
    let SettlePeriodJob { period_id, lane } = job;
    if failure.as_ref().is_none_or(|failure| !failure.is_retryable()) {
        // The current time as nudge gives a new deduplication id, so that SQS does not drop the job as a repeat.
        let nudge = context.clock.now().as_millisecond().unsigned_abs();
        context.queues.send(vec![OutgoingJob::of(SettlePeriodJob { period_id, lane }).nudged(nudge)]).await?;
    }
    failure.map_or(Ok(JobDone("sent the job for the rest of the lane")), Err)
}

/// Checks which bets are still unpaid, and pays them. Returns one result per player.
async fn pay_unpaid(
    context: &Context,
    period: &Period,
    owed: &[OwedBet],
    now: Timestamp,
) -> Result<Vec<Result<(), JobError>>, JobError> {
    let unpaid = by_player(context.store.list_unpaid(owed).await?);
    let paid = stream::iter(unpaid)
        .map(|(user, owed)| pay(context, period, user, owed, now))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    Ok(paid)
}

fn by_player(owed: Vec<OwedBet>) -> BTreeMap<UserId, Vec<OwedBet>> {
    let mut players: BTreeMap<UserId, Vec<OwedBet>> = BTreeMap::new();
    for owed in owed {
        players.entry(owed.record.user).or_default().push(owed);
    }
    players
}

/// Pays one player, chunk by chunk in sequence, because all of their bets change the same wallet.
async fn pay(
    context: &Context,
    period: &Period,
    user: UserId,
    owed: Vec<OwedBet>,
    now: Timestamp,
) -> Result<(), JobError> {
    for some in owed.chunks(Store::GAME_BETS_AT_ONCE) {
        match context.store.pay_game_bets(period, user, some, now).await? {
            PayGameBetsOutcome::Paid(_) => {
                let (id, bets) = (period.id, some.len());
                tracing::info!("period.id" = %id, "user.id" = %user, bets, "Paid {bets} bets on period {id} to user {user}");
            }
            PayGameBetsOutcome::PaidBefore => {}
            PayGameBetsOutcome::BalanceTooLarge => {
                return Err(JobError::permanent(SettleFault::BalanceTooLarge(period.id, user)));
            }
        }
    }
    Ok(())
}
