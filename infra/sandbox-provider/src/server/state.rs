//! [`State`]: the core and its clock under one lock, and the file that keeps it.
//!
//! Invariant: an answer leaves only when everything that it says is in the file, if there is one. What could not be
//! written stays, and is tried again each second.

use super::file::StateFile;
use crate::core::Core;
use jiff::Timestamp;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use thiserror::Error;
use tokio::sync::{Notify, watch};

/// Why nobody should see the state.
#[derive(Clone, Copy, Debug, Error)]
pub(super) enum Unavailable {
    #[error("the state cannot be written now")]
    Unwritten,
    #[error("a call broke the state")]
    Broken,
}

/// How long nobody tries to write again, who has the time.
const REWRITE_AFTER: Duration = Duration::from_secs(1);

pub(super) struct State {
    guarded: Mutex<Guarded>,
    file: Option<StateFile>,
    /// Rings when something may have become due.
    changed: Notify,
    stopping: watch::Receiver<bool>,
}

struct Guarded {
    core: Core,
    /// Counts changes that the file has to have.
    revision: u64,
}

impl State {
    pub(super) fn new(core: Core, file: Option<StateFile>, stopping: watch::Receiver<bool>) -> Self {
        let guarded = Mutex::new(Guarded { core, revision: 0 });
        Self { guarded, file, changed: Notify::new(), stopping }
    }

    /// Changes the core, and returns when that is in the file.
    pub(super) async fn change<Answer>(
        &self,
        call: impl FnOnce(&mut Core, Timestamp) -> Answer,
    ) -> Result<Answer, Unavailable> {
        let (answer, revision) = self.perform(1, call)?;
        self.changed.notify_one();
        self.keep(revision).await?;
        Ok(answer)
    }

    /// Looks at the core, at the present time, and returns when what it saw is in the file. What passing time did,
    /// and what `call` does, is not written for itself: after a restart it is done again.
    pub(super) async fn look<Answer>(
        &self,
        call: impl FnOnce(&mut Core, Timestamp) -> Answer,
    ) -> Result<Answer, Unavailable> {
        let (answer, revision) = self.perform(0, call)?;
        self.keep(revision).await?;
        Ok(answer)
    }

    /// The same for whoever has the time to wait until the file can be written; `None` if a call broke the state.
    pub(super) async fn look_patiently<Answer>(
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

    /// Ends when something may have become due.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Ends when the server stops.
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

    fn lock(&self) -> Result<MutexGuard<'_, Guarded>, Unavailable> {
        self.guarded.lock().map_err(|_| Unavailable::Broken)
    }
}
