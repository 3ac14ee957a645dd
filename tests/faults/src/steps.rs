//! [`Steps`]: where something is that goes by steps, as whoever stands beside it sees them, and stopping it there until
//! the process is dead. The steps of a payout are those that its provider sees.

use std::sync::{Mutex, PoisonError};
use tokio::sync::oneshot;

/// A step at which something may be stopped.
pub(crate) trait Stop: Copy + PartialEq {
    /// Whether it waits there: else whoever does the next step is on the way to it.
    fn holds(self) -> bool;
}

/// A step of a payout. Before the first of them its attempt is written down; what the process does between them, such
/// as writing what the answer said, is behind the two that nothing is held at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It was sent, and has not arrived.
    Sending,
    /// It is made, and its sender does not know.
    Made,
    /// Its sender was answered just now.
    Answered,
    /// The provider calls back, and nobody has heard it.
    CallingBack,
    /// The callback was answered just now.
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

/// What was stopped.
pub(crate) struct Held(oneshot::Sender<()>);

impl Held {
    /// Lets it go on: what was sent arrives, although its sender is dead.
    pub(crate) fn let_go(self) {
        // Whoever was stopped may have died with its sender.
        let _ = self.0.send(());
    }
}

/// Who waits for something to come to a step, and is given what lets it go on.
type Awaited<S> = (S, oneshot::Sender<oneshot::Sender<()>>);

/// At which step the next one is stopped, and who is told.
#[derive(Debug)]
pub(crate) struct Steps<S>(Mutex<Option<Awaited<S>>>);

impl<S> Default for Steps<S> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<S: Stop> Steps<S> {
    /// Waits until something comes to that step, and holds it there.
    pub(crate) async fn reach(&self, step: S) -> Held {
        let (reached, told) = oneshot::channel();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((step, reached));
        Held(told.await.expect("whoever stands beside the process outlives it"))
    }

    /// Something is at that step: it goes on at once, unless somebody waits for it there.
    pub(crate) async fn at(&self, step: S) {
        let waiting = {
            let mut awaited = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            awaited.take_if(|(awaited, _)| *awaited == step)
        };
        let Some((_, reached)) = waiting else { return };
        let (held, go_on) = oneshot::channel();
        let is_awaited = reached.send(held).is_ok();
        if is_awaited && step.holds() {
            // Both an answer and a drop let it go on.
            drop(go_on.await);
        }
    }
}
