//! Queues that the AWS SDK reaches.
//!
//! Architecture invariant: no other module of this crate names the SDK, except that constructors get its client.

mod create;
mod failure;
mod received;

pub use create::{QueueChange, QueueReport, create_queues};

pub(crate) use create::existing_url;

use crate::Message;
use crate::service::{
    OutgoingMessage, QueueAnswer, QueueCounts, QueueFailure, QueueService, ReceiveRequest, RefusedEntry,
};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::error::BuildError;
use aws_sdk_sqs::types::{
    BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry,
    MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName, SendMessageBatchRequestEntry,
};
use evens_contracts::TraceParent;
use failure::failure;
use std::collections::HashMap;
use std::time::Duration;

/// The queues of a client.
#[derive(Debug)]
pub(crate) struct SdkQueues {
    client: Client,
}

impl SdkQueues {
    /// Time that a long poll may take beyond its own wait.
    const RECEIVE_MARGIN: Duration = Duration::from_secs(3);

    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }
}

type Attributes = HashMap<String, MessageAttributeValue>;

impl QueueService for SdkQueues {
    fn send_batch<'a>(
        &'a self,
        url: &'a str,
        messages: Vec<OutgoingMessage>,
    ) -> QueueAnswer<'a, Vec<RefusedEntry>> {
        Box::pin(async move {
            let mut request = self.client.send_message_batch().queue_url(url);
            for (index, message) in messages.into_iter().enumerate() {
                let entry = SendMessageBatchRequestEntry::builder()
                    .id(index.to_string())
                    .set_message_attributes(trace_attributes(&message)?)
                    .message_group_id(message.group)
                    .message_deduplication_id(message.deduplication_id)
                    .message_body(message.body);
                request = request.entries(built(entry.build())?);
            }
            let answer = request.send().await.map_err(failure)?;
            Ok(refused(answer.failed))
        })
    }

    fn send<'a>(&'a self, url: &'a str, message: OutgoingMessage) -> QueueAnswer<'a, ()> {
        Box::pin(async move {
            let request = self
                .client
                .send_message()
                .queue_url(url)
                .set_message_attributes(trace_attributes(&message)?)
                .message_deduplication_id(message.deduplication_id)
                .message_group_id(message.group)
                .message_body(message.body);
            request.send().await.map_err(failure)?;
            Ok(())
        })
    }

    fn receive<'a>(&'a self, url: &'a str, request: ReceiveRequest) -> QueueAnswer<'a, Vec<Message>> {
        let seconds = |duration: Duration| i32::try_from(duration.as_secs()).unwrap_or(i32::MAX);
        // The client's default timeouts are shorter than a long poll.
        let attempt = request.wait + Self::RECEIVE_MARGIN;
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(attempt)
            .operation_timeout(attempt * 2)
            .build();
        let call = self
            .client
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(i32::try_from(request.messages_max).unwrap_or(1))
            .wait_time_seconds(seconds(request.wait))
            .visibility_timeout(seconds(request.visibility_timeout))
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .message_attribute_names(Message::TRACE_ATTRIBUTE)
            .message_attribute_names(TraceParent::NAME)
            // If the answer is lost, the SDK's retry gets the same messages. Otherwise their groups would stay blocked
            // until the visibility timeout.
            .receive_request_attempt_id(format!("{:032x}", fastrand::u128(..)))
            .customize()
            .config_override(aws_sdk_sqs::config::Builder::new().timeout_config(timeouts));
        Box::pin(async move {
            let answer = call.send().await.map_err(failure)?;
            answer.messages.unwrap_or_default().into_iter().map(received::message).collect()
        })
    }

    fn delete_batch<'a>(&'a self, url: &'a str, receipts: Vec<String>) -> QueueAnswer<'a, Vec<RefusedEntry>> {
        Box::pin(async move {
            let mut request = self.client.delete_message_batch().queue_url(url);
            for (index, receipt) in receipts.into_iter().enumerate() {
                let entry = DeleteMessageBatchRequestEntry::builder();
                let entry = entry.id(index.to_string()).receipt_handle(receipt);
                request = request.entries(built(entry.build())?);
            }
            let answer = request.send().await.map_err(failure)?;
            Ok(refused(answer.failed))
        })
    }

    fn hide_batch<'a>(
        &'a self,
        url: &'a str,
        receipts: Vec<String>,
        seconds: u32,
    ) -> QueueAnswer<'a, Vec<RefusedEntry>> {
        Box::pin(async move {
            let mut request = self.client.change_message_visibility_batch().queue_url(url);
            for (index, receipt) in receipts.into_iter().enumerate() {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder()
                    .id(index.to_string())
                    .receipt_handle(receipt)
                    .visibility_timeout(i32::try_from(seconds).unwrap_or(i32::MAX));
                request = request.entries(built(entry.build())?);
            }
            let answer = request.send().await.map_err(failure)?;
            Ok(refused(answer.failed))
        })
    }

    fn counts<'a>(&'a self, url: &'a str) -> QueueAnswer<'a, QueueCounts> {
        Box::pin(async move {
            let (visible, not_visible, delayed) = (
                QueueAttributeName::ApproximateNumberOfMessages,
                QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
                QueueAttributeName::ApproximateNumberOfMessagesDelayed,
            );
            let request = self.client.get_queue_attributes().queue_url(url);
            let request = request.set_attribute_names(Some(vec![
                visible.clone(),
                not_visible.clone(),
                delayed.clone(),
            ]));
            let answer = request.send().await.map_err(failure)?;
            let attributes = answer.attributes.unwrap_or_default();
            let count = |name, what| {
                let text: Option<&String> = attributes.get(name);
                text.and_then(|text| text.parse().ok()).ok_or(QueueFailure::Incomplete(what))
            };
            Ok(QueueCounts {
                visible: count(&visible, "the waiting messages")?,
                not_visible: count(&not_visible, "the messages in flight")?,
                delayed: count(&delayed, "the delayed messages")?,
            })
        })
    }
}

fn trace_attributes(message: &OutgoingMessage) -> Result<Option<Attributes>, QueueFailure> {
    let trace = message.trace.as_ref().map(|trace| (Message::TRACE_ATTRIBUTE, trace.clone()));
    let traceparent = message.traceparent.map(|parent| (TraceParent::NAME, parent.to_string()));
    let mut attributes = Attributes::new();
    for (name, text) in trace.into_iter().chain(traceparent) {
        let value = MessageAttributeValue::builder().data_type("String").string_value(text);
        attributes.insert(name.to_owned(), built(value.build())?);
    }
    Ok((!attributes.is_empty()).then_some(attributes))
}

/// The result of a builder, which fails only if this crate left out a part.
fn built<T>(result: Result<T, BuildError>) -> Result<T, QueueFailure> {
    result.map_err(|error| QueueFailure::Rejected { code: "not sent".to_owned(), source: error.into() })
}

fn refused(failed: Vec<BatchResultErrorEntry>) -> Vec<RefusedEntry> {
    let refused = |entry: BatchResultErrorEntry| RefusedEntry {
        // An unknown id belongs to no entry.
        index: entry.id.parse().unwrap_or(usize::MAX),
        code: entry.code,
        sender_fault: entry.sender_fault,
    };
    failed.into_iter().map(refused).collect()
}
