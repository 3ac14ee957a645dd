//! How one period comes on: opened, closed, drawn; or cancelled, where it waits for a block in vain.

use crate::asked::Asked;
use evens_contracts::SettlePeriodJob;
use evens_games::{
    BLOCK_WITHIN, BlockSource, Period, PeriodId, PeriodRefusal, PeriodState, ShardCount, TakeBlockOutcome,
};
use evens_queues::Outgoing;
use evens_runtime::{Context, JobError, Stage};
use evens_store::PeriodWrite;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// How many periods are brought on side by side, and how many reads go on so.
pub(crate) const AT_ONCE: usize = 8;

/// By how many of a room's last periods its next one is laid out.
const LAST: u16 = 60;

/// How long after its end a period can wait to be drawn, and a bit: then it is cancelled.
const WAITS_AT_MOST: SignedDuration = SignedDuration::from_secs(BLOCK_WITHIN.as_secs() + 60);

/// Why a period cannot be drawn, whatever is tried.
#[derive(Debug, thiserror::Error)]
enum ClockFault {
    #[error("the period {0} has no seed")]
    NoSeed(PeriodId),
    #[error("the period {0} cannot be drawn: {1}")]
    NotDrawn(PeriodId, PeriodRefusal),
}

/// What a second of the clock knows, for every period that it brings on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Second<'a> {
    pub(crate) context: &'a Context,
    pub(crate) asked: &'a Asked,
    pub(crate) now: Timestamp,
    /// Until when it waits for blocks. The next second waits on.
    pub(crate) waits_until: Instant,
}

impl Second<'_> {
    /// Brings periods on side by side; what fails costs its own period.
    pub(crate) async fn bring_all_on(
        self,
        ids: Vec<PeriodId>,
    ) -> Vec<(PeriodId, Result<Option<Timestamp>, JobError>)> {
        let periods = stream::iter(ids).map(async |id| (id, self.bring_on(id).await));
        periods.buffer_unordered(AT_ONCE).collect().await
    }

    /// Brings a period as far as it should have come by now, step by step, and says when to look at it again; none
    /// where nothing is left to be done by the clock. Harmless when repeated.
    ///
    /// 1. it is not there: it is opened, if the hash of its seed is then public a period before its first bet, and
    ///    somebody tells of blocks, where its game needs them; else the room leaves it out. As long as three others of
    ///    the room are not drawn it is not opened, so that what the house may lose grows with no source's silence
    /// 2. it takes bets, and its time is over: its fence goes up, shard by shard, and then it is closed
    /// 3. it is closed, has ended and waits for a block: its source is asked for it, each second; in vain for ten
    ///    minutes, and by this clock for half a minute without a pause, and it is cancelled
    /// 4. it is closed, has ended and waits for none: it is drawn, and its payouts are asked for; ten minutes later,
    ///    where its seed is not there or not its own, it is cancelled
    pub(crate) async fn bring_on(self, id: PeriodId) -> Result<Option<Timestamp>, JobError> {
        let Self { context, now, .. } = self;
        let mut period = match context.store.load_period(id).await? {
            Some(period) => period,
            None if !self.may_open(id) => return Ok(None),
            None if self.is_room_behind(id).await? => return Ok(Some(now)),
            None => self.open(id).await?,
        };
        loop {
            period = match &period.state {
                PeriodState::Open => match period.close(now) {
                    Ok(closing) => context.store.move_period(&period, closing).await?.into_period(),
                    // Its time has not come.
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

    /// Whether a period that is not there may be opened. On somebody's own machine also the one of the moment is, so
    /// that there is something to play.
    fn may_open(self, id: PeriodId) -> bool {
        let Self { context, asked, now, .. } = self;
        let offset = context.settings.attendance_offset.offset();
        let times = id.times(offset);
        let times = if asked.source().is_some() { times.before_block() } else { times };
        let is_own_machine = context.settings.stage == Stage::Local;
        let is_in_time = id.is_ahead(now, offset) || (is_own_machine && now < times.closes_at);
        // An oracle signs whatever it likes, and a block alone would be the result: it would choose among bets.
        let has_blocks = matches!(asked.source(), Some(BlockSource::Tron | BlockSource::Local));
        is_in_time && (has_blocks || !id.room.needs_blocks())
    }

    /// Whether more earlier periods of its room are not drawn than may be: what a period may cost is reckoned by that.
    async fn is_room_behind(self, id: PeriodId) -> Result<bool, JobError> {
        let periods = WAITS_AT_MOST.as_secs() / i64::from(id.room.duration_s()) + 2;
        let earlier: Vec<_> = (1..=periods).map(|periods| id.later(-periods)).collect();
        let earlier = self.context.store.load_periods(&earlier).await?;
        let undrawn = earlier.iter().flatten().filter(|period| period.state.is_undrawn());
        Ok(undrawn.count() > Period::UNDRAWN_MAX)
    }

    async fn open(self, id: PeriodId) -> Result<Period, JobError> {
        let Self { context, asked, .. } = self;
        let source = asked.source();
        let seed = context.entropy.seed().map_err(JobError::retryable)?;
        let last = context.store.list_results(id.room, None, LAST).await?;
        let shards = ShardCount::for_bets(last.iter().map(|drawn| drawn.bets).max().unwrap_or_default());
        let offset = context.settings.attendance_offset.offset();
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

    /// The period with the block that its source has for it; none as long as there is none.
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

    /// Draws a period whose fence is up, as it was read, with its block. Whoever makes the step asks for what it owes;
    /// what is lost of that, the sweeper asks for.
    async fn draw(self, read: &Period, closed: Period) -> Result<Period, JobError> {
        let Self { context, now, .. } = self;
        let id = read.id;
        let seed = context.store.load_period_seed(read).await?;
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
        // A table that comes back after a power cut must not have forgotten that the fence is up.
        context.durability.sync().await?;
        let written = context.store.move_period(read, drawn).await?;
        if let PeriodWrite::Written(period) = &written {
            if let (Some(result), Some(totals)) = (period.result(), period.totals()) {
                let (drawn, bets) = (&result.drawn, totals.bets);
                tracing::info!("period.id" = %id, drawn = %drawn, bets, "Drew {drawn} for period {id} with {bets} bets");
            }
            self.ask_for_payouts(period).await?;
        }
        Ok(written.into_period())
    }

    /// It cannot be drawn, and players do not wait for ever: every stake goes back.
    async fn give_up(self, read: &Period, given_up: Period, missing: &str) -> Result<Period, JobError> {
        let (id, until) = (read.id, read.block_until());
        let written = self.context.store.move_period(read, given_up.ended_if_empty()).await?;
        if let PeriodWrite::Written(period) = &written {
            tracing::error!("period.id" = %id, "Cancelled period {id}: there was no {missing} to draw it until {until}");
            self.ask_for_payouts(period).await?;
        }
        Ok(written.into_period())
    }

    async fn ask_for_payouts(self, period: &Period) -> Result<(), JobError> {
        let settle = |lane| Outgoing::of(SettlePeriodJob { period_id: period.id, lane });
        self.context.queues.send(period.open_lanes().into_iter().map(settle).collect()).await?;
        Ok(())
    }
}
