//! The core, its clock and its writer under one lock, and a notification for each queue.
//!
//! Invariant: changes reach the writer in the order in which the core made them, since both happen under the lock.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::sync::{Notify, watch};

use super::faults::Unavailable;
use crate::{
    core::{Core, QueueId, Timestamp},
    store::{Commit, Writer},
};

/// The interval at which expired messages are dropped from queues without calls.
const TICK: Duration = Duration::from_secs(1);

pub(super) struct State {
    guarded: Mutex<LockedState>,
    stopping: watch::Receiver<bool>,
    clock: Notify,
}

struct LockedState {
    core: Core,
    storage: Storage,
    bells: HashMap<QueueId, Arc<Notify>>,
}

/// The storage of changes.
pub(super) enum Storage {
    /// Memory only: changes last as long as the process.
    Memory,
    File(Writer),
    /// The file is closed, so further changes are refused.
    Closed,
}

impl State {
    pub(super) fn new(core: Core, storage: Storage, stopping: watch::Receiver<bool>) -> Self {
        let guarded = Mutex::new(LockedState { core, storage, bells: HashMap::new() });
        Self { guarded, stopping, clock: Notify::new() }
    }

    /// Calls the core, and returns when its changes and all earlier ones are on disk.
    pub(super) async fn change<Answer>(
        &self,
        call: impl FnOnce(&mut Core, Timestamp) -> Answer,
    ) -> Result<Answer, Unavailable> {
        let (answer, commit) = self.begin_change(call)?;
        commit.finish().await?;
        Ok(answer)
    }

    /// Calls the core. Its changes are visible at once, and on disk when the commit ends.
    pub(super) fn begin_change<Answer>(
        &self,
        call: impl FnOnce(&mut Core, Timestamp) -> Answer,
    ) -> Result<(Answer, Commit), Unavailable> {
        let mut guarded = self.lock()?;
        if matches!(guarded.storage, Storage::Closed) {
            return Err(Unavailable);
        }
        let answer = call(&mut guarded.core, now());
        let effects = guarded.core.take_effects();
        for queue in effects.woken {
            guarded.ring(queue);
        }
        let commit = match &guarded.storage {
            Storage::File(writer) => writer.submit(effects.changes),
            Storage::Memory | Storage::Closed => Commit::immediate(),
        };
        Ok((answer, commit))
    }

    /// Calls the core without changing it.
    pub(super) fn read<Answer>(
        &self,
        call: impl FnOnce(&Core, Timestamp) -> Answer,
    ) -> Result<Answer, Unavailable> {
        Ok(call(&self.lock()?.core, now()))
    }

    /// The notification that fires when a message in the queue becomes receivable.
    pub(super) fn bell(&self, queue: QueueId) -> Result<Arc<Notify>, Unavailable> {
        Ok(Arc::clone(self.lock()?.bells.entry(queue).or_default()))
    }

    pub(super) fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.clone()
    }

    /// Advances the time in all queues, and runs move tasks, until the future is dropped.
    pub(super) async fn keep_time(self: Arc<Self>) {
        loop {
            let woken = self.clock.notified();
            let passed = self.change(|core, now| {
                core.advance(now);
                core.next_move_deadline().map_or(TICK, |deadline| until(deadline, now).min(TICK))
            });
            // If the state cannot be written, time stops.
            let Ok(pause) = passed.await else { return };
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Wakes the clock, because a move task may be due before the next tick.
    pub(super) fn wake_clock(&self) {
        self.clock.notify_one();
    }

    /// Writes the remaining changes and closes the file. Returns `false` if a change could not be written.
    pub(super) async fn close(&self) -> bool {
        let Ok(storage) =
            self.lock().map(|mut guarded| std::mem::replace(&mut guarded.storage, Storage::Closed))
        else {
            return false;
        };
        match storage {
            Storage::File(writer) => tokio::task::spawn_blocking(|| writer.close()).await.unwrap_or(false),
            Storage::Memory | Storage::Closed => true,
        }
    }

    /// After a panic under the lock, the state must be neither read nor written.
    fn lock(&self) -> Result<MutexGuard<'_, LockedState>, Unavailable> {
        self.guarded.lock().map_err(|_| Unavailable)
    }
}

impl LockedState {
    fn ring(&mut self, queue: QueueId) {
        if let Some(bell) = self.bells.get(&queue) {
            bell.notify_waiters();
        }
        if !self.core.has_queue(queue) {
            self.bells.remove(&queue);
        }
    }
}

/// The time until a deadline, and at least a millisecond, so that no caller spins on a deadline that has just passed.
pub(super) fn until(deadline: Timestamp, now: Timestamp) -> Duration {
    Duration::from_millis(deadline.milliseconds().saturating_sub(now.milliseconds()).max(1))
}

/// The only clock of the server.
pub(super) fn now() -> Timestamp {
    // A clock before 1970 is wrong, and the core then keeps its latest time.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_milliseconds(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
