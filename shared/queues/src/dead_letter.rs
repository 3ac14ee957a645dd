//! [`DeadLetter`]: the record of a job that was given up.

use crate::Message;
use evens_contracts::{Queue, TraceParent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The record of a job that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The received message body.
    pub original_job: String,
    /// The error.
    pub error: String,
    /// Number of attempts.
    pub attempts: u32,
    pub failed_at: Timestamp,
    pub message_id: String,
    /// The group of the message. The record itself has its own group, because holding a message of a FIFO queue hides
    /// the rest of its group.
    pub group: String,
    /// Id of the request that caused the job.
    pub trace: Option<String>,
    pub traceparent: Option<TraceParent>,
}

impl DeadLetter {
    /// The record of a message that is given up now.
    pub fn new(message: &Message, error: String, failed_at: Timestamp) -> Self {
        Self {
            original_job: message.body.clone(),
            error,
            attempts: message.attempt,
            failed_at,
            message_id: message.id.clone(),
            group: message.group.clone(),
            trace: message.trace.clone(),
            traceparent: message.traceparent,
        }
    }

    /// Parses the record in a message of a dead-letter queue. Returns `None` for other content, such as a job that SQS
    /// moved. Records of earlier versions are in the group of their job and do not contain it.
    pub fn read(message: &Message) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Record<'a> {
            #[serde(borrow)]
            original_job: &'a RawValue,
            error: String,
            attempts: u32,
            failed_at: Timestamp,
            message_id: String,
            group: Option<String>,
        }
        let record: Record<'_> = serde_json::from_str(&message.body).ok()?;
        let text = serde_json::from_str::<String>(record.original_job.get());
        Some(Self {
            original_job: text.unwrap_or_else(|_| record.original_job.get().to_owned()),
            error: record.error,
            attempts: record.attempts,
            failed_at: record.failed_at,
            message_id: record.message_id,
            group: record.group.unwrap_or_else(|| message.group.clone()),
            trace: message.trace.clone(),
            traceparent: message.traceparent,
        })
    }

    /// SQS drops a repeated record within 5 minutes, which happens if the message could not be deleted.
    pub(crate) fn deduplication_id(&self) -> String {
        format!("dead:{}", self.message_id)
    }

    /// The record as JSON. A body that is not JSON is stored as a string.
    pub(crate) fn body(&self, queue: Queue) -> Result<String, serde_json::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum OriginalJob<'a> {
            Json(&'a RawValue),
            Text(&'a str),
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Record<'a> {
            original_job: OriginalJob<'a>,
            error: &'a str,
            attempts: u32,
            failed_at: String,
            queue: &'static str,
            message_id: &'a str,
            group: &'a str,
        }
        let original_job = match serde_json::from_str(&self.original_job) {
            Ok(json) => OriginalJob::Json(json),
            Err(_) => OriginalJob::Text(&self.original_job),
        };
        serde_json::to_string(&Record {
            original_job,
            error: &self.error,
            attempts: self.attempts,
            failed_at: self.failed_at.to_string(),
            queue: queue.name(),
            message_id: &self.message_id,
            group: &self.group,
        })
    }
}
