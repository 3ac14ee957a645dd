//! The reasons for a refused call, with AWS's names.

use std::fmt::Display;

use thiserror::Error;

/// A refusal leaves the state unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No queue has this name.
    #[error("The specified queue does not exist.")]
    QueueDoesNotExist,
    /// A queue of this name exists with other attributes.
    #[error("A queue already exists with the same name and a different value for attribute {0}")]
    QueueNameExists(String),
    /// No queue, or none of this type, has this attribute.
    #[error("Unknown Attribute {0}.")]
    InvalidAttributeName(String),
    /// A value outside the range of its attribute.
    #[error("Invalid value for the parameter {name}.{}", reason_sentence(.reason))]
    InvalidAttributeValue {
        name: String,
        /// The permitted values, or an empty text.
        reason: String,
    },
    /// The value does not fit its parameter, this queue or the current state.
    #[error("Value {value} for parameter {name} is invalid.{}", reason_sentence(.reason))]
    InvalidParameterValue {
        name: &'static str,
        value: String,
        /// The permitted values, or an empty text.
        reason: String,
    },
    /// A required parameter is missing.
    #[error("The request must contain the parameter {0}.")]
    MissingParameter(&'static str),
    /// The handle does not belong to this queue.
    #[error("The input receipt handle \"{0}\" is not a valid receipt handle.")]
    ReceiptHandleIsInvalid(String),
    /// The message is visible, so its visibility cannot be changed.
    #[error("The specified message isn't in flight.")]
    MessageNotInFlight,
    /// The standard queue has too many messages in flight.
    #[error("The maximum number of in flight messages is reached.")]
    OverLimit,
    /// The batch has no entries.
    #[error("There should be at least one {0} in the request.")]
    EmptyBatch(&'static str),
    /// The batch has more than ten entries.
    #[error("Maximum number of entries per request are 10. You have sent {0}.")]
    TooManyEntries(usize),
    /// Two entries of a batch have one id.
    #[error("Id {0} repeated.")]
    EntryIdsNotDistinct(String),
    /// The id of an entry has invalid characters or an invalid length.
    #[error(
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long."
    )]
    InvalidEntryId,
    /// The total size of a batch exceeds the limit.
    #[error("Batch requests cannot be longer than 1048576 bytes. You have sent {0} bytes.")]
    BatchTooLong(usize),
    /// The text has a character that XML does not allow.
    #[error(
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
    )]
    InvalidMessageContents,
    /// The queue was purged less than a minute ago.
    #[error("Only one PurgeQueue operation on {0} is allowed every 60 seconds.")]
    PurgeInProgress(String),
    /// The queue or the move task does not exist.
    #[error("{0}")]
    ResourceNotFound(&'static str),
    /// The operation is not possible now, or not on this queue.
    #[error("{0}")]
    UnsupportedOperation(&'static str),
}

fn reason_sentence(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(" Reason: {reason}") }
}

impl Refusal {
    pub(crate) fn parameter(name: &'static str, value: impl Display, reason: &str) -> Self {
        Self::InvalidParameterValue { name, value: value.to_string(), reason: reason.to_owned() }
    }

    pub(crate) fn attribute(name: &str, reason: &str) -> Self {
        Self::InvalidAttributeValue { name: name.to_owned(), reason: reason.to_owned() }
    }

    /// The error code of the older query protocol. Batch entries carry it, and SDKs derive error types from it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::QueueDoesNotExist => "AWS.SimpleQueueService.NonExistentQueue",
            Self::QueueNameExists(_) => "QueueAlreadyExists",
            Self::InvalidAttributeName(_) => "InvalidAttributeName",
            Self::InvalidAttributeValue { .. } => "InvalidAttributeValue",
            Self::InvalidParameterValue { .. } => "InvalidParameterValue",
            Self::MissingParameter(_) => "MissingParameter",
            Self::ReceiptHandleIsInvalid(_) => "ReceiptHandleIsInvalid",
            Self::MessageNotInFlight => "AWS.SimpleQueueService.MessageNotInflight",
            Self::OverLimit => "OverLimit",
            Self::EmptyBatch(_) => "AWS.SimpleQueueService.EmptyBatchRequest",
            Self::TooManyEntries(_) => "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            Self::EntryIdsNotDistinct(_) => "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
            Self::InvalidEntryId => "AWS.SimpleQueueService.InvalidBatchEntryId",
            Self::BatchTooLong(_) => "AWS.SimpleQueueService.BatchRequestTooLong",
            Self::InvalidMessageContents => "InvalidMessageContents",
            Self::PurgeInProgress(_) => "AWS.SimpleQueueService.PurgeQueueInProgress",
            Self::ResourceNotFound(_) => "ResourceNotFoundException",
            Self::UnsupportedOperation(_) => "AWS.SimpleQueueService.UnsupportedOperation",
        }
    }

    /// The error's name in the JSON protocol, without its namespace.
    pub fn shape(&self) -> &'static str {
        match self {
            Self::QueueDoesNotExist => "QueueDoesNotExist",
            Self::QueueNameExists(_) => "QueueNameExists",
            Self::InvalidAttributeName(_) => "InvalidAttributeName",
            Self::InvalidAttributeValue { .. } => "InvalidAttributeValue",
            Self::InvalidParameterValue { .. } => "InvalidParameterValueException",
            Self::MissingParameter(_) => "MissingRequiredParameterException",
            Self::ReceiptHandleIsInvalid(_) => "ReceiptHandleIsInvalid",
            Self::MessageNotInFlight => "MessageNotInflight",
            Self::OverLimit => "OverLimit",
            Self::EmptyBatch(_) => "EmptyBatchRequest",
            Self::TooManyEntries(_) => "TooManyEntriesInBatchRequest",
            Self::EntryIdsNotDistinct(_) => "BatchEntryIdsNotDistinct",
            Self::InvalidEntryId => "InvalidBatchEntryId",
            Self::BatchTooLong(_) => "BatchRequestTooLong",
            Self::InvalidMessageContents => "InvalidMessageContents",
            Self::PurgeInProgress(_) => "PurgeQueueInProgress",
            Self::ResourceNotFound(_) => "ResourceNotFoundException",
            Self::UnsupportedOperation(_) => "UnsupportedOperation",
        }
    }
}
