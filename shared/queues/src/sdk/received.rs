//! Messages that the SDK received.

use crate::Message;
use crate::service::QueueFailure;
use aws_sdk_sqs::types::MessageSystemAttributeName;
use evens_contracts::TraceParent;
use jiff::Timestamp;

pub(super) fn message(message: aws_sdk_sqs::types::Message) -> Result<Message, QueueFailure> {
    let lacks = QueueFailure::Incomplete;
    let attribute = |name| message.attributes.as_ref().and_then(|all| all.get(&name));
    let attempt = attribute(MessageSystemAttributeName::ApproximateReceiveCount);
    let attempt = attempt.and_then(|count| count.parse().ok());
    let sent_at = attribute(MessageSystemAttributeName::SentTimestamp);
    let sent_at = sent_at.and_then(|text| Timestamp::from_millisecond(text.parse().ok()?).ok());
    let group = attribute(MessageSystemAttributeName::MessageGroupId).cloned();
    let attributes = message.message_attributes.as_ref();
    let text = |name| attributes.and_then(|all| all.get(name)?.string_value.as_deref());
    let trace = text(Message::TRACE_ATTRIBUTE).map(str::to_owned);
    // A malformed header is ignored, so a new trace begins.
    let traceparent = text(TraceParent::NAME).and_then(|text| text.parse().ok());
    Ok(Message {
        group: group.ok_or(lacks("the group"))?,
        attempt: attempt.ok_or(lacks("the receive count"))?,
        sent_at,
        trace,
        traceparent,
        id: message.message_id.ok_or(lacks("the message's id"))?,
        body: message.body.unwrap_or_default(),
        receipt: message.receipt_handle.ok_or(lacks("the receipt"))?,
    })
}
