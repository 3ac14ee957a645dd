//! [`Message`]: a received message.

use evens_contracts::TraceParent;
use jiff::Timestamp;

/// A received message, hidden from others for the queue's visibility timeout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The id assigned by SQS.
    pub id: String,
    /// The message group: the user that the job is about.
    pub group: String,
    /// Normally a job as JSON.
    pub body: String,
    /// The receipt of this receive, needed to delete or hide the message.
    pub receipt: String,
    /// Number of receives, including this one.
    pub attempt: u32,
    /// When it was sent, if SQS reported it.
    pub sent_at: Option<Timestamp>,
    /// Id of the request that caused the job.
    pub trace: Option<String>,
    /// Trace and parent span.
    pub traceparent: Option<TraceParent>,
}

impl Message {
    /// The message attribute that holds [`Message::trace`].
    pub const TRACE_ATTRIBUTE: &'static str = "requestId";
}
