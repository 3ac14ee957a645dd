//! What a job handler is, and what becomes of a job.

use crate::{Context, NotDurable};
use evens_contracts::JobFault;
use evens_queues::QueueError;
use evens_store::StoreError;
use jiff::Timestamp;
use std::error::Error;
use std::time::Duration;

/// A job that is done, in a few words for the log: `"settled"`, `"settled before"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobDone(pub &'static str);

impl JobDone {
    /// A scheduled run for which there was nothing to do: not worth a line in the log.
    pub const NOTHING_DUE: Self = Self("nothing was due");
}

/// Why a job is not done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Another attempt may help.
    #[error(transparent)]
    Retryable(Box<dyn Error + Send + Sync>),
    /// Another attempt may help, but not before that time has passed.
    #[error("to be tried again in {} ms", after.as_millis())]
    Later {
        /// After what time.
        after: Duration,
        /// Why not now.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The job itself is wrong: malformed, of an unknown type, about a bet that does not exist. No attempt can help.
    #[error("Non-retryable error")]
    Permanent(#[source] Box<dyn Error + Send + Sync>),
}

impl JobError {
    /// Another attempt may help.
    pub fn retryable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Retryable(source.into())
    }

    /// Another attempt may help, but not before that time has passed.
    pub fn later(source: impl Into<Box<dyn Error + Send + Sync>>, after: Duration) -> Self {
        Self::Later { after, source: source.into() }
    }

    /// No attempt can help.
    pub fn permanent(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Permanent(source.into())
    }

    /// The same failure, as the cause of what its reader looks for: `named` is told the cause.
    #[must_use]
    pub fn as_cause_of<E: Error + Send + Sync + 'static>(
        self,
        named: impl FnOnce(Box<dyn Error + Send + Sync>) -> E,
    ) -> Self {
        match self {
            Self::Retryable(source) => Self::retryable(named(source)),
            Self::Later { after, source } => Self::later(named(source), after),
            Self::Permanent(source) => Self::permanent(named(source)),
        }
    }

    /// Whether another attempt may help.
    pub fn is_retryable(&self) -> bool {
        !matches!(self, Self::Permanent(_))
    }

    /// How long to wait at least before another attempt.
    pub fn after(&self) -> Duration {
        match self {
            Self::Later { after, .. } => *after,
            Self::Retryable(_) | Self::Permanent(_) => Duration::ZERO,
        }
    }
}

/// What cannot be read stays so until a person has repaired it, as does a request that the table calls wrong as a
/// whole: no attempt helps (C12). Any other refusal says nothing against the job: a missing permission or table is
/// repaired, and one wrong role does not turn a whole queue into dead letters. A cancelled transaction speaks of items,
/// which others change.
impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        let is_permanent = match &error {
            StoreError::Corrupt { .. } => true,
            StoreError::Rejected { code, .. } => code == "ValidationException",
            StoreError::Contended | StoreError::Throttled | StoreError::Unavailable(_) => false,
        };
        if is_permanent { Self::permanent(error) } else { Self::retryable(error) }
    }
}

/// As for the table: a queue that refuses says nothing against the job.
impl From<QueueError> for JobError {
    fn from(error: QueueError) -> Self {
        Self::retryable(error)
    }
}

/// Nothing was told to anybody: what was done is done again, and synced then.
impl From<NotDurable> for JobError {
    fn from(error: NotDurable) -> Self {
        Self::retryable(error)
    }
}

impl From<JobFault> for JobError {
    fn from(fault: JobFault) -> Self {
        Self::permanent(fault)
    }
}

/// Handles the jobs of a queue: any `async fn(&Context, J, Timestamp) -> Result<JobDone, JobError>` does.
///
/// A job may come twice, late, or not at all: a handler reads the state and does what is still to be done.
pub trait JobHandler<'a, J>: Send + Sync {
    /// The handling of one job.
    type Handling: Future<Output = Result<JobDone, JobError>> + Send + 'a;

    /// Handles one job at that time.
    fn handle(&self, context: &'a Context, job: J, now: Timestamp) -> Self::Handling;
}

impl<'a, F, J, Handling> JobHandler<'a, J> for F
where
    F: Fn(&'a Context, J, Timestamp) -> Handling + Send + Sync,
    Handling: Future<Output = Result<JobDone, JobError>> + Send + 'a,
{
    type Handling = Handling;

    fn handle(&self, context: &'a Context, job: J, now: Timestamp) -> Handling {
        self(context, job, now)
    }
}

/// Does what is due: any `async fn(&Context, Timestamp) -> Result<JobDone, JobError>` does.
pub trait ScheduleHandler<'a>: Send + Sync {
    /// One run.
    type Run: Future<Output = Result<JobDone, JobError>> + Send + 'a;

    /// Does what is due at that time.
    fn run(&self, context: &'a Context, now: Timestamp) -> Self::Run;
}

impl<'a, F, Run> ScheduleHandler<'a> for F
where
    F: Fn(&'a Context, Timestamp) -> Run + Send + Sync,
    Run: Future<Output = Result<JobDone, JobError>> + Send + 'a,
{
    type Run = Run;

    fn run(&self, context: &'a Context, now: Timestamp) -> Run {
        self(context, now)
    }
}
