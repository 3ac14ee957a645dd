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
    writer: Option<Writer>,
    bells: HashMap<QueueId, Arc<Notify>>,
}

impl State {
    pub(super) fn new(core: Core, writer: Option<Writer>, stopping: watch::Receiver<bool>) -> Self {
        let guarded = Mutex::new(Guarded { core, writer, bells: HashMap::new() });
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
        let answer = call(&mut guarded.core, now());
        let effects = guarded.core.take_effects();
        for queue in effects.woken {
            guarded.ring(queue);
        }
        let commit = match &guarded.writer {
            Some(writer) => writer.submit(effects.changes),
            None => Commit::immediate(),
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
        let Ok((writer, last)) =
            self.begin_change(|_, _| ()).and_then(|((), last)| Ok((self.lock()?.writer.take(), last)))
        else {
            return false;
        };
        let is_complete = last.finish().await.is_ok();
        match writer {
            Some(writer) => is_complete && tokio::task::spawn_blocking(|| writer.close()).await.is_ok(),
            None => is_complete,
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
