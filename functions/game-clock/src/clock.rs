//! What is due in which second.

use crate::asked::{Asked, REMEMBERED};
use crate::step::{AT_ONCE, Second};
use evens_block_sources::Blocks;
use evens_games::{Block, PeriodId, Room};
use evens_runtime::telemetry::chain;
use evens_runtime::{Context, JobDone, JobError, ScheduleHandler};
use evens_store::SHARDS;
use futures::future::BoxFuture;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// For how long a second waits for blocks at most. The next one waits on, so that no fence goes up late for them.
const PATIENCE: Duration = Duration::from_millis(700);

/// What should have closed for longer than this was missed by the clock of its own second.
const MISSED: SignedDuration = SignedDuration::from_secs(30);

/// Brings periods on when their time comes. It knows how far it has brought those of the moment, so that most seconds
/// cost nothing; clones share that.
#[derive(Debug, Clone)]
pub struct GameClock {
    /// For how long one run goes on, second by second.
    run_for: Duration,
    rooms: Vec<Room>,
    asked: Asked,
    known: Arc<Mutex<Known>>,
}

/// How far periods were brought.
#[derive(Debug, Default)]
struct Known {
    /// When to look at a period again; none where the clock has done all that it does.
    next: HashMap<PeriodId, Option<Timestamp>>,
    /// The minute in which it was last looked for what was missed.
    looked_in: Option<i64>,
}

impl<'a> ScheduleHandler<'a> for GameClock {
    type Run = BoxFuture<'a, Result<JobDone, JobError>>;

    fn run(&self, context: &'a Context, _now: Timestamp) -> Self::Run {
        let clock = self.clone();
        Box::pin(async move { clock.run_on(context).await })
    }
}

impl GameClock {
    /// One that does what is due now, for a host that runs it each second. Periods that it opens are drawn with these
    /// blocks, where anybody tells of any.
    pub fn for_a_second(blocks: Option<Arc<dyn Blocks>>) -> Self {
        let (rooms, asked) = (Room::all().collect(), Asked::new(blocks));
        Self { run_for: Duration::ZERO, rooms, asked, known: Arc::default() }
    }

    /// One that goes on for a minute and some, for a host that runs it each minute, but not to the second: the next run
    /// begins before it ends.
    pub fn for_a_minute(blocks: Option<Arc<dyn Blocks>>) -> Self {
        Self { run_for: Duration::from_secs(75), ..Self::for_a_second(blocks) }
    }

    /// The same one with these rooms alone, for who looks at no others.
    #[must_use]
    pub fn with_rooms(self, rooms: impl IntoIterator<Item = Room>) -> Self {
        Self { rooms: rooms.into_iter().collect(), ..self }
    }

    async fn run_on(&self, context: &Context) -> Result<JobDone, JobError> {
        let ends_at = Instant::now() + self.run_for;
        let mut seconds = interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut brought_on = 0;
        let mut failure = None;
        loop {
            seconds.tick().await;
            match self.step(context, context.clock.now()).await {
                Ok(periods) => brought_on += periods,
                Err(error) => failure = Some(error),
            }
            if Instant::now() >= ends_at {
                break;
            }
        }
        match (failure, brought_on) {
            (Some(error), _) => Err(error),
            (None, 0) => Ok(JobDone::NOTHING_DUE),
            (None, _) => Ok(JobDone("brought periods on")),
        }
    }

