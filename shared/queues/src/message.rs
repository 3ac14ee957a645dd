//! [`Message`]: what was received.

use crate::QueueError;
use aws_sdk_sqs::types::MessageSystemAttributeName;
use evens_contracts::TraceParent;
use jiff::Timestamp;

/// A message that was received and is hidden from others for the queue's visibility timeout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The id that SQS gave it.
    pub id: String,
    /// The group in whose order it stands: the user that it is about.
    pub group: String,
    /// A job as JSON, or whatever somebody else sent.
    pub body: String,
    /// Names this reception: needed to delete or hide it.
    pub receipt: String,
    /// How often it was received, this time included.
    pub attempt: u32,
    /// When it was sent, if SQS said so.
    pub sent_at: Option<Timestamp>,
    /// The id of the request that it goes back to.
    pub trace: Option<String>,
    /// The trace that it belongs to, and what in it came before.
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
        // One that cannot be read is none: then a new trace begins.
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
