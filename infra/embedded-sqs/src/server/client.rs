//! [`Client`]: calls in this process, by the types of [`crate::core`].

use std::{fmt, sync::Arc};

use thiserror::Error;
use tokio::task::coop::consume_budget;

use super::{faults::Unavailable, polling, state::State};
use crate::core::{Core, Delivery, Refusal, Timestamp, requests::ReceiveMessage};

/// The queues of a [`Server`](crate::Server) for callers in this process, without HTTP, JSON and access checks. They
/// answer while [`Server::serve`](crate::Server::serve) runs.
#[derive(Clone)]
pub struct Client {
    state: Arc<State>,
}

/// The reason why a call failed.
#[derive(Debug, Error)]
pub enum CallError {
    /// A rule of SQS refused it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The server stopped, or could not store a change.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Client {
    pub(super) fn new(state: Arc<State>) -> Self {
        Self { state }
    }

    /// Calls the core. Returns once its changes are on disk. They stay if the future is dropped before.
    ///
    /// A loop of calls lets other tasks run.
    ///
    /// # Errors
    /// Those of the call, or [`CallError::Unavailable`].
    pub async fn call<Answer>(
        &self,
        call: impl FnOnce(&mut Core, Timestamp) -> Result<Answer, Refusal> + Send,
    ) -> Result<Answer, CallError> {
        consume_budget().await;
        Ok(self.state.change(call).await??)
    }

    /// Receives messages, or waits for the first one as long as the request says. If the future is dropped before it
    /// returns, no message is hidden.
    ///
    /// # Errors
    /// A wrong request, or [`CallError::Unavailable`], also once the server has begun to stop and no message was there.
    /// An empty answer at once would make a loop of receives spin until the end.
    pub async fn receive(&self, request: &ReceiveMessage) -> Result<Vec<Delivery>, CallError> {
        consume_budget().await;
        let deliveries = polling::receive(&self.state, request).await?;
        if deliveries.is_empty() && *self.state.stopping().borrow() {
            return Err(Unavailable.into());
        }
        Ok(deliveries)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").finish_non_exhaustive()
    }
}
