//! [`Turns`]: limits how many requests use the table at once.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Limits how many requests use the table at once. The others wait, within their deadline. If more calls run at once
/// than the engines can answer within the SDK's timeouts, all of them are retried and none is answered. Clones share
/// the turns.
#[derive(Debug, Clone)]
pub(crate) struct Turns(Option<Arc<Semaphore>>);

impl Turns {
    const AT_ONCE: usize = 64;
    /// For the embedded engine, which processes one operation at a time: the more callers, the longer jobs wait behind
    /// them. Decision 160 has the measurements.
    const AT_ONCE_EMBEDDED: usize = 24;

    pub(crate) fn of_table(is_embedded: bool) -> Self {
        let at_once = if is_embedded { Self::AT_ONCE_EMBEDDED } else { Self::AT_ONCE };
        Self(Some(Arc::new(Semaphore::new(at_once))))
    }

    /// For requests that each read the whole table: one at a time, so that they delay each other and nothing else.
    pub(crate) fn single() -> Self {
        Self(Some(Arc::new(Semaphore::new(1))))
    }

    /// For requests that wait for something other than the table, and not for each other.
    pub(crate) const UNBOUNDED: Self = Self(None);

    /// Waits for the next turn, which ends on drop. `None` if turns are unbounded.
    pub(crate) async fn next(&self) -> Option<OwnedSemaphorePermit> {
        // An error would mean that the semaphore is closed, which never happens.
        Arc::clone(self.0.as_ref()?).acquire_owned().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Turns;
    use futures::FutureExt;

    #[tokio::test]
    async fn one_at_a_time_waits_for_the_other() {
        let turns = Turns::single();
        let first = turns.next().await;
        let mut second = Box::pin(turns.next());
        assert!(first.is_some() && second.as_mut().now_or_never().is_none());
        drop(first);
        assert!(second.await.is_some());
    }
}