    /// Does what is due at a moment; says for how many periods. What fails costs its own period, and is tried again in
    /// the next second.
    async fn step(&self, context: &Context, now: Timestamp) -> Result<usize, JobError> {
        let second = Second { context, asked: &self.asked, now, waits_until: Instant::now() + PATIENCE };
        let offset = context.settings.attendance_offset.offset();
        // What is to be opened comes behind what is to be drawn, as it looks how many of its room are not.
        let due = self.due(context, now).await.into_iter();
        let (begun, ahead): (Vec<_>, Vec<_>) = due.partition(|id| id.times(offset).opens_at <= now);
        let mut done = second.bring_all_on(begun).await;
        done.extend(second.bring_all_on(ahead).await);
        let (mut brought_on, mut failure) = (0, None);
        for (id, outcome) in done {
            match outcome {
                Ok(next) => {
                    brought_on += 1;
                    self.known().next.insert(id, next);
                }
                Err(error) => {
                    tracing::warn!("period.id" = %id, error = chain(&error), "Could not bring period {id} on");
                    failure = Some(error);
                }
            }
        }
        if let Err(changed) = self.asked.look_again(now, second.waits_until).await {
            tracing::error!(
                error = chain(&changed),
                "A period was drawn with a block that the chain does not have"
            );
            failure = Some(JobError::permanent(changed));
        }
        failure.map_or(Ok(brought_on), Err)
    }

    /// The periods for which something is due: of each room the one of the moment, the one before, and two ahead,
    /// unless it is known that their time has not come; those that wait for a block; and once a minute, what was
    /// missed. Those whose fence goes up come before those that may wait.
    async fn due(&self, context: &Context, now: Timestamp) -> Vec<PeriodId> {
        let offset = context.settings.attendance_offset.offset();
        let around = self.rooms.iter().flat_map(|room| {
            let current = PeriodId::at(*room, now, offset);
            (-1..=2).map(move |periods| current.later(periods))
        });
        let around: BTreeSet<_> = around.collect();
        let (mut due, is_new_minute) = {
            let mut known = self.known();
            known.next.retain(|id, next| next.is_some() || around.contains(id));
            let unknown = around.iter().copied().filter(|id| !known.next.contains_key(id));
            let is_due = |(id, next): (&PeriodId, &Option<Timestamp>)| {
                next.is_some_and(|next| next <= now).then_some(*id)
            };
            let due: BTreeSet<_> = unknown.chain(known.next.iter().filter_map(is_due)).collect();
            let minute = now.as_second().div_euclid(60);
            (due, known.looked_in.replace(minute) != Some(minute))
        };
        if is_new_minute {
            due.extend(missed(context, now).await);
            self.asked.have_drawn(self.drawn_lately(context, now).await);
        }
        let mut due: Vec<_> = due.into_iter().collect();
        due.sort_by_key(|id| id.times(offset).ends_at <= now);
        due
    }

    /// The blocks that have drawn periods of late, and can be looked at again: whoever drew with them may be gone. What
    /// of a room cannot be read is looked for in the next minute.
    async fn drawn_lately(&self, context: &Context, now: Timestamp) -> Vec<Block> {
        let Some(source) = self.asked.tells_again() else { return Vec::new() };
        let results = stream::iter(self.rooms.clone()).map(|room| {
            let periods = REMEMBERED.as_secs() / i64::from(room.duration_s()) + 1;
            context.store.list_results(room, None, u16::try_from(periods).unwrap_or(u16::MAX))
        });
        let found: Vec<_> = results.buffer_unordered(AT_ONCE).collect().await;
        let report = |error: &evens_store::StoreError| {
            tracing::warn!(error = chain(error), "Could not look for blocks that have drawn");
        };
        let results = found.into_iter().filter_map(|found| found.inspect_err(report).ok()).flatten();
        let blocks = results.filter_map(|result| result.block.filter(|block| block.is_of(source, result.id)));
        blocks.filter(|block| now.duration_since(block.timestamp()) < REMEMBERED).collect()
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What should have closed some time ago, and is neither drawn nor cancelled. Where a shard of the index cannot be
/// read, the next minute looks again.
async fn missed(context: &Context, now: Timestamp) -> Vec<PeriodId> {
    let before = now.saturating_sub(MISSED).unwrap_or(now);
    let shards = stream::iter(0..SHARDS).map(|shard| context.store.sweep_periods(shard, before));
    let found: Vec<_> = shards.buffer_unordered(AT_ONCE).collect().await;
    let report = |error: &evens_store::StoreError| {
        tracing::warn!(error = chain(error), "Could not look for periods that were missed");
    };
    found.into_iter().filter_map(|found| found.inspect_err(report).ok()).flatten().collect()
}
