//! [`Client`]: calls in this process, by the types of [`crate::core`].

use std::{fmt, sync::Arc};

use thiserror::Error;

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
    /// # Errors
    /// Those of the call, or [`CallError::Unavailable`].
    pub async fn call<Answer>(
        &self,
        call: impl FnOnce(&mut Core, Timestamp) -> Result<Answer, Refusal> + Send,
    ) -> Result<Answer, CallError> {
        Ok(self.state.change(call).await??)
    }

    /// Receives messages, or waits for the first one as long as the request says. If the future is dropped before it
    /// returns, no message is hidden.
    ///
    /// # Errors
    /// A wrong request, or [`CallError::Unavailable`].
    pub async fn receive(&self, request: &ReceiveMessage) -> Result<Vec<Delivery>, CallError> {
        polling::receive(&self.state, request).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").finish_non_exhaustive()
    }
}
