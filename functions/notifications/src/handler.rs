//! [`Notifications`]: sends one event per job.

use crate::{SendError, Sender, SenderSettings, WebhookSender};
use evens_breaker::{CALL_TIMEOUT, Outcome, SharedBreaker, State};
use evens_contracts::{NotifyEvent, NotifyJob};
use evens_players::PendingTask;
use evens_runtime::{Clock, Context, JobDone, JobError, JobHandler, StartError};
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::sync::Arc;
use tokio::time::timeout;

/// Sends events through a circuit breaker. Clones share its state.
#[derive(Clone)]
pub struct Notifications {
    sender: Arc<dyn Sender>,
    breaker: Arc<SharedBreaker>,
}

impl Notifications {
    pub fn new(sender: impl Sender + 'static) -> Self {
        Self { sender: Arc::new(sender), breaker: Arc::new(SharedBreaker::new()) }
    }

    /// Reads the environment.
    ///
    /// # Errors
    /// Those of [`SenderSettings::from_env`], then those of [`Notifications::from_settings`].
    pub fn from_env() -> Result<Self, StartError> {
        Self::from_settings(SenderSettings::from_env()?)
    }

    /// Creates the sender that the settings describe.
    ///
    /// # Errors
    /// The webhook uses TLS, and this machine has no CA certificates to verify it.
    pub fn from_settings(settings: SenderSettings) -> Result<Self, StartError> {
        Ok(match settings {
            SenderSettings::Log(sender) => Self::new(sender),
            SenderSettings::Webhook(webhook) => Self::new(WebhookSender::new(webhook)?),
        })
    }

    /// Sends the event of a job. A repeat sends it again with the same id. An expired code is not sent.
    pub async fn notify(&self, clock: &Clock, job: NotifyJob) -> Result<JobDone, JobError> {
        let is_over = |expires_at: &Timestamp| clock.now() >= *expires_at;
        if matches!(&job.event, NotifyEvent::PhoneCode { expires_at, .. } if is_over(expires_at)) {
            return Ok(JobDone("too late"));
        }
        let admitted = self.breaker.admit(clock.now());
        let ticket = admitted.map_err(|open| JobError::later(open, open.retry_after))?;
        let sent = self.send(&job, clock.now()).await;
        let outcome = match &sent {
            Ok(()) => Some(Outcome::Success),
            Err(error) => error.outcome(),
        };
        if let Some(outcome) = outcome {
            self.breaker.record(ticket, outcome, clock.now()).inspect(|state| log_state(*state));
        }
        sent.map(|()| JobDone("sent")).map_err(job_error)
    }

    async fn send(&self, job: &NotifyJob, now: Timestamp) -> Result<(), SendError> {
        timeout(CALL_TIMEOUT, self.sender.send(job, now)).await.unwrap_or(Err(SendError::Timeout))
    }
}

impl<'a> JobHandler<'a, NotifyJob> for Notifications {
    type Handling = BoxFuture<'a, Result<JobDone, JobError>>;

    /// Clears the session's debt first: from here on the queue owns the notification, which is delivered or becomes a
    /// dead letter. The sweeper need not send the job again. The breaker needs the time at the end of the call, so the
    /// clock is read again.
    fn handle(&self, context: &'a Context, job: NotifyJob, _now: Timestamp) -> Self::Handling {
        let notifications = self.clone();
        Box::pin(async move {
            if job.event == NotifyEvent::PasswordChanged {
                let owed = PendingTask::PasswordNotice(job.about.clone());
                context.store.clear_owed(job.user_id, &owed).await?;
            }
            notifications.notify(&context.clock, job).await
        })
    }
}

fn log_state(state: State) {
    match state {
        State::Open => tracing::warn!("Opened the circuit breaker: the receiver of events does not answer"),
        State::Closed => tracing::info!("Closed the circuit breaker: the receiver of events answers again"),
        State::HalfOpen => {}
    }
}

fn job_error(error: SendError) -> JobError {
    match error {
        SendError::Busy { retry_after: Some(after), .. } => JobError::later(error, after),
        error if error.is_transient() => JobError::retryable(error),
        error => JobError::permanent(error),
    }
}
