//! What Lambda hands over from a queue, and what it is answered.

use evens_queues::Message;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A batch of messages.
#[derive(Debug, Deserialize)]
pub(crate) struct SqsEvent {
    #[serde(rename = "Records")]
    records: Vec<SqsRecord>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SqsRecord {
    message_id: String,
    receipt_handle: String,
    body: String,
    attributes: SqsAttributes,
    #[serde(default)]
    message_attributes: HashMap<String, SqsMessageAttribute>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SqsAttributes {
    approximate_receive_count: String,
    sent_timestamp: Option<String>,
    message_group_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SqsMessageAttribute {
    string_value: Option<String>,
}

impl SqsEvent {
    pub(crate) fn into_messages(self) -> Vec<Message> {
        self.records.into_iter().map(SqsRecord::into_message).collect()
    }
}

impl SqsRecord {
    fn into_message(mut self) -> Message {
        let sent_at = self.attributes.sent_timestamp;
        let sent_at = sent_at.and_then(|text| Timestamp::from_millisecond(text.parse().ok()?).ok());
        let trace = self.message_attributes.remove(Message::TRACE_ATTRIBUTE);
        Message {
            id: self.message_id,
            group: self.attributes.message_group_id,
            body: self.body,
            receipt: self.receipt_handle,
            // A count that cannot be read would otherwise be tried for ever: it counts as the first.
            attempt: self.attributes.approximate_receive_count.parse().unwrap_or(1),
            sent_at,
            trace: trace.and_then(|attribute| attribute.string_value),
        }
    }
}

/// The messages that are not finished; Lambda deletes the others.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SqsAnswer {
    batch_item_failures: Vec<BatchItemFailure>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchItemFailure {
    item_identifier: String,
}

impl SqsAnswer {
    pub(crate) fn new(unfinished: Vec<String>) -> Self {
        let failures = unfinished.into_iter().map(|item_identifier| BatchItemFailure { item_identifier });
        Self { batch_item_failures: failures.collect() }
    }
}
