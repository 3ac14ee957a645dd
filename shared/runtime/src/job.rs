//! Job handlers and their results.

use crate::{Context, NotDurable};
use evens_contracts::JobFault;
use evens_queues::QueueError;
use evens_store::StoreError;
use jiff::Timestamp;
use std::error::Error;
use std::time::Duration;

/// A finished job, with a short outcome for the log: `"settled"`, `"settled before"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobDone(pub &'static str);

impl JobDone {
    /// A scheduled run without any work, which is not logged.
    pub const NOTHING_DUE: Self = Self("nothing due");
}

/// The reason why a job failed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// A retry may succeed.
    #[error(transparent)]
    Retryable(Box<dyn Error + Send + Sync>),
    /// The system that the job calls is away, or asked to wait. That says nothing about the job, so it is no attempt in
    /// a queue whose jobs may wait. It is tried again after that time at the earliest.
    #[error("the called system is away")]
    Later { after: Duration, source: Box<dyn Error + Send + Sync> },
    /// The job itself is wrong: malformed, of an unknown type, or about a bet that does not exist. A retry cannot
    /// succeed.
    #[error("Non-retryable error")]
    Permanent(#[source] Box<dyn Error + Send + Sync>),
}

impl JobError {
    /// A retry may succeed.
    pub fn retryable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Retryable(source.into())
    }

    /// The system that the job calls is away for that time, or for an unknown time if it is zero.
    pub fn later(source: impl Into<Box<dyn Error + Send + Sync>>, after: Duration) -> Self {
        Self::Later { after, source: source.into() }
    }

    /// A retry cannot succeed.
    pub fn permanent(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Permanent(source.into())
    }

    /// Wraps the failure in an error that its reader searches for. `named` gets the cause.
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

    /// Returns `true` if a retry may succeed.
    pub fn is_retryable(&self) -> bool {
        !matches!(self, Self::Permanent(_))
    }

    /// Minimum delay before the next attempt.
    pub fn after(&self) -> Duration {
        match self {
            Self::Later { after, .. } => *after,
            Self::Retryable(_) | Self::Permanent(_) => Duration::ZERO,
        }
    }
}

/// Corrupt data stays corrupt until a person repairs it, and a request that the table rejects as malformed is rejected
/// again. A retry cannot help (C12). Other rejections say nothing about the job: a missing permission or table can be
/// fixed, and one wrong role must not turn a whole queue into dead letters. A cancelled transaction depends on items
/// that others change.
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

/// Retryable: a failing queue says nothing about the job.
impl From<QueueError> for JobError {
    fn from(error: QueueError) -> Self {
        Self::retryable(error)
    }
}

/// Retryable: nothing was published, so a repeat does the same and syncs again.
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

/// Handles the jobs of a queue. Implemented by every `async fn(&Context, J, Timestamp) -> Result<JobDone, JobError>`.
///
/// A job may come twice, late, or never. A handler reads the state and does the work that is still due.
pub trait JobHandler<'a, J>: Send + Sync {
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

/// Does scheduled work. Implemented by every `async fn(&Context, Timestamp) -> Result<JobDone, JobError>`.
pub trait ScheduleHandler<'a>: Send + Sync {
    type Run: Future<Output = Result<JobDone, JobError>> + Send + 'a;

    /// Does the work that is due at that time.
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
