//! [`Outgoing`]: a job on its way into its queue.

use evens_contracts::{Grouped, Job, TraceParent};

/// A job that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The job.
    pub job: Job,
    /// The group in whose order it stands: the user or the round that it is about.
    pub group: String,
    /// What sets this message apart from an earlier one about the same job. SQS swallows a repeated deduplication id
    /// for 5 minutes, also when the first message was consumed, so what is sent again needs an id of its own.
    pub nudge: Option<u64>,
    /// The id of the request that it goes back to.
    pub trace: Option<String>,
    /// The trace that it belongs to, and what in it comes before.
    pub traceparent: Option<TraceParent>,
}

impl Outgoing {
    /// A job in the order of its group.
    pub fn of(job: impl Into<Grouped>) -> Self {
        let Grouped { job, group } = job.into();
        Self { job, group, nudge: None, trace: None, traceparent: None }
    }

    /// The same, apart from earlier messages about the same job.
    #[must_use]
    pub fn nudged(self, nudge: u64) -> Self {
        Self { nudge: Some(nudge), ..self }
    }

    /// The same, going back to a request.
    #[must_use]
    pub fn traced(self, request_id: impl Into<String>) -> Self {
        Self { trace: Some(request_id.into()), ..self }
    }

    /// Names the message to SQS for 5 minutes. It only saves work: M3 never rests on it.
    pub fn deduplication_id(&self) -> String {
        match self.nudge {
            None => self.job.id(),
            Some(nudge) => format!("{}:{nudge}", self.job.id()),
        }
    }
}
