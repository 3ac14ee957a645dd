//! [`State`]: the core and its clock under one lock, with the file that stores it.
//!
//! Invariant: an answer leaves only when everything it says is in the file, if there is one. A failed write is retried
//! every second.

use super::file::StateFile;
use crate::core::Core;
use jiff::Timestamp;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use thiserror::Error;
use tokio::sync::{Notify, watch};

/// The reason why the state is not available.
#[derive(Clone, Copy, Debug, Error)]
pub(super) enum Unavailable {
    #[error("the state cannot be written now")]
    Unwritten,
    #[error("the state is broken after a panic")]
    Broken,
}

/// The pause before a patient caller retries a write.
const REWRITE_AFTER: Duration = Duration::from_secs(1);

pub(super) struct State {
    guarded: Mutex<LockedState>,
    file: Option<StateFile>,
    /// Fires when something may have become due.
    changed: Notify,
    stopping: watch::Receiver<bool>,
}

struct LockedState {
    core: Core,
    /// Counts the changes that must be in the file.
    revision: u64,
}

impl State {
    pub(super) fn new(core: Core, file: Option<StateFile>, stopping: watch::Receiver<bool>) -> Self {
        let guarded = Mutex::new(LockedState { core, revision: 0 });
        Self { guarded, file, changed: Notify::new(), stopping }
    }

    /// Changes the core, and returns when the change is in the file.
    pub(super) async fn change<Answer>(
        &self,
        call: impl FnOnce(&mut Core, Timestamp) -> Answer,
    ) -> Result<Answer, Unavailable> {
        let (answer, revision) = self.perform(1, call)?;
        self.changed.notify_one();
        self.keep(revision).await?;
        Ok(answer)
    }

    /// Reads the core at the present time, and returns when everything read is in the file. Effects of passing time,
    /// and of `call`, are not written for themselves, because they are repeated after a restart.
    pub(super) async fn look<Answer>(
        &self,
        call: impl FnOnce(&mut Core, Timestamp) -> Answer,
    ) -> Result<Answer, Unavailable> {
        let (answer, revision) = self.perform(0, call)?;
        self.keep(revision).await?;
        Ok(answer)
    }

    /// The same for callers who can wait until the file is writable. Returns `None` if a call corrupted the state.
    pub(super) async fn read_with_delay<Answer>(
        &self,
        call: impl FnOnce(&mut Core, Timestamp) -> Answer,
    ) -> Option<Answer> {
        let (answer, revision) = self.perform(0, call).ok()?;
        loop {
            match self.keep(revision).await {
                Ok(()) => return Some(answer),
                Err(Unavailable::Unwritten) => tokio::time::sleep(REWRITE_AFTER).await,
                Err(Unavailable::Broken) => return None,
            }
        }
    }

    /// Waits until something may have become due.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Waits until the server stops.
    pub(super) async fn stopped(&self) {
        // The sender is dropped when the server has stopped.
        drop(self.stopping.clone().wait_for(|is_stopping| *is_stopping).await);
    }

    fn perform<Answer>(
        &self,
        changes: u64,
        call: impl FnOnce(&mut Core, Timestamp) -> Answer,
    ) -> Result<(Answer, u64), Unavailable> {
        let mut guarded = self.lock()?;
        let now = Timestamp::now();
        guarded.core.advance(now);
        let answer = call(&mut guarded.core, now);
        guarded.revision += changes;
        Ok((answer, guarded.revision))
    }

    async fn keep(&self, revision: u64) -> Result<(), Unavailable> {
        let Some(file) = &self.file else { return Ok(()) };
        let newest = || {
            let guarded = self.lock()?;
            Ok((guarded.revision, guarded.core.books().clone()))
        };
        file.keep(revision, newest).await
    }

    fn lock(&self) -> Result<MutexGuard<'_, LockedState>, Unavailable> {
        self.guarded.lock().map_err(|_| Unavailable::Broken)
    }
}
