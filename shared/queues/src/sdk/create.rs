//! [`create_queues`]: the queue part of `evens migrate`.

use super::failure;
use crate::QueueError;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::SdkError;
use aws_sdk_sqs::operation::get_queue_url::GetQueueUrlError;
use aws_sdk_sqs::types::QueueAttributeName;
use evens_contracts::Queue;
use serde_json::json;
use std::collections::HashMap;

/// The change made to a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueChange {
    /// The queue was missing and was created.
    Created,
    /// These attributes differed and were set.
    Corrected(Vec<String>),
    /// The queue was up to date.
    Kept,
}

/// A queue and the change made to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueReport {
    /// The queue's full name.
    pub name: String,
    pub change: QueueChange,
}

type Attributes = HashMap<QueueAttributeName, String>;

/// Creates the missing queues of a stage and corrects differing attributes. Harmless when repeated.
///
/// # Errors
/// [`QueueError::Unavailable`] or [`QueueError::Rejected`]. Earlier changes persist, and a repeat continues.
pub async fn create_queues(client: &Client, stage: &str) -> Result<Vec<QueueReport>, QueueError> {
    let mut reports = Vec::new();
    for queue in Queue::ALL {
        // The dead-letter queue comes first, because the queue refers to it.
        let (dead_letter_arn, report) =
            bring_about(client, queue.dead_letter_name(stage), dead_letter_attributes(queue)).await?;
        reports.push(report);
        let attributes = queue_attributes(queue, &dead_letter_arn);
        let (_, report) = bring_about(client, queue.full_name(stage), attributes).await?;
        reports.push(report);
    }
    Ok(reports)
}

/// High-throughput mode: order and deduplication are per group.
fn fifo_attributes() -> Attributes {
    Attributes::from([
        (QueueAttributeName::FifoQueue, "true".to_owned()),
        (QueueAttributeName::DeduplicationScope, "messageGroup".to_owned()),
        (QueueAttributeName::FifoThroughputLimit, "perMessageGroupId".to_owned()),
    ])
}

fn dead_letter_attributes(queue: Queue) -> Attributes {
    let mut attributes = fifo_attributes();
    let retention = queue.rules().dead_letter_retention.as_secs().to_string();
    attributes.insert(QueueAttributeName::MessageRetentionPeriod, retention);
    attributes
}

fn queue_attributes(queue: Queue, dead_letter_arn: &str) -> Attributes {
    let rules = queue.rules();
    let mut attributes = fifo_attributes();
    let visibility_timeout = rules.visibility_timeout.as_secs().to_string();
    attributes.insert(QueueAttributeName::VisibilityTimeout, visibility_timeout);
    let redrive = json!({ "deadLetterTargetArn": dead_letter_arn, "maxReceiveCount": rules.receives_max() });
    attributes.insert(QueueAttributeName::RedrivePolicy, redrive.to_string());
    attributes
}

/// Creates or corrects one queue. Returns its ARN and the change.
async fn bring_about(
    client: &Client,
    name: String,
    wanted: Attributes,
) -> Result<(String, QueueReport), QueueError> {
    let (url, is_new) = match find_url(client, &name).await? {
        Some(url) => (url, false),
        None => (create(client, &name, wanted.clone()).await?, true),
    };
    let found = attributes(client, &url).await?;
    let mut differing: Vec<QueueAttributeName> = wanted
        .iter()
        .filter(|(attribute, value)| !is_same(value, found.get(attribute)))
        .map(|(attribute, _)| attribute.clone())
        .collect();
    differing.sort();
    let change = match (is_new, differing.is_empty()) {
        (true, _) => QueueChange::Created,
        (false, true) => QueueChange::Kept,
        (false, false) => {
            correct(client, &url, wanted).await?;
            QueueChange::Corrected(differing.iter().map(ToString::to_string).collect())
        }
    };
    let arn = found.get(&QueueAttributeName::QueueArn).cloned();
    let arn = arn.ok_or(QueueError::Incomplete { operation: "read a queue", what: "the ARN" })?;
    Ok((arn, QueueReport { name, change }))
}

/// The URL of a queue that must exist.
pub(crate) async fn existing_url(client: &Client, name: String) -> Result<String, QueueError> {
    find_url(client, &name).await?.ok_or(QueueError::Missing { name })
}

/// The URL of a queue, or `None` if it does not exist.
async fn find_url(client: &Client, name: &str) -> Result<Option<String>, QueueError> {
    let operation = "find a queue";
    match client.get_queue_url().queue_name(name).send().await {
        Ok(answer) => match answer.queue_url {
            Some(url) => Ok(Some(url)),
            None => Err(QueueError::Incomplete { operation, what: "the url" }),
        },
        Err(SdkError::ServiceError(error))
            if matches!(error.err(), GetQueueUrlError::QueueDoesNotExist(_)) =>
        {
            Ok(None)
        }
        Err(error) => Err(failure::error(operation, error)),
    }
}

async fn create(client: &Client, name: &str, attributes: Attributes) -> Result<String, QueueError> {
    let operation = "create a queue";
    let request = client.create_queue().queue_name(name).set_attributes(Some(attributes));
    let answer = request.send().await.map_err(|error| failure::error(operation, error))?;
    answer.queue_url.ok_or(QueueError::Incomplete { operation, what: "the url" })
}

async fn attributes(client: &Client, url: &str) -> Result<Attributes, QueueError> {
    let request = client.get_queue_attributes().queue_url(url);
    let answer = request
        .attribute_names(QueueAttributeName::All)
        .send()
        .await
        .map_err(|error| failure::error("read a queue", error))?;
    Ok(answer.attributes.unwrap_or_default())
}

/// Sets all attributes, because those of high-throughput mode must be set together. Attributes fixed at creation cannot
/// be set again.
async fn correct(client: &Client, url: &str, mut wanted: Attributes) -> Result<(), QueueError> {
    wanted.remove(&QueueAttributeName::FifoQueue);
    let request = client.set_queue_attributes().queue_url(url);
    request
        .set_attributes(Some(wanted))
        .send()
        .await
        .map_err(|error| failure::error("correct a queue", error))?;
    Ok(())
}

/// Returns `true` if an attribute has the wanted value. JSON is compared by value; a number may be written as a string.
fn is_same(wanted: &str, found: Option<&String>) -> bool {
    let Some(found) = found else {
        return false;
    };
    let parse = |text| serde_json::from_str::<HashMap<String, serde_json::Value>>(text).ok();
    match (parse(wanted), parse(found)) {
        (Some(wanted), Some(found)) => wanted.iter().all(|(name, value)| {
            let text = |value: &serde_json::Value| value.to_string().trim_matches('"').to_owned();
            found.get(name).is_some_and(|found| text(found) == text(value))
        }),
        _ => wanted == found,
    }
}
