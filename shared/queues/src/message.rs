//! [`Message`]: a received message.

use crate::QueueError;
use aws_sdk_sqs::types::MessageSystemAttributeName;
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

    pub(crate) fn from_sdk(message: aws_sdk_sqs::types::Message) -> Result<Self, QueueError> {
        let lacks = |what| QueueError::Incomplete { operation: "receive", what };
        let attribute = |name| message.attributes.as_ref().and_then(|all| all.get(&name));
        let attempt = attribute(MessageSystemAttributeName::ApproximateReceiveCount);
        let attempt = attempt.and_then(|count| count.parse().ok());
        let sent_at = attribute(MessageSystemAttributeName::SentTimestamp);
        let sent_at = sent_at.and_then(|text| Timestamp::from_millisecond(text.parse().ok()?).ok());
        let group = attribute(MessageSystemAttributeName::MessageGroupId).cloned();
        let attributes = message.message_attributes.as_ref();
        let text = |name| attributes.and_then(|all| all.get(name)?.string_value.as_deref());
        let trace = text(Self::TRACE_ATTRIBUTE).map(str::to_owned);
        // A malformed header is ignored, so a new trace begins.
        let traceparent = text(TraceParent::NAME).and_then(|text| text.parse().ok());
        Ok(Self {
            group: group.ok_or_else(|| lacks("the group"))?,
            attempt: attempt.ok_or_else(|| lacks("the receive count"))?,
            sent_at,
            trace,
            traceparent,
            id: message.message_id.ok_or_else(|| lacks("the message's id"))?,
            body: message.body.unwrap_or_default(),
            receipt: message.receipt_handle.ok_or_else(|| lacks("the receipt"))?,
        })
    }
}
