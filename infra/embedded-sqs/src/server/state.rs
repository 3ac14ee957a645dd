//! The core, its clock and its writer under one lock, and a bell for each queue.
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

/// Queues that nobody calls still drop what is too old, this often.
const TICK: Duration = Duration::from_secs(1);

pub(super) struct State {
    guarded: Mutex<Guarded>,
    stopping: watch::Receiver<bool>,
    clock: Notify,
}

struct Guarded {
    core: Core,
    storage: Storage,
    bells: HashMap<QueueId, Arc<Notify>>,
}

/// Where changes go.
pub(super) enum Storage {
    /// Nowhere: they last as long as the process.
    Memory,
    /// To the file.
    File(Writer),
    /// The file is closed; a change would be lost, so none is made.
    Closed,
}

impl State {
    pub(super) fn new(core: Core, storage: Storage, stopping: watch::Receiver<bool>) -> Self {
        let guarded = Mutex::new(Guarded { core, storage, bells: HashMap::new() });
        Self { guarded, stopping, clock: Notify::new() }
    }

    /// Calls the core and returns when what it changed is on disk, and everything that was changed before.
    pub(super) async fn change<Answer>(
        &self,
        call: impl FnOnce(&mut Core, Timestamp) -> Answer,
    ) -> Result<Answer, Unavailable> {
        let (answer, commit) = self.begin_change(call)?;
        commit.finish().await?;
        Ok(answer)
    }

    /// Calls the core; what it changed is visible to others, and on disk when the commit ends.
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

    /// Looks at the core.
    pub(super) fn read<Answer>(
        &self,
        call: impl FnOnce(&Core, Timestamp) -> Answer,
    ) -> Result<Answer, Unavailable> {
        Ok(call(&self.lock()?.core, now()))
    }

    /// What rings when something in the queue becomes receivable.
    pub(super) fn bell(&self, queue: QueueId) -> Result<Arc<Notify>, Unavailable> {
        Ok(Arc::clone(self.lock()?.bells.entry(queue).or_default()))
    }

    pub(super) fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.clone()
    }

    /// Lets time pass in all queues, and moves what move tasks may move, until it is dropped.
    pub(super) async fn keep_time(self: Arc<Self>) {
        loop {
            let woken = self.clock.notified();
            let passed = self.change(|core, now| {
                core.advance(now);
                core.next_move_deadline().map_or(TICK, |deadline| until(deadline, now).min(TICK))
            });
            // A state that cannot be written stands still.
            let Ok(pause) = passed.await else { return };
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// A move task may be due before the next tick.
    pub(super) fn wake_clock(&self) {
        self.clock.notify_one();
    }

    /// Writes what is left and closes the file. False if something could not be written.
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

    /// A panic under the lock leaves a state that nobody should see or write.
    fn lock(&self) -> Result<MutexGuard<'_, Guarded>, Unavailable> {
        self.guarded.lock().map_err(|_| Unavailable)
    }
}

impl Guarded {
    fn ring(&mut self, queue: QueueId) {
        if let Some(bell) = self.bells.get(&queue) {
            bell.notify_waiters();
        }
        if !self.core.has_queue(queue) {
            self.bells.remove(&queue);
        }
    }
}

/// How long until a deadline; at least a moment, so that nobody spins on one that has just come.
pub(super) fn until(deadline: Timestamp, now: Timestamp) -> Duration {
    Duration::from_millis(deadline.milliseconds().saturating_sub(now.milliseconds()).max(1))
}

/// The only clock of the server.
pub(super) fn now() -> Timestamp {
    // A clock before 1970 is set wrong; the core then keeps the latest time it knows.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_milliseconds(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
