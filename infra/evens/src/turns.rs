//! [`Turns`]: how many requests use the table at once.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many requests use the table at once. The others wait, within their deadline: more calls at once than the engines
/// answer within the time-outs of the SDK would all be repeated, and none of them be answered. Clones share the turns.
#[derive(Debug, Clone)]
pub(crate) struct Turns(Option<Arc<Semaphore>>);

impl Turns {
    const AT_ONCE: usize = 64;
    /// For the embedded engine, which does one thing at a time: the more callers, the longer jobs wait behind them.
    /// Decision 011 has what was measured.
    const AT_ONCE_EMBEDDED: usize = 24;

    /// For requests that use the table.
    pub(crate) fn of_table(is_embedded: bool) -> Self {
        let at_once = if is_embedded { Self::AT_ONCE_EMBEDDED } else { Self::AT_ONCE };
        Self(Some(Arc::new(Semaphore::new(at_once))))
    }

    /// For requests that wait for something else, and not for each other.
    pub(crate) const UNBOUNDED: Self = Self(None);

    /// The next turn, which ends when it is dropped.
    pub(crate) async fn next(&self) -> Option<OwnedSemaphorePermit> {
        // An error means that the semaphore is closed, which nobody does.
        Arc::clone(self.0.as_ref()?).acquire_owned().await.ok()
    }
}
