//! What a call may ask: SQS's own shapes, so that a server only decodes, calls and encodes.
//!
//! Nothing is checked here but types; ranges and rules belong to the calls themselves.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::message_attributes::MessageAttribute;

/// A queue's name, read from any URL whose last path segment it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueName(pub String);

impl QueueName {
    /// The last path segment of a queue's URL; a bare name stands for itself.
    pub fn from_url(url: &str) -> Self {
        let name = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        Self(name.to_owned())
    }
}

impl<'de> Deserialize<'de> for QueueName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from_url(&String::deserialize(deserializer)?))
    }
}

/// A call that names a queue and nothing else: delete, purge, list tags.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct OnQueue {
    /// The queue.
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
}

/// `CreateQueue`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CreateQueue {
    /// The name of the new queue.
    pub queue_name: String,
    /// Attributes that differ from their defaults.
    pub attributes: BTreeMap<String, String>,
    /// Tags of the new queue.
    #[serde(rename = "tags", alias = "Tags")]
    pub tags: BTreeMap<String, String>,
}

/// `GetQueueUrl`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetQueueUrl {
    /// The name of the queue.
    pub queue_name: String,
}

/// `ListQueues` and `ListDeadLetterSourceQueues`: which page of which names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListQueues {
    /// The dead-letter queue; unused when all queues are listed.
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
    /// How the names must begin; unused when sources are listed.
    pub queue_name_prefix: String,
    /// Names in one page, at most 1,000.
    pub max_results: Option<i64>,
    /// Where the page before ended.
    pub next_token: Option<String>,
}

/// `GetQueueAttributes`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetQueueAttributes {
    /// The queue.
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
    /// The attributes wanted; `All` for all of them.
    pub attribute_names: Vec<String>,
}

/// `SetQueueAttributes`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SetQueueAttributes {
    /// The queue.
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
    /// The attributes to change; the others stay.
    pub attributes: BTreeMap<String, String>,
}

/// `TagQueue`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TagQueue {
    /// The queue.
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
    /// Tags to add or to overwrite.
    pub tags: BTreeMap<String, String>,
}

/// `UntagQueue`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UntagQueue {
    /// The queue.
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
    /// Keys to remove.
    pub tag_keys: Vec<String>,
}

/// What a message is made of, on its own or as an entry of a batch.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct OutgoingMessage {
    /// The text to deliver.
    pub message_body: String,
    /// Seconds before it can be received; standard queues only.
    pub delay_seconds: Option<i64>,
    /// The group that keeps its order; FIFO queues must have one.
    pub message_group_id: Option<String>,
    /// What makes it the same message as an earlier one; FIFO queues only.
    pub message_deduplication_id: Option<String>,
    /// Typed values beside the body.
    pub message_attributes: BTreeMap<String, MessageAttribute>,
    /// `AWSTraceHeader`, and no other.
    pub message_system_attributes: BTreeMap<String, MessageAttribute>,
}

/// `SendMessage`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SendMessage {
    /// The queue.
    #[serde(rename = "QueueUrl", default)]
    pub queue: QueueName,
    /// The message.
    #[serde(flatten)]
    pub message: OutgoingMessage,
}

/// `DeleteMessage` of one message, without its queue.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Deletion {
    /// The handle of the latest receive.
    pub receipt_handle: String,
}

/// `DeleteMessage`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DeleteMessage {
    /// The queue.
    #[serde(rename = "QueueUrl", default)]
    pub queue: QueueName,
    /// Which message.
    #[serde(flatten)]
    pub deletion: Deletion,
}

/// `ChangeMessageVisibility` of one message, without its queue.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VisibilityChange {
    /// The handle of the latest receive.
    pub receipt_handle: String,
    /// Seconds from now until it is visible again.
    pub visibility_timeout: Option<i64>,
}

/// `ChangeMessageVisibility`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ChangeMessageVisibility {
    /// The queue.
    #[serde(rename = "QueueUrl", default)]
    pub queue: QueueName,
    /// Which message, and until when.
    #[serde(flatten)]
    pub change: VisibilityChange,
}

/// The three batch calls: entries of one kind on one queue.
#[derive(Clone, Debug, Deserialize)]
pub struct Batch<Item> {
    /// The queue.
    #[serde(rename = "QueueUrl", default)]
    pub queue: QueueName,
    /// At least one and at most ten.
    #[serde(rename = "Entries", default = "Vec::new")]
    pub entries: Vec<Entry<Item>>,
}

/// One entry of a batch.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry<Item> {
    /// Distinct within the batch; its result carries it.
    #[serde(rename = "Id", default)]
    pub id: String,
    /// What to do.
    #[serde(flatten)]
    pub item: Item,
}

/// `ReceiveMessage`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ReceiveMessage {
    /// The queue.
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
    /// At most so many messages, 1 to 10; one when not given.
    pub max_number_of_messages: Option<i64>,
    /// Seconds until the messages are visible again; the queue's own when not given.
    pub visibility_timeout: Option<i64>,
    /// Seconds to wait for a first message; the queue's own when not given. Waiting is the caller's part.
    pub wait_time_seconds: Option<i64>,
    /// System attributes wanted.
    pub message_system_attribute_names: Vec<String>,
    /// The older name of the same list.
    pub attribute_names: Vec<String>,
    /// Message attributes wanted: names, `prefix.*` or `All`.
    pub message_attribute_names: Vec<String>,
}

/// `StartMessageMoveTask`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StartMessageMoveTask {
    /// The dead-letter queue to empty.
    pub source_arn: String,
    /// Where to; the queue that each message came from when not given.
    pub destination_arn: Option<String>,
    /// Messages per second; as fast as possible when not given.
    pub max_number_of_messages_per_second: Option<i64>,
}

/// `ListMessageMoveTasks`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListMessageMoveTasks {
    /// The dead-letter queue.
    pub source_arn: String,
    /// At most so many, 1 to 10; one when not given.
    pub max_results: Option<i64>,
}

/// `CancelMessageMoveTask`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CancelMessageMoveTask {
    /// The task, as it was named when it started.
    pub task_handle: String,
}
