//! Answers of calls in SQS's own format, except for the URLs, which only a server knows.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    message::MessageKey,
    message_attributes::{MessageAttribute, MessageAttributes, md5_of_attributes},
    queue::Delivery,
    refusal::Refusal,
    requests::ReceiveMessage,
};

/// An answer without content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EmptyAnswer {}

/// A page of queue names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueNames {
    /// In alphabetical order.
    pub names: Vec<String>,
    /// The start of the next page, if there is one.
    pub next_token: Option<String>,
}

/// The answer to `SendMessage`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SentMessage {
    /// The id of the message, or of the original of a duplicate.
    pub message_id: String,
    #[serde(rename = "MD5OfMessageBody")]
    pub md5_of_body: String,
    /// The digest of the attributes, if there are any.
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    pub md5_of_attributes: Option<String>,
    /// The digest of the system attributes, if there are any.
    #[serde(rename = "MD5OfMessageSystemAttributes", skip_serializing_if = "Option::is_none")]
    pub md5_of_system_attributes: Option<String>,
    /// The position in the order, on FIFO queues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<String>,
}

/// The answer to a batch, in which each entry is in one of the two lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BatchAnswer<Item> {
    pub successful: Vec<BatchSuccess<Item>>,
    pub failed: Vec<BatchFailure>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BatchSuccess<Item> {
    #[serde(rename = "Id")]
    pub id: String,
    /// The answer of the single call.
    #[serde(flatten)]
    pub item: Item,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BatchFailure {
    pub id: String,
    /// Always true: a server-side failure fails the whole call.
    pub sender_fault: bool,
    /// The error code.
    pub code: &'static str,
    /// The error message.
    pub message: String,
}

impl BatchFailure {
    pub(crate) fn new(id: String, refusal: &Refusal) -> Self {
        Self { id, sender_fault: true, code: refusal.code(), message: refusal.to_string() }
    }
}

/// The answer to `ReceiveMessage`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReceivedMessages {
    /// In order within each group. Absent if there are none, as on AWS.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<ReceivedMessage>,
}

impl ReceivedMessages {
    /// Describes deliveries with the requested details.
    pub fn of(deliveries: Vec<Delivery>, request: &ReceiveMessage) -> Self {
        let messages = deliveries.into_iter().map(|delivery| ReceivedMessage::new(delivery, request));
        Self { messages: messages.collect() }
    }
}

/// A received message, with the requested details.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReceivedMessage {
    /// The id from the sender's answer.
    pub message_id: String,
    /// The handle for deleting the message or changing its visibility.
    pub receipt_handle: String,
    #[serde(rename = "MD5OfBody")]
    pub md5_of_body: String,
    pub body: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<&'static str, String>,
    /// The digest of the message attributes that are in the answer.
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    pub md5_of_attributes: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub message_attributes: MessageAttributes,
}

/// The sender of every message: the only user of the only account.
const SENDER: &str = "AIDAEMBEDDEDSQSUSER00";

impl ReceivedMessage {
    /// Describes a delivery with the requested details.
    pub fn new(delivery: Delivery, request: &ReceiveMessage) -> Self {
        let attributes = system_attributes(&delivery, request);
        let content = delivery.content;
        let message_attributes = chosen(&content.attributes, &request.message_attribute_names);
        Self {
            message_id: content.message_id.clone(),
            receipt_handle: delivery.handle,
            md5_of_body: content.md5_of_body.clone(),
            body: content.body.clone(),
            attributes,
            md5_of_attributes: (!message_attributes.is_empty())
                .then(|| md5_of_attributes(&message_attributes)),
            message_attributes,
        }
    }
}

fn system_attributes(delivery: &Delivery, request: &ReceiveMessage) -> BTreeMap<&'static str, String> {
    let names = || request.message_system_attribute_names.iter().chain(&request.attribute_names);
    if names().next().is_none() {
        return BTreeMap::new();
    }
    let (content, progress) = (&delivery.content, &delivery.progress);
    let is_ordered = content.deduplication_id.is_some();
    let known = [
        ("SenderId", Some(SENDER.to_owned())),
        ("SentTimestamp", Some(content.sent_at.milliseconds().to_string())),
        ("ApproximateReceiveCount", Some(progress.receive_count.to_string())),
        (
            "ApproximateFirstReceiveTimestamp",
            progress.first_received_at.map(|at| at.milliseconds().to_string()),
        ),
        ("MessageGroupId", content.group.as_deref().map(str::to_owned)),
        ("MessageDeduplicationId", content.deduplication_id.clone()),
        ("SequenceNumber", is_ordered.then(|| MessageKey::sequence_number(delivery.key))),
        ("AWSTraceHeader", content.trace_header.clone()),
        ("DeadLetterQueueSourceArn", content.dead_letter_source.clone()),
    ];
    let is_wanted = |name: &str| names().any(|wanted| wanted == "All" || wanted == name);
    known
        .into_iter()
        .filter(|(name, _)| is_wanted(name))
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn chosen(attributes: &MessageAttributes, names: &[String]) -> MessageAttributes {
    let is_wanted = |name: &str| {
        names.iter().any(|wanted| {
            let prefix = wanted.strip_suffix(".*");
            wanted == "All" || wanted == name || prefix.is_some_and(|prefix| name.starts_with(prefix))
        })
    };
    let chosen = attributes.iter().filter(|(name, _)| is_wanted(name));
    chosen.map(|(name, attribute): (&String, &MessageAttribute)| (name.clone(), attribute.clone())).collect()
}

/// A move task as `ListMessageMoveTasks` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MoveTaskEntry {
    /// Present while the task runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_handle: Option<String>,
    /// `RUNNING`, `COMPLETED`, `CANCELLED` or `FAILED`.
    pub status: &'static str,
    /// The dead-letter queue.
    pub source_arn: String,
    /// The destination, if one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_arn: Option<String>,
    /// The rate, if one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_number_of_messages_per_second: Option<u32>,
    /// The number of messages moved so far.
    pub approximate_number_of_messages_moved: u64,
    /// The number of messages at the start.
    pub approximate_number_of_messages_to_move: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// Milliseconds since 1970.
    pub started_timestamp: u64,
}
