//! [`StoreError`]: the ways in which a call to the table can fail.

use evens_table::Failure;
use std::error::Error;

/// A failed call to the table. Refusals by a business rule are outcomes, not errors.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Other writers won every race until the deadline. Nothing was changed.
    #[error("other requests kept changing the same items")]
    Contended,
    /// The table throttled the request until the deadline. Nothing was changed.
    #[error("the table is overloaded")]
    Throttled,
    /// The table did not answer, so a write may or may not have happened. The call can be repeated: it recognizes its
    /// own earlier effect.
    #[error("the table did not answer")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// The table refused the request itself: missing table, missing permission, or a defect of this crate.
    #[error("the table rejected the request ({code})")]
    Rejected {
        code: String,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A stored item is invalid, or contradicts another one.
    #[error("the item {key} is corrupt: {attribute}")]
    Corrupt {
        key: String,
        /// The attribute that is missing or wrong.
        attribute: &'static str,
    },
}

impl StoreError {
    /// Returns `true` if the same call may succeed later.
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

/// Error codes for throttling: nothing was written.
const THROTTLING: [&str; 5] = [
    "ProvisionedThroughputExceededException",
    "ProvisionedThroughputExceeded",
    "ThrottlingException",
    "ThrottlingError",
    "RequestLimitExceeded",
];

/// Error codes for a conflict: another transaction holds the item at the moment. Nothing was written.
const CONFLICTS: [&str; 3] =
    ["TransactionConflictException", "TransactionConflict", "ReplicatedWriteConflictException"];

/// Error codes for an internal failure of the engine: the write may have happened.
const UNKNOWN: [&str; 3] = ["InternalServerError", "ServiceUnavailable", "TransactionInProgressException"];

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

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { code, is_server_error, source } => match of_code(&code, source) {
                // Not an answer of the engine but of a proxy before it, which may have passed the write on.
                Self::Rejected { source, .. } if is_server_error => Self::Unavailable(source),
                known => known,
            },
            Failure::NotSent(source) => Self::Rejected { code: "not sent".to_owned(), source },
            Failure::NoAnswer(source) => Self::Unavailable(source),
            Failure::Cancelled { reasons, source } => {
                let code = reasons.into_iter().flatten().next().map(|reason| reason.code);
                of_code(code.as_deref().unwrap_or("no reason"), source)
            }
            failed @ Failure::ConditionFailed { .. } => of_code("ConditionalCheckFailedException", failed),
        }
    }
}
