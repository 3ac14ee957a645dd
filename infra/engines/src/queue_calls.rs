//! Calls to queues in the words of the embedded SQS, and its answers in ours. [`DirectQueues`](crate::DirectQueues) and
//! the queues of simulated runs use them.

use embedded_sqs::core::requests::{
    Batch, Deletion, Entry, GetQueueAttributes, OutgoingMessage as CoreMessage, QueueName, ReceiveMessage,
    SendMessage, VisibilityChange,
};
use embedded_sqs::core::{BatchFailure, Delivery, MessageAttribute};
use evens_contracts::TraceParent;
use evens_queues::{Message, OutgoingMessage, QueueCounts, ReceiveRequest, RefusedEntry};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The attributes of a queue that count its messages: visible, not visible, delayed.
pub const COUNTS: [&str; 3] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
];

/// A batch whose entries are numbered by their positions.
fn batch<Item>(url: &str, items: impl IntoIterator<Item = Item>) -> Batch<Item> {
    let entries = items.into_iter().enumerate().map(|(index, item)| Entry { id: index.to_string(), item });
    Batch { queue: QueueName::from_url(url), entries: entries.collect() }
}

pub fn sending(url: &str, message: OutgoingMessage) -> SendMessage {
    SendMessage { queue: QueueName::from_url(url), message: core_message(message) }
}

pub fn sending_all(url: &str, messages: impl IntoIterator<Item = OutgoingMessage>) -> Batch<CoreMessage> {
    batch(url, messages.into_iter().map(core_message))
}

fn core_message(message: OutgoingMessage) -> CoreMessage {
    let attribute = |name: &str, text: String| {
        let (data_type, string_value) = ("String".to_owned(), Some(text));
        (name.to_owned(), MessageAttribute { data_type, string_value, binary_value: None })
    };
    let trace = message.trace.map(|trace| attribute(Message::TRACE_ATTRIBUTE, trace));
    let traceparent = message.traceparent.map(|parent| attribute(TraceParent::NAME, parent.to_string()));
    CoreMessage {
        message_body: message.body,
        message_group_id: Some(message.group),
        message_deduplication_id: Some(message.deduplication_id),
        message_attributes: trace.into_iter().chain(traceparent).collect(),
        ..CoreMessage::default()
    }
}

pub fn receiving(url: &str, request: ReceiveRequest) -> ReceiveMessage {
    ReceiveMessage {
        queue: QueueName::from_url(url),
        max_number_of_messages: Some(request.messages_max.into()),
        visibility_timeout: i64::try_from(request.visibility_timeout.as_secs()).ok(),
        wait_time_seconds: i64::try_from(request.wait.as_secs()).ok(),
        ..ReceiveMessage::default()
    }
}

pub fn deletions(url: &str, receipts: Vec<String>) -> Batch<Deletion> {
    batch(url, receipts.into_iter().map(|receipt_handle| Deletion { receipt_handle }))
}

/// Hides messages for this number of seconds from now on.
pub fn hiding(url: &str, receipts: Vec<String>, seconds: u32) -> Batch<VisibilityChange> {
    let visibility_timeout = Some(seconds.into());
    let changes = receipts.into_iter();
    batch(url, changes.map(|receipt_handle| VisibilityChange { receipt_handle, visibility_timeout }))
}

pub fn counting(url: &str) -> GetQueueAttributes {
    GetQueueAttributes { queue: QueueName::from_url(url), attribute_names: COUNTS.map(str::to_owned).into() }
}

/// The counts in the answer to [`counting`], which has all of them.
pub fn counts(attributes: &BTreeMap<String, String>) -> QueueCounts {
    let [visible, not_visible, delayed] =
        COUNTS.map(|name| attributes.get(name).and_then(|count| count.parse().ok()).unwrap_or_default());
    QueueCounts { visible, not_visible, delayed }
}

/// The refused entries of a batch.
pub fn refused(failed: Vec<BatchFailure>) -> Vec<RefusedEntry> {
    let refused = |failure: BatchFailure| RefusedEntry {
        index: failure.id.parse().unwrap_or(usize::MAX),
        code: failure.code.to_owned(),
        sender_fault: failure.sender_fault,
    };
    failed.into_iter().map(refused).collect()
}

/// A delivered message in the form in which processes receive it.
pub fn message(delivery: Delivery) -> Message {
    let content = &delivery.content;
    let text = |name: &str| content.attributes.get(name)?.string_value.clone();
    let sent_ms = i64::try_from(content.sent_at.milliseconds()).unwrap_or(i64::MAX);
    Message {
        id: content.message_id.clone(),
        group: content.group.as_deref().unwrap_or_default().to_owned(),
        body: content.body.clone(),
        attempt: delivery.progress.receive_count,
        sent_at: Timestamp::from_millisecond(sent_ms).ok(),
        trace: text(Message::TRACE_ATTRIBUTE),
        // A malformed header is ignored, so a new trace begins.
        traceparent: text(TraceParent::NAME).and_then(|text| text.parse().ok()),
        receipt: delivery.handle,
    }
}
