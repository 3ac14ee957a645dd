//! [`OutgoingJob`]: a job to send.

use evens_contracts::{Job, JobInGroup, TraceParent};
use jiff::Timestamp;

/// A nudge that changes every minute: minutes since 1970. SQS accepts the job again later, but drops repeats within the
/// minute.
pub fn minute(now: Timestamp) -> u64 {
    now.as_second().unsigned_abs() / 60
}

/// A job to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingJob {
    pub job: Job,
    /// The message group: the user or the round that the job is about.
    pub group: String,
    /// Distinguishes this message from an earlier one about the same job. SQS drops a repeated deduplication id for 5
    /// minutes, even after the first message was consumed, so a resent job needs its own id.
    pub nudge: Option<u64>,
    /// Id of the request that causes the job.
    pub trace: Option<String>,
    /// Trace and parent span.
    pub traceparent: Option<TraceParent>,
}

impl OutgoingJob {
    /// A job in its own group.
    pub fn of(job: impl Into<JobInGroup>) -> Self {
        let JobInGroup { job, group } = job.into();
        Self { job, group, nudge: None, trace: None, traceparent: None }
    }

    /// Gives the message its own deduplication id.
    #[must_use]
    pub fn nudged(self, nudge: u64) -> Self {
        Self { nudge: Some(nudge), ..self }
    }

    /// Sets the request that causes the job.
    #[must_use]
    pub fn traced(self, request_id: impl Into<String>) -> Self {
        Self { trace: Some(request_id.into()), ..self }
    }

    /// The deduplication id, which SQS remembers for 5 minutes. It only saves work: M3 never depends on it.
    pub fn deduplication_id(&self) -> String {
        match self.nudge {
            None => self.job.id(),
            Some(nudge) => format!("{}:{nudge}", self.job.id()),
        }
    }
}
