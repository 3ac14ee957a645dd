//! [`QueueDepth`]: the size of a queue and its dead-letter queue.

use crate::QueueError;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use std::collections::HashMap;

/// The number of messages in a queue and its dead-letter queue.
///
/// SQS counts are approximate. They may be a minute old, and are exact while nothing is sent. SQS does not report the
/// age of the oldest message; it is known only for received messages ([`crate::Message::sent_at`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueDepth {
    /// Visible messages.
    pub waiting: u64,
    /// Received messages that are neither deleted nor visible again: those in progress, and those hidden for their
    /// back-off.
    pub in_flight: u64,
    /// Messages with a delay that is not over.
    pub delayed: u64,
    /// Records in the dead-letter queue, hidden ones included.
    pub dead_letters: u64,
}

/// The counts of one queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) visible: u64,
    pub(crate) not_visible: u64,
    pub(crate) delayed: u64,
}

const OPERATION: &str = "count a queue";

/// Reads the counts of one queue.
pub(crate) async fn counts(client: &Client, url: &str) -> Result<Counts, QueueError> {
    let answer = client
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
        .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)
        .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesDelayed)
        .send()
        .await
        .map_err(|error| QueueError::from_sdk(OPERATION, error))?;
    let attributes = answer.attributes.unwrap_or_default();
    let visible =
        count(&attributes, &QueueAttributeName::ApproximateNumberOfMessages, "the waiting messages")?;
    let not_visible = count(
        &attributes,
        &QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        "the messages in flight",
    )?;
    let delayed =
        count(&attributes, &QueueAttributeName::ApproximateNumberOfMessagesDelayed, "the delayed messages")?;
    Ok(Counts { visible, not_visible, delayed })
}

fn count(
    attributes: &HashMap<QueueAttributeName, String>,
    name: &QueueAttributeName,
    what: &'static str,
) -> Result<u64, QueueError> {
    let text = attributes.get(name);
    text.and_then(|text| text.parse().ok()).ok_or(QueueError::Incomplete { operation: OPERATION, what })
}
