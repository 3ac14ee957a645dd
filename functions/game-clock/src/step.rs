//! The steps of one period: open, close and draw it, or cancel it if its block does not come.

use crate::asked::BlockRequests;
use evens_contracts::SettlePeriodJob;
use evens_games::{
    BLOCK_WITHIN, BlockSource, Period, PeriodId, PeriodRefusal, PeriodState, ShardCount, TakeBlockOutcome,
};
use evens_queues::OutgoingJob;
use evens_runtime::{Context, JobError, Stage};
use evens_store::PeriodWrite;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// Periods processed concurrently, and concurrent reads.
pub(crate) const AT_ONCE: usize = 8;

/// The shard count of the next period follows from this many last periods of its room.
const LAST: u16 = 60;

/// The longest time that a period can wait for its draw, plus a margin. Then it is cancelled.
const WAITS_AT_MOST: SignedDuration = SignedDuration::from_secs(BLOCK_WITHIN.as_secs() + 60);

/// Permanent failures: a retry cannot succeed.
#[derive(Debug, thiserror::Error)]
enum ClockFault {
    #[error("the period {0} has no seed")]
    NoSeed(PeriodId),
    #[error("the period {0} cannot be drawn: {1}")]
    NotDrawn(PeriodId, PeriodRefusal),
}

/// The context of one second of the clock, shared by all periods it processes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Second<'a> {
    pub(crate) context: &'a Context,
    pub(crate) asked: &'a BlockRequests,
    pub(crate) now: Timestamp,
    /// Deadline for blocks. The next second keeps waiting.
    pub(crate) waits_until: Instant,
}

