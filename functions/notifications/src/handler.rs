//! [`Notifications`]: sends one event per job, if its player is to have it.

use crate::{Event, SendError, Sender, SenderSettings, WebhookSender};
use evens_breaker::{CALL_TIMEOUT, Outcome, SharedBreaker, State};
use evens_contracts::{NotificationsJob, NotifyEvent, NotifyJob, SendRecoveryCodeJob};
use evens_ledger::UserId;
use evens_players::{PendingTask, check_recovery};
use evens_runtime::{Clock, Context, JobDone, JobError, JobHandler, StartError};
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// The code of an event has expired.
const TOO_LATE: JobDone = JobDone("too late");

/// The player of an event has no account, so that its number is not known.
#[derive(Debug, thiserror::Error)]
#[error("user {0} has no account")]
struct NoAccount(UserId);

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

    /// Sends an event. A repeat sends it again with the same id. An expired code is not sent. While the receiver does
    /// not answer or asks to wait, the event waits without using up attempts.
    pub async fn notify(&self, clock: &Clock, event: &Event) -> Result<JobDone, JobError> {
        if is_over(clock, event.expires_at) {
            return Ok(TOO_LATE);
        }
        let admitted = self.breaker.admit(clock.now());
        let ticket = admitted.map_err(|open| JobError::later(open, open.retry_after))?;
        let sent = self.send(event, clock.now()).await;
        let outcome = match &sent {
            Ok(()) => Some(Outcome::Success),
            Err(error) => error.outcome(),
        };
        if let Some(outcome) = outcome {
            self.breaker.record(ticket, outcome, clock.now()).inspect(|state| log_state(*state));
        }
        sent.map(|()| JobDone("sent")).map_err(job_error)
    }

    /// Clears the debt of a new password first: from here on the queue owns the notification, which is delivered or
    /// becomes a dead letter. The sweeper need not send the job again.
    async fn notify_player(&self, context: &Context, job: &NotifyJob) -> Result<JobDone, JobError> {
        if let NotifyEvent::PasswordChanged { recovery } = &job.event {
            if let Some(recovery) = recovery {
                context.store.clear_recovery_notice(*recovery).await?;
            } else {
                let owed = PendingTask::PasswordNotice(job.about.clone());
                context.store.clear_owed(job.user_id, &owed).await?;
            }
        }
        let event = Event::of(job);
        if !event.goes_to_phone() || is_over(&context.clock, event.expires_at) {
            return self.notify(&context.clock, &event).await;
        }
        let account = context.store.load_account(job.user_id).await?;
        let account = account.ok_or_else(|| JobError::permanent(NoAccount(job.user_id)))?;
        self.notify(&context.clock, &event.sent_to(account.phone)).await
    }

    /// Decides here, and not where the code was requested, whether the number has an account that may be recovered. For
    /// another number nothing is sent, and the answer to the request was the same.
    async fn send_recovery_code(
        &self,
        context: &Context,
        job: &SendRecoveryCodeJob,
    ) -> Result<JobDone, JobError> {
        let Some(begun) = context.store.load_recovery(job.recovery).await? else { return Ok(TOO_LATE) };
        if is_over(&context.clock, Some(begun.expires_at())) {
            return Ok(TOO_LATE);
        }
        let user = context.store.user_of_phone(&begun.phone).await?;
        let Some(user) = user else { return Ok(JobDone("not sent: no account has the number")) };
        let account = context.store.load_account(user).await?;
        let account = account.ok_or_else(|| JobError::permanent(NoAccount(user)))?;
        if check_recovery(&account, begun.sent_at, context.clock.now()).is_err() {
            return Ok(JobDone("not sent: the account may not be recovered"));
        }
        let event = Event::of_recovery(job, &begun, (user, account.phone));
        self.notify(&context.clock, &event).await
    }

    async fn send(&self, event: &Event, now: Timestamp) -> Result<(), SendError> {
        timeout(CALL_TIMEOUT, self.sender.send(event, now)).await.unwrap_or(Err(SendError::Timeout))
    }
}

impl<'a> JobHandler<'a, NotificationsJob> for Notifications {
    type Handling = BoxFuture<'a, Result<JobDone, JobError>>;

    /// The breaker needs the time at the end of the call, so the clock is read again.
    fn handle(&self, context: &'a Context, job: NotificationsJob, _now: Timestamp) -> Self::Handling {
        let notifications = self.clone();
        Box::pin(async move {
            match job {
                NotificationsJob::Notify(job) => notifications.notify_player(context, &job).await,
                NotificationsJob::SendRecoveryCode(job) => {
                    notifications.send_recovery_code(context, &job).await
                }
            }
        })
    }
}

fn is_over(clock: &Clock, expires_at: Option<Timestamp>) -> bool {
    expires_at.is_some_and(|expires_at| clock.now() >= expires_at)
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
        error if error.is_transient() => JobError::later(error, Duration::ZERO),
        error => JobError::permanent(error),
    }
}
