//! One job: one lane of one period.

use crate::jackpots::Jackpots;
use evens_contracts::SettlePeriodJob;
use evens_games::{OwedBet, Period, PeriodId};
use evens_ledger::UserId;
use evens_queues::Outgoing;
use evens_runtime::{Context, JobDone, JobError, JobHandler};
use evens_store::{PayGameBetsOutcome, Store};
use futures::future::BoxFuture;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// How many players are paid side by side.
const AT_ONCE: usize = 16;

/// How much of a lane one job does. What is left then, it asks for in another job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    /// How many bets are looked up together, and paid as far as they are not paid yet, before the next ones are.
    pub bets: usize,
    /// After what time no further ones are looked up, if any were paid.
    pub time: Duration,
}

impl Portion {
    /// What a job of the queue does. A batch has 8 s, shared by jobs that go on side by side and by what else waits in
    /// their groups: half of it is left for the bets that are being paid when the time is over, and for asking for the
    /// rest. A job that is cut off instead is a failed one, and after five of those the lane is given up. 400 bets are
    /// four reads side by side, and a second of payments where each is of another player.
    pub const OF_A_JOB: Self = Self { bets: 400, time: Duration::from_secs(4) };
}

/// Why a lane cannot be settled, whatever is tried.
#[derive(Debug, thiserror::Error)]
enum SettleFault {
    #[error("the period {0} does not exist")]
    UnknownPeriod(PeriodId),
    #[error("what the period {0} owes to user {1} does not fit into the balance")]
    BalanceTooLarge(PeriodId, UserId),
}

/// Settles lanes of periods. Its clones share what they know of the terms of jackpots.
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
    /// Pays a lane of a period, once, as far as one job goes; and has its bets take part in the jackpots. Harmless when
    /// repeated: what is paid is left out. Whoever cannot be paid keeps nobody else from it, and no jackpot.
    ///
    /// It pays at least some bets before it asks for the rest, so a chain of such jobs has an end; and it ends the lane
    /// only where it has looked at all of its bets.
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
        // Of all its bets: whoever cannot be paid keeps no jackpot from being fed, and nobody from winning one.
        self.jackpots.take_part(context, &period, lane, &bets, now).await?;
        if let Some(failure) = failure {
            return Err(failure);
        }
        context.store.end_lane(period_id, lane).await?;
        Ok(JobDone("paid the lane"))
    }
}

/// Of two failures the one that another attempt may help, if there is one: the job is tried again then.
fn worth_a_retry(known: Option<JobError>, other: JobError) -> JobError {
    known.filter(JobError::is_retryable).unwrap_or(other)
}

/// Asks for what the time was too short for. A job that failed and is tried again finds it then.
async fn leave_the_rest(
    context: &Context,
    job: SettlePeriodJob,
    failure: Option<JobError>,
) -> Result<JobDone, JobError> {
    let SettlePeriodJob { period_id, lane } = job;
    if failure.as_ref().is_none_or(|failure| !failure.is_retryable()) {
        // Another moment is another id: at once, and not swallowed as a repeat.
        let nudge = context.clock.now().as_millisecond().unsigned_abs();
        context.queues.send(vec![Outgoing::of(SettlePeriodJob { period_id, lane }).nudged(nudge)]).await?;
    }
    failure.map_or(Ok(JobDone("asked for the rest of the lane")), Err)
}

/// Looks up which of some bets are unpaid by now, and pays those: what became of it, player by player.
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

/// Pays one player, so many bets at a time, one after the other: all of them want the same wallet.
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
