//! How one period comes on: opened, closed, drawn.

use evens_contracts::SettlePeriodJob;
use evens_games::{Period, PeriodId, PeriodRefusal, PeriodState, PeriodTimes, ShardCount};
use evens_queues::Outgoing;
use evens_runtime::{Context, JobError, Stage};
use evens_store::PeriodWrite;
use jiff::Timestamp;

/// By how many of a room's last periods its next one is laid out.
const LAST: u16 = 60;

/// How far a period should have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    /// It is open, with the hash of its seed public.
    Opening,
    /// Its fence is up.
    Closing,
    /// It is drawn, and its payouts are asked for.
    Drawing,
}

/// Why a period cannot be drawn, whatever is tried.
#[derive(Debug, thiserror::Error)]
enum ClockFault {
    #[error("the period {0} has no seed")]
    NoSeed(PeriodId),
    #[error("the period {0} cannot be drawn: {1}")]
    NotDrawn(PeriodId, PeriodRefusal),
}

/// How far a period of these times should have come by now.
pub(crate) fn due_of(times: PeriodTimes, now: Timestamp) -> Due {
    if now < times.closes_at {
        Due::Opening
    } else if now < times.ends_at {
        Due::Closing
    } else {
        Due::Drawing
    }
}

/// Brings a period as far as it should have come by now, step by step. Harmless when repeated.
///
/// 1. it is not there: it is opened, if the hash of its seed is then public a period before its first bet; else the
///    room leaves it out
/// 2. it takes bets, and its time is over: its fence goes up, shard by shard, and then it is closed
/// 3. it is closed, and has ended: it is drawn from its seed, and its payouts are asked for
pub(crate) async fn bring_on(context: &Context, id: PeriodId, now: Timestamp) -> Result<(), JobError> {
    let Some(mut period) = context.store.load_period(id).await? else {
        return if may_open(context, id, now) { open(context, id).await } else { Ok(()) };
    };
    loop {
        period = match &period.state {
            PeriodState::Open => match period.close(now) {
                Ok(closing) => context.store.move_period(&period, closing).await?.into_period(),
                // Its time has not come.
                Err(_) => return Ok(()),
            },
            PeriodState::Closing => context.store.close_period(&period, now).await?,
            PeriodState::Closed(_) if now < period.times.ends_at => return Ok(()),
            PeriodState::Closed(_) => draw(context, &period, now).await?,
            PeriodState::Resulted(..)
            | PeriodState::Settled(..)
            | PeriodState::Cancelled(..)
            | PeriodState::Refunded(_) => return Ok(()),
        };
    }
}

/// Whether a period that is not there may be opened. On somebody's own machine also the one of the moment is, so that
/// there is something to play.
fn may_open(context: &Context, id: PeriodId, now: Timestamp) -> bool {
    let offset = context.settings.attendance_offset.offset();
    let is_own_machine = context.settings.stage == Stage::Local;
    id.is_ahead(now, offset) || (is_own_machine && due_of(id.times(offset), now) == Due::Opening)
}

async fn open(context: &Context, id: PeriodId) -> Result<(), JobError> {
    let seed = context.entropy.seed().map_err(JobError::retryable)?;
    let last = context.store.list_results(id.room, None, LAST).await?;
    let shards = ShardCount::for_bets(last.iter().map(|drawn| drawn.bets).max().unwrap_or_default());
    let offset = context.settings.attendance_offset.offset();
    let new = Period::open(id, offset, seed.hash(), shards);
    if let PeriodWrite::Written(_) = context.store.open_period(new, &seed).await? {
        tracing::debug!("period.id" = %id, "Opened period {id}");
    }
    Ok(())
}

/// Draws a period whose fence is up. Whoever makes the step asks for what it owes; what is lost of that, the sweeper
/// asks for.
async fn draw(context: &Context, closed: &Period, now: Timestamp) -> Result<Period, JobError> {
    let id = closed.id;
    let seed = context.store.load_period_seed(closed).await?;
    let seed = seed.ok_or_else(|| JobError::permanent(ClockFault::NoSeed(id)))?;
    let drawn =
        closed.draw(seed, now).map_err(|refusal| JobError::permanent(ClockFault::NotDrawn(id, refusal)))?;
    let drawn = drawn.ended_if_empty();
    // A table that comes back after a power cut must not have forgotten that the fence is up.
    context.durability.sync().await?;
    let written = context.store.move_period(closed, drawn).await?;
    if let PeriodWrite::Written(period) = &written {
        if let (Some(result), Some(totals)) = (period.result(), period.totals()) {
            let (drawn, bets) = (&result.drawn, totals.bets);
            tracing::info!("period.id" = %id, drawn = %drawn, bets, "Drew {drawn} for period {id} with {bets} bets");
        }
        let settle = |lane| Outgoing::of(SettlePeriodJob { period_id: id, lane });
        context.queues.send(period.open_lanes().into_iter().map(settle).collect()).await?;
    }
    Ok(written.into_period())
}
