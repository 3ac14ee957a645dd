//! One job: one lane of one period.

use evens_contracts::SettlePeriodJob;
use evens_games::{OwedBet, Period, PeriodId};
use evens_ledger::UserId;
use evens_queues::Outgoing;
use evens_runtime::{Context, JobDone, JobError};
use evens_store::{PayGameBetsOutcome, Store};
use futures::{StreamExt, stream};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How many players are paid side by side.
const AT_ONCE: usize = 16;

/// How many players one job pays. Then it asks for itself again, so that none is cut off in the middle of a crowd.
const PLAYERS: usize = 1_000;

/// Why a lane cannot be settled, whatever is tried.
#[derive(Debug, thiserror::Error)]
enum SettleFault {
    #[error("the period {0} does not exist")]
    UnknownPeriod(PeriodId),
    #[error("what the period {0} owes to user {1} does not fit into the balance")]
    BalanceTooLarge(PeriodId, UserId),
}

/// Pays a lane of a period, once. Harmless when repeated: what is paid is left out. Whoever cannot be paid keeps nobody
/// else from it.
pub async fn handle(context: &Context, job: SettlePeriodJob, now: Timestamp) -> Result<JobDone, JobError> {
    let SettlePeriodJob { period_id, lane } = job;
    let unknown = || JobError::permanent(SettleFault::UnknownPeriod(period_id));
    let period = context.store.load_period(period_id).await?.ok_or_else(unknown)?;
    if !period.open_lanes().contains(&lane) {
        return Ok(JobDone("paid before, or nothing is owed yet"));
    }
    let shards = context.store.load_lane(&period, lane).await?;
    let owed: Vec<_> = shards.iter().flat_map(|shard| period.owed_for(&shard.bets)).collect();
    let unpaid = by_player(context.store.list_unpaid(&owed).await?);
    let is_last = unpaid.len() <= PLAYERS;
    let paid = stream::iter(unpaid.into_iter().take(PLAYERS))
        .map(|(user, owed)| pay(context, &period, user, owed, now))
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<_>>()
        .await;
    paid.into_iter().collect::<Result<(), _>>()?;
    if !is_last {
        // Another moment is another id: at once, and not swallowed as a repeat.
        let nudge = context.clock.now().as_millisecond().unsigned_abs();
        context.queues.send(vec![Outgoing::of(SettlePeriodJob { period_id, lane }).nudged(nudge)]).await?;
        return Ok(JobDone("asked for the rest of the lane"));
    }
    context.store.end_lane(period_id, lane).await?;
    Ok(JobDone("paid the lane"))
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