impl Second<'_> {
    /// Advances periods concurrently. A failure affects its own period only.
    pub(crate) async fn bring_all_on(
        self,
        ids: Vec<PeriodId>,
    ) -> Vec<(PeriodId, Result<Option<Timestamp>, JobError>)> {
        let periods = stream::iter(ids).map(async |id| (id, self.bring_on(id).await));
        periods.buffer_unordered(AT_ONCE).collect().await
    }

    /// Advances a period step by step as far as it is due. Returns when to look at it again, or `None` if the clock has
    /// nothing left to do. Harmless when repeated.
    ///
    /// 1. it does not exist: it is opened, if the hash of its seed will be public one period before its first bet, and
    ///    if a block source is configured where its game needs one. Otherwise the room leaves it out. It is not opened
    ///    while more than [`Period::UNDRAWN_MAX`] earlier periods of its room are undrawn, so that a silent source does
    ///    not increase what the house may lose
    /// 2. it takes bets and its time is over: its fence goes up, shard by shard, and then it is closed
    /// 3. it is closed, has ended and waits for a block: its source is asked each second. It is cancelled after ten
    ///    minutes without a block, if this clock itself has asked for half a minute without a pause
    /// 4. it is closed, has ended and needs no block: it is drawn and its payouts are requested. If its seed is missing
    ///    or wrong for ten minutes, it is cancelled
    pub(crate) async fn bring_on(self, id: PeriodId) -> Result<Option<Timestamp>, JobError> {
        let Self { context, now, .. } = self;
        // An archived period is over, and no clock can open it again.
        let mut period = match context.store.load_unarchived_period(id).await? {
            Some(period) => period,
            None if !self.may_open(id) => return Ok(None),
            None if self.is_room_behind(id).await? => return Ok(Some(now)),
            None => self.open(id).await?,
        };
        loop {
            period = match &period.state {
                PeriodState::Open => match period.close(now) {
                    Ok(closing) => context.store.move_period(&period, closing).await?.into_period(),
                    // Its closing time has not come.
                    Err(_) => return Ok(Some(period.times.closes_at)),
                },
                PeriodState::Closing => context.store.close_period(&period, now).await?,
                PeriodState::Closed(_) if now < period.times.ends_at => {
                    return Ok(Some(period.times.ends_at));
                }
                PeriodState::Closed(_) => match period.wanted_block() {
                    None => self.draw(&period, period.clone()).await?,
                    Some(source) => match self.with_block(&period, source).await {
                        Some(with_block) => self.draw(&period, with_block).await?,
                        None => match period.give_up(now) {
                            Ok(given_up)
                                if self.asked.was_asked_in_vain(source, period.block_from(), now) =>
                            {
                                self.give_up(&period, given_up, "block").await?
                            }
                            Ok(_) | Err(_) => return Ok(Some(now)),
                        },
                    },
                },
                PeriodState::Resulted(..)
                | PeriodState::Settled(..)
                | PeriodState::Cancelled(..)
                | PeriodState::Refunded(_) => return Ok(None),
            };
        }
    }

    /// Returns `true` if a missing period may be opened. On the local stage that includes the current one, so that a
    /// developer can play at once.
    fn may_open(self, id: PeriodId) -> bool {
        let Self { context, asked, now, .. } = self;
        let offset = context.settings.players.attendance_offset.offset();
        let times = id.times_with(asked.source(), offset);
        let is_own_machine = context.settings.stage == Stage::Local;
        let is_in_time = id.is_ahead(now, offset) || (is_own_machine && now < times.closes_at);
        // If a block alone decides the result, an oracle could choose among bets, because it signs any block it likes.
        let has_blocks = matches!(asked.source(), Some(BlockSource::Tron | BlockSource::Local));
        is_in_time && (has_blocks || !id.room.needs_blocks())
    }

    /// Returns `true` if too many earlier periods of the room are undrawn. The exposure limit of a period is computed
    /// with [`Period::UNDRAWN_MAX`]. One that cannot be read counts as undrawn, and does not stop the room.
    async fn is_room_behind(self, id: PeriodId) -> Result<bool, JobError> {
        let periods = WAITS_AT_MOST.as_secs() / i64::from(id.room.duration_s()) + 2;
        let earlier: Vec<_> = (1..=periods).map(|periods| id.later(-periods)).collect();
        let found = self.context.store.load_unarchived_periods(&earlier).await?;
        let undrawn = earlier.iter().zip(found).filter(|(earlier, found)| match found {
            Ok(period) => period.as_ref().is_some_and(|period| period.state.is_undrawn()),
            Err(error) => {
                tracing::warn!("period.id" = %earlier, %error, "Could not read period {earlier}, which counts as undrawn");
                true
            }
        });
        Ok(undrawn.count() > Period::UNDRAWN_MAX)
    }

    async fn open(self, id: PeriodId) -> Result<Period, JobError> {
        let Self { context, asked, .. } = self;
        let source = asked.source();
        let seed = context.entropy.seed().map_err(JobError::retryable)?;
        let last = context.store.list_results(id.room, None, LAST).await?;
        let bets = last.iter().map(|drawn| drawn.bets).max().unwrap_or_default();
        let shards = ShardCount::for_bets(bets, context.store.layout().period_shards_min());
        let offset = context.settings.players.attendance_offset.offset();
        let new = Period::open(id, offset, seed.hash(), shards);
        let new = match source {
            Some(source) => new.drawn_with_block_of(source),
            None => new,
        };
        let written = context.store.open_period(new, &seed).await?;
        if let PeriodWrite::Written(_) = written {
            tracing::debug!("period.id" = %id, "Opened period {id}");
        }
        Ok(written.into_period())
    }

    /// The period with its source's block, or `None` while there is no block.
    async fn with_block(self, closed: &Period, source: BlockSource) -> Option<Period> {
        let block = self.asked.first_block(source, closed.block_from(), self.now, self.waits_until).await?;
        match closed.take_block(block) {
            TakeBlockOutcome::Taken(period) => Some(*period),
            outcome => {
                let (id, number) = (closed.id, block.number());
                tracing::warn!("period.id" = %id, ?outcome, "Could not draw period {id} with the block {number}");
                None
            }
        }
    }

    /// Draws a closed period with its block. The process that makes the step also sends the payout jobs. If one is
    /// lost, the sweeper sends it.
    async fn draw(self, read: &Period, closed: Period) -> Result<Period, JobError> {
        let Self { context, now, .. } = self;
        let id = read.id;
        let seed = context.store.load_period_seed(read).await?;
        if seed.is_none()
            && let Some(found) = context.store.load_period(id).await?
            && !found.state.is_undrawn()
        {
            // Another clock drew the period meanwhile, and archived it without its secret.
            return Ok(found);
        }
        let drawn = match seed {
            None => Err(ClockFault::NoSeed(id)),
            Some(seed) => closed.draw(seed, now).map_err(|refusal| ClockFault::NotDrawn(id, refusal)),
        };
        let drawn = match (drawn, read.give_up(now)) {
            (Ok(drawn), _) => drawn,
            (Err(_), Ok(given_up)) => return self.give_up(read, given_up, "seed").await,
            (Err(fault), Err(_)) => return Err(JobError::permanent(fault)),
        };
        let drawn = drawn.ended_if_empty();
        // Flush first: after a power cut the table must still know that the period has closed.
        context.durability.sync().await?;
        let written = context.store.draw_period(read, drawn).await?;
        if let PeriodWrite::Written(period) = &written {
            if let (Some(result), Some(totals)) = (period.result(), period.totals()) {
                let (drawn, bets) = (&result.drawn, totals.bets);
                tracing::info!("period.id" = %id, drawn = %drawn, bets, "Drew {drawn} for period {id} with {bets} bets");
            }
            self.ask_for_payouts(period).await?;
        }
        Ok(written.into_period())
    }

    /// Cancels a period that cannot be drawn, so that players do not wait for ever. Every stake is returned.
    async fn give_up(self, read: &Period, given_up: Period, missing: &str) -> Result<Period, JobError> {
        let (id, until) = (read.id, read.block_until());
        let written = self.context.store.move_period(read, given_up.ended_if_empty()).await?;
        if let PeriodWrite::Written(period) = &written {
            tracing::error!("period.id" = %id, "Cancelled period {id}: no {missing} was available to draw it by {until}");
            self.ask_for_payouts(period).await?;
        }
        Ok(written.into_period())
    }

    async fn ask_for_payouts(self, period: &Period) -> Result<(), JobError> {
        let settle = |lane| OutgoingJob::of(SettlePeriodJob { period_id: period.id, lane });
        self.context.queues.send(period.open_lanes().into_iter().map(settle).collect()).await?;
        Ok(())
    }
}
