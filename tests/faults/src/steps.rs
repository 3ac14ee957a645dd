//! [`Steps`]: observes the steps of an operation from outside, and stops it at one of them until the process is killed.
//! The steps of a payout are those that its provider sees.

use std::sync::{Mutex, PoisonError};
use tokio::sync::oneshot;

/// A step at which an operation may be stopped.
pub(crate) trait Stop: Copy + PartialEq {
    /// Returns whether the operation waits at this step. Otherwise it is already on the way to the next one.
    fn holds(self) -> bool;
}

/// A step of a payout. The attempt is stored before the first step. The process's own work, such as storing the answer,
/// follows the two steps without a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The request was sent and has not arrived.
    Sending,
    /// The payout exists, and the process does not know it yet.
    Made,
    /// The process has just received the answer.
    Answered,
    /// The provider sends a callback, which has not arrived.
    CallingBack,
    /// The callback has just been answered.
    CalledBack,
}

impl Step {
    pub(crate) const ALL: [Self; 5] =
        [Self::Sending, Self::Made, Self::Answered, Self::CallingBack, Self::CalledBack];
}

impl Stop for Step {
    fn holds(self) -> bool {
        matches!(self, Self::Sending | Self::Made | Self::CallingBack)
    }
}

/// A stopped operation.
pub(crate) struct StoppedOperation(oneshot::Sender<()>);

impl StoppedOperation {
    /// Releases the operation: the request still arrives, although its sender was killed.
    pub(crate) fn let_go(self) {
        // The stopped side may have ended together with its sender.
        let _ = self.0.send(());
    }
}

/// The awaited step, and the channel that hands over the release.
type Awaited<S> = (S, oneshot::Sender<oneshot::Sender<()>>);

/// The step at which the next operation stops, if a test waits for one.
#[derive(Debug)]
pub(crate) struct Steps<S>(Mutex<Option<Awaited<S>>>);

impl<S> Default for Steps<S> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<S: Stop> Steps<S> {
    /// Waits until an operation reaches this step, and holds it there.
    pub(crate) async fn reach(&self, step: S) -> StoppedOperation {
        let (reached, actual) = oneshot::channel();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((step, reached));
        StoppedOperation(actual.await.expect("the helper process outlives evens"))
    }

    /// Reports a step. It continues at once unless a test waits for it.
    pub(crate) async fn at(&self, step: S) {
        let waiting = {
            let mut awaited = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            awaited.take_if(|(awaited, _)| *awaited == step)
        };
        let Some((_, reached)) = waiting else { return };
        let (held, go_on) = oneshot::channel();
        let is_awaited = reached.send(held).is_ok();
        if is_awaited && step.holds() {
            // Both a message and a dropped sender release it.
            drop(go_on.await);
        }
    }
}
