//! [`GameClock`]: finds the periods that are due in each second.

use crate::asked::{BlockRequests, REMEMBERED};
use crate::step::{AT_ONCE, Second};
use evens_block_sources::Blocks;
use evens_games::{Block, PeriodId, Room};
use evens_runtime::telemetry::chain;
use evens_runtime::{Context, JobDone, JobError, ScheduleHandler};
use futures::future::BoxFuture;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How long one second waits for blocks. The next second keeps waiting, so that no period closes late because of a
/// block.
const PATIENCE: Duration = Duration::from_millis(700);

/// A period overdue by more than this was missed in its own second.
const MISSED: SignedDuration = SignedDuration::from_secs(30);

/// Advances periods when their time comes. It remembers how far the current ones are, so that most seconds cost
/// nothing. Clones share that state.
#[derive(Debug, Clone)]
pub struct GameClock {
    /// Duration of one run, which works second by second.
    run_for: Duration,
    rooms: Vec<Room>,
    asked: BlockRequests,
    known: Arc<Mutex<PeriodProgress>>,
}

/// How far the periods have been advanced.
#[derive(Debug, Default)]
struct PeriodProgress {
    /// When to look at a period again. `None` if the clock has nothing left to do for it.
    next: HashMap<PeriodId, Option<Timestamp>>,
    /// The minute of the last search for missed periods.
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
    /// For a host that runs the clock every second: one run does the work of that second. Newly opened periods are
    /// drawn with `blocks`, if there is a source.
    pub fn for_a_second(blocks: Option<Arc<dyn Blocks>>) -> Self {
        let (rooms, asked) = (Room::all().collect(), BlockRequests::new(blocks));
        Self { run_for: Duration::ZERO, rooms, asked, known: Arc::default() }
    }

    /// For a host that runs the clock once a minute, but not to the second. One run lasts more than a minute, so that
    /// the next one begins before it ends.
    pub fn for_a_minute(blocks: Option<Arc<dyn Blocks>>) -> Self {
        Self { run_for: Duration::from_secs(75), ..Self::for_a_second(blocks) }
    }

    /// Restricts the clock to these rooms.
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
            (None, _) => Ok(JobDone("advanced periods")),
        }
    }

    /// Does the work that is due at `now`, and returns the number of periods processed. A failure affects its own
    /// period only, and is retried in the next second.
    async fn step(&self, context: &Context, now: Timestamp) -> Result<usize, JobError> {
        let second = Second { context, asked: &self.asked, now, waits_until: Instant::now() + PATIENCE };
        let offset = context.settings.players.attendance_offset.offset();
        // Opening comes after drawing, because it counts the undrawn periods of the room.
        let due = self.due_periods(context, now).await.into_iter();
        let (begun, ahead): (Vec<_>, Vec<_>) = due.partition(|id| id.times(offset).opens_at <= now);
        let mut done = second.bring_all_on(begun).await;
        done.extend(second.bring_all_on(ahead).await);
        let (mut brought_on, mut failure) = (0, None);
        for (id, outcome) in done {
            match outcome {
                Ok(next) => {
                    brought_on += 1;
                    self.lock().next.insert(id, next);
                }
                Err(error) => {
                    tracing::warn!("period.id" = %id, error = chain(&error), "Could not advance period {id}");
                    failure = Some(error);
                }
            }
        }
        if let Err(changed) = self.asked.look_again(now, second.waits_until).await {
            tracing::error!(
                error = chain(&changed),
                "A period was drawn with a block that is no longer in the chain"
            );
            failure = Some(JobError::permanent(changed));
        }
        failure.map_or(Ok(brought_on), Err)
    }

    /// The periods that are due: of each room the current, the previous and the next two, unless their time is known to
    /// be later; periods that wait for a block; and once a minute, missed ones. Periods that must close come before
    /// those that can wait.
    async fn due_periods(&self, context: &Context, now: Timestamp) -> Vec<PeriodId> {
        let offset = context.settings.players.attendance_offset.offset();
        let around = self.rooms.iter().flat_map(|room| {
            let current = PeriodId::at(*room, now, offset);
            (-1..=2).map(move |periods| current.later(periods))
        });
        let around: BTreeSet<_> = around.collect();
        let (mut due, is_new_minute) = {
            let mut known = self.lock();
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
            due.extend(missed_periods(context, now).await);
            self.asked.have_drawn(self.drawn_lately(context, now).await);
        }
        let mut due: Vec<_> = due.into_iter().collect();
        due.sort_by_key(|id| id.times(offset).ends_at <= now);
        due
    }

    /// Recent blocks that drew periods and can be read again, because the process that drew with them may be gone. If a
    /// room cannot be read, the next minute tries again.
    async fn drawn_lately(&self, context: &Context, now: Timestamp) -> Vec<Block> {
        let Some(source) = self.asked.tells_again() else { return Vec::new() };
        let results = stream::iter(self.rooms.clone()).map(|room| {
            let periods = REMEMBERED.as_secs() / i64::from(room.duration_s()) + 1;
            context.store.list_results(room, None, u16::try_from(periods).unwrap_or(u16::MAX))
        });
        let found: Vec<_> = results.buffer_unordered(AT_ONCE).collect().await;
        let report = |error: &evens_store::StoreError| {
            tracing::warn!(error = chain(error), "Could not find the blocks that drew periods");
        };
        let results = found.into_iter().filter_map(|found| found.inspect_err(report).ok()).flatten();
        let blocks = results.filter_map(|result| result.block.filter(|block| block.is_of(source, result.id)));
        blocks.filter(|block| now.duration_since(block.timestamp()) < REMEMBERED).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, PeriodProgress> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Periods that should have closed some time ago and are neither drawn nor cancelled. If a shard of the index cannot be
/// read, the next minute tries again.
async fn missed_periods(context: &Context, now: Timestamp) -> Vec<PeriodId> {
    let before = now.saturating_sub(MISSED).unwrap_or(now);
    let shards = stream::iter(context.store.layout().shards());
    let found = shards.map(|shard| context.store.sweep_periods(shard, before));
    let found: Vec<_> = found.buffer_unordered(AT_ONCE).collect().await;
    let report = |error: &evens_store::StoreError| {
        tracing::warn!(error = chain(error), "Could not find missed periods");
    };
    found.into_iter().filter_map(|found| found.inspect_err(report).ok()).flatten().collect()
}
