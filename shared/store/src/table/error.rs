//! [`StoreError`]: what a caller can be told when the table did not do what was asked.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;

/// Why the table did not do what was asked. Refusals by a rule are outcomes, not errors.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Other writers were faster until the time was over. Nothing was changed.
    #[error("other requests kept changing the same items")]
    Contended,
    /// The table refused for load until the time was over. Nothing was changed.
    #[error("the table is overloaded")]
    Throttled,
    /// The table did not answer; a write may or may not have happened. The same call may be repeated: it finds out.
    #[error("the table did not answer")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// The table refused the request itself: missing table, missing permission, or a defect of this crate.
    #[error("the table rejected the request ({code})")]
    Rejected {
        /// The engine's error code.
        code: String,
        /// The engine's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// An item cannot be what it is.
    #[error("the item {key} is corrupt: {attribute}")]
    Corrupt {
        /// The item's key.
        key: String,
        /// The attribute that is missing or wrong.
        attribute: &'static str,
    },
}

impl StoreError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Contended | Self::Throttled | Self::Unavailable(_) => true,
            Self::Rejected { .. } | Self::Corrupt { .. } => false,
        }
    }

    pub(crate) fn corrupt(key: impl std::fmt::Display, attribute: &'static str) -> Self {
        Self::Corrupt { key: key.to_string(), attribute }
    }
}

/// Codes that mean: too much at once, nothing was done.
const THROTTLING: [&str; 5] = [
    "ProvisionedThroughputExceededException",
    "ProvisionedThroughputExceeded",
    "ThrottlingException",
    "ThrottlingError",
    "RequestLimitExceeded",
];

/// Codes that mean: another transaction holds the item at this moment, nothing was done by this one.
const CONFLICTS: [&str; 3] =
    ["TransactionConflictException", "TransactionConflict", "ReplicatedWriteConflictException"];

/// Codes that mean: the engine had trouble of its own, and a write may have happened.
const UNKNOWN: [&str; 3] = ["InternalServerError", "ServiceUnavailable", "TransactionInProgressException"];

/// The error that a code stands for.
pub(crate) fn of_code(code: &str, source: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
    if THROTTLING.contains(&code) {
        StoreError::Throttled
    } else if CONFLICTS.contains(&code) {
        StoreError::Contended
    } else if UNKNOWN.contains(&code) {
        StoreError::Unavailable(source.into())
    } else {
        StoreError::Rejected { code: code.to_owned(), source: source.into() }
    }
}

impl<E> From<SdkError<E>> for StoreError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E>) -> Self {
        match &error {
            SdkError::ServiceError(service) => {
                let code = service.err().code().unwrap_or("no code").to_owned();
                let status = service.raw().status();
                match of_code(&code, error) {
                    // Not in the words of the engine: somebody between us and it, who may have passed the write on.
                    Self::Rejected { source, .. } if status.is_server_error() => Self::Unavailable(source),
                    known => known,
                }
            }
            SdkError::ConstructionFailure(_) => {
                Self::Rejected { code: "not sent".to_owned(), source: error.into() }
            }
            // Timed out, cut off, or not understood: nobody knows what happened at the other end.
            _ => Self::Unavailable(error.into()),
        }
    }
}
