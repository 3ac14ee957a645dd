//! [`Sender`]: the destination of events.

use crate::Event;
use evens_breaker::Outcome;
use futures::future::{BoxFuture, FutureExt};
use hyper::StatusCode;
use jiff::Timestamp;
use std::error::Error;
use std::time::Duration;

/// Sends events. The caller sets the time limit.
pub trait Sender: Send + Sync {
    /// Sends an event. `now` becomes its timestamp.
    fn send<'a>(&'a self, event: &'a Event, now: Timestamp) -> BoxFuture<'a, Result<(), SendError>>;
}

/// The reason why an event was not sent. It contains no text of the receiver.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// No answer in time.
    #[error("the webhook did not answer in time")]
    Timeout,
    /// The connection failed or broke.
    #[error("the webhook could not be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// The receiver answered that a retry may succeed.
    #[error("the webhook cannot accept the event now: it answered {status}")]
    Busy {
        status: StatusCode,
        /// Requested delay before the next attempt; greater than zero and capped.
        retry_after: Option<Duration>,
    },
    /// A retry would get the same answer. Redirects count as refusals, because they are not followed.
    #[error("the webhook rejected the event: it answered {status}")]
    Refused { status: StatusCode },
    /// The event does not fit into a request, so no call was made.
    #[error("the event cannot be encoded as a request")]
    Unwritable(#[source] Box<dyn Error + Send + Sync>),
}

impl SendError {
    /// Returns `true` if a retry may succeed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout | Self::Unreachable(_) | Self::Busy { .. } => true,
            Self::Refused { .. } | Self::Unwritable(_) => false,
        }
    }

    /// The outcome for the circuit breaker, or `None` if no call was made.
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Timeout | Self::Unreachable(_) | Self::Busy { .. } => Some(Outcome::Failure),
            Self::Refused { .. } => Some(Outcome::Success),
            Self::Unwritable(_) => None,
        }
    }
}

/// Logs each event, for systems without a webhook.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogSender {
    shows_codes: bool,
}

impl LogSender {
    /// For the local stage: the log line includes the code, which otherwise only the player may see.
    pub fn local() -> Self {
        Self { shows_codes: true }
    }
}

impl Sender for LogSender {
    fn send<'a>(&'a self, event: &'a Event, _now: Timestamp) -> BoxFuture<'a, Result<(), SendError>> {
        async move {
            let Event { id, kind, user, .. } = event;
            let code = event.code().filter(|_| self.shows_codes);
            let code = code.map_or_else(String::new, |code| format!("; the code is {code}"));
            tracing::info!(
                event = kind,
                "event.id" = id,
                "user.id" = %user,
                "Did not send event {id} to user {user}, because no webhook is set{code}"
            );
            Ok(())
        }
        .boxed()
    }
}
