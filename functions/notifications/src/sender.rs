//! [`Sender`]: where events go.

use evens_breaker::Outcome;
use evens_contracts::{NotifyEvent, NotifyJob};
use futures::future::{BoxFuture, FutureExt};
use hyper::StatusCode;
use jiff::Timestamp;
use std::error::Error;
use std::time::Duration;

/// Sends events. Whoever calls it limits how long that may take.
pub trait Sender: Send + Sync {
    /// Sends the event of a job, at that time.
    fn send<'a>(&'a self, job: &'a NotifyJob, now: Timestamp) -> BoxFuture<'a, Result<(), SendError>>;
}

/// Why an event was not sent. No text of the receiver is in it.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// No answer in time.
    #[error("the webhook did not answer in time")]
    Timeout,
    /// No connection, or one that broke.
    #[error("the webhook could not be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// An answer that says that another attempt may help.
    #[error("the webhook could not take the event now: it answered {status}")]
    Busy {
        /// What it answered.
        status: StatusCode,
        /// How long it wants to be left alone; more than nothing, and no more than is granted.
        retry_after: Option<Duration>,
    },
    /// An answer that another attempt would get again. A redirect is one: it is not followed.
    #[error("the webhook refused the event: it answered {status}")]
    Refused {
        /// What it answered.
        status: StatusCode,
    },
    /// The event does not fit into a request, so there was no call.
    #[error("the event cannot be written as a request")]
    Unwritable(#[source] Box<dyn Error + Send + Sync>),
}

impl SendError {
    /// Whether another attempt may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout | Self::Unreachable(_) | Self::Busy { .. } => true,
            Self::Refused { .. } | Self::Unwritable(_) => false,
        }
    }

    /// What it says about the receiver; nothing, where there was no call.
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Timeout | Self::Unreachable(_) | Self::Busy { .. } => Some(Outcome::Failure),
            Self::Refused { .. } => Some(Outcome::Success),
            Self::Unwritable(_) => None,
        }
    }
}

/// Writes a line for each event, where nobody is there to send it to.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogSender {
    shows_codes: bool,
}

impl LogSender {
    /// Of somebody's own machine: there the line says what only the player is told elsewhere, as nobody else is there
    /// who could tell them.
    pub fn local() -> Self {
        Self { shows_codes: true }
    }
}

impl Sender for LogSender {
    fn send<'a>(&'a self, job: &'a NotifyJob, _now: Timestamp) -> BoxFuture<'a, Result<(), SendError>> {
        async move {
            let (event, id, user) = (job.event.name(), job.event_id(), job.user_id);
            let code = match &job.event {
                NotifyEvent::PhoneCode { code, .. } if self.shows_codes => {
                    format!("; the code is {}", code.reveal())
                }
                _ => String::new(),
            };
            tracing::info!(
                event,
                "event.id" = id,
                "user.id" = %user,
                "Would tell user {user} of the event {id}; no webhook is set{code}"
            );
            Ok(())
        }
        .boxed()
    }
}
