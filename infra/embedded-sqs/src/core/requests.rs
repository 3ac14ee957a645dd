//! Requests in SQS's own format, so that a server only decodes, calls and encodes.
//!
//! Only types are checked here. The calls check ranges and rules.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::message_attributes::MessageAttribute;

/// A queue's name, taken from the last path segment of a URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueName(pub String);

impl QueueName {
    /// The last path segment of a queue's URL. A bare name is used as it is.
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

/// A call whose only parameter is a queue: delete, purge, list tags.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct OnQueue {
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
}

/// `CreateQueue`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CreateQueue {
    pub queue_name: String,
    /// Attributes that differ from the defaults.
    pub attributes: BTreeMap<String, String>,
    #[serde(rename = "tags", alias = "Tags")]
    pub tags: BTreeMap<String, String>,
}

/// `GetQueueUrl`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetQueueUrl {
    pub queue_name: String,
}

/// `ListQueues` and `ListDeadLetterSourceQueues`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListQueues {
    /// The dead-letter queue. Not used by `ListQueues`.
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
    /// The prefix of the names. Only used by `ListQueues`.
    pub queue_name_prefix: String,
    /// Names in one page, at most 1,000.
    pub max_results: Option<i64>,
    /// The end of the previous page.
    pub next_token: Option<String>,
}

/// `GetQueueAttributes`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetQueueAttributes {
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
    /// The requested attributes, or `All`.
    pub attribute_names: Vec<String>,
}

/// `SetQueueAttributes`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SetQueueAttributes {
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
    /// The attributes to change. Others keep their values.
    pub attributes: BTreeMap<String, String>,
}

/// `TagQueue`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TagQueue {
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
    /// Tags to add or overwrite.
    pub tags: BTreeMap<String, String>,
}

/// `UntagQueue`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UntagQueue {
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
    pub tag_keys: Vec<String>,
}

/// The content of a message, sent alone or in a batch.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct OutgoingMessage {
    pub message_body: String,
    /// Seconds before it can be received. Standard queues only.
    pub delay_seconds: Option<i64>,
    /// The message group. Required on FIFO queues.
    pub message_group_id: Option<String>,
    /// The deduplication id. FIFO queues only.
    pub message_deduplication_id: Option<String>,
    pub message_attributes: BTreeMap<String, MessageAttribute>,
    /// The only accepted one is `AWSTraceHeader`.
    pub message_system_attributes: BTreeMap<String, MessageAttribute>,
}

/// `SendMessage`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SendMessage {
    #[serde(rename = "QueueUrl", default)]
    pub queue: QueueName,
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
    #[serde(rename = "QueueUrl", default)]
    pub queue: QueueName,
    #[serde(flatten)]
    pub deletion: Deletion,
}

/// `ChangeMessageVisibility` of one message, without its queue.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VisibilityChange {
    /// The handle of the latest receive.
    pub receipt_handle: String,
    /// Seconds from now until the message is visible again.
    pub visibility_timeout: Option<i64>,
}

/// `ChangeMessageVisibility`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ChangeMessageVisibility {
    #[serde(rename = "QueueUrl", default)]
    pub queue: QueueName,
    #[serde(flatten)]
    pub change: VisibilityChange,
}

/// The three batch calls: entries of one kind on one queue.
#[derive(Clone, Debug, Deserialize)]
pub struct Batch<Item> {
    #[serde(rename = "QueueUrl", default)]
    pub queue: QueueName,
    /// One to ten entries.
    #[serde(rename = "Entries", default = "Vec::new")]
    pub entries: Vec<Entry<Item>>,
}

/// One entry of a batch.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry<Item> {
    /// An id unique within the batch. The result carries it.
    #[serde(rename = "Id", default)]
    pub id: String,
    #[serde(flatten)]
    pub item: Item,
}

/// `ReceiveMessage`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ReceiveMessage {
    #[serde(rename = "QueueUrl")]
    pub queue: QueueName,
    /// The largest number of messages, 1 to 10. The default is 1.
    pub max_number_of_messages: Option<i64>,
    /// The visibility timeout in seconds. The default is the queue's.
    pub visibility_timeout: Option<i64>,
    /// The waiting time in seconds. The default is the queue's. The caller does the waiting.
    pub wait_time_seconds: Option<i64>,
    /// The requested system attributes.
    pub message_system_attribute_names: Vec<String>,
    /// The older name of the same list.
    pub attribute_names: Vec<String>,
    /// The requested message attributes: names, `prefix.*` or `All`.
    pub message_attribute_names: Vec<String>,
}

/// `StartMessageMoveTask`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StartMessageMoveTask {
    /// The dead-letter queue to empty.
    pub source_arn: String,
    /// The destination. The default is each message's source queue.
    pub destination_arn: Option<String>,
    /// Messages per second. The default is as fast as possible.
    pub max_number_of_messages_per_second: Option<i64>,
}

/// `ListMessageMoveTasks`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListMessageMoveTasks {
    pub source_arn: String,
    /// The largest number of tasks, 1 to 10. The default is 1.
    pub max_results: Option<i64>,
}

/// `CancelMessageMoveTask`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CancelMessageMoveTask {
    /// The handle from the start of the task.
    pub task_handle: String,
}
