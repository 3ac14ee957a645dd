//! The event of an SQS event source mapping, and the answer to it.

use evens_contracts::TraceParent;
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
        let mut text =
            |name| self.message_attributes.remove(name).and_then(|attribute| attribute.string_value);
        let trace = text(Message::TRACE_ATTRIBUTE);
        let traceparent = text(TraceParent::NAME).and_then(|text| text.parse().ok());
        Message {
            id: self.message_id,
            group: self.attributes.message_group_id,
            body: self.body,
            receipt: self.receipt_handle,
            // A malformed count counts as the first attempt. The queue itself limits the number of receives.
            attempt: self.attributes.approximate_receive_count.parse().unwrap_or(1),
            sent_at,
            trace,
            traceparent,
        }
    }
}

/// The unfinished messages. Lambda deletes the others.
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

#[cfg(test)]
mod tests {
    use super::{SqsAnswer, SqsEvent};

    /// The example of Lambda's documentation, shortened, with one attribute of ours.
    const EVENT: &str = r#"{"Records": [{
        "messageId": "11d6ee51-4cc7-4302-9e22-7cd8afdaadf5",
        "receiptHandle": "AQEBBX8nesZEXmkhsmZeyIE8iQAMig7qw",
        "body": "{\"type\":\"match\"}",
        "attributes": {
            "ApproximateReceiveCount": "2",
            "SentTimestamp": "1573251510774",
            "SequenceNumber": "18849496460467696128",
            "MessageGroupId": "42",
            "SenderId": "AIDAIO23YVJENQZJOL4VO",
            "MessageDeduplicationId": "match:1",
            "ApproximateFirstReceiveTimestamp": "1573251510774"
        },
        "messageAttributes": {
            "requestId": { "stringValue": "request-1", "dataType": "String", "binaryListValues": [] },
            "traceparent": {
                "stringValue": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "dataType": "String"
            }
        },
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:evens-dev-match.fifo",
        "awsRegion": "us-east-2"
    }]}"#;

    #[test]
    fn an_event_becomes_messages() {
        let event: SqsEvent = serde_json::from_str(EVENT).unwrap();
        let messages = event.into_messages();
        let [message] = messages.as_slice() else { panic!("one message: {messages:?}") };
        assert_eq!(message.id, "11d6ee51-4cc7-4302-9e22-7cd8afdaadf5");
        assert_eq!(message.receipt, "AQEBBX8nesZEXmkhsmZeyIE8iQAMig7qw");
        assert_eq!((message.group.as_str(), message.attempt), ("42", 2));
        assert_eq!(message.body, r#"{"type":"match"}"#);
        assert_eq!(message.trace.as_deref(), Some("request-1"));
        assert_eq!(message.traceparent.unwrap().trace_id(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(message.sent_at.unwrap().as_millisecond(), 1_573_251_510_774);
    }

    #[test]
    fn the_answer_names_what_is_not_finished() {
        let written = |ids: &[&str]| {
            let ids = ids.iter().map(ToString::to_string).collect();
            serde_json::to_string(&SqsAnswer::new(ids)).unwrap()
        };
        assert_eq!(written(&[]), r#"{"batchItemFailures":[]}"#);
        assert_eq!(written(&["m-1"]), r#"{"batchItemFailures":[{"itemIdentifier":"m-1"}]}"#);
    }
}
