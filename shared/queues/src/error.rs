//! [`QueueError`]: failures that a caller can distinguish, with the cause for the log.

use std::error::Error;

/// The reason why a call failed. The source is for the log only.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// A required queue does not exist. The hint: run `evens migrate`.
    #[error("the queue {name} does not exist; create it with `evens migrate`")]
    Missing {
        /// The queue's full name.
        name: String,
    },
    /// Some entries of a batch were not carried out, in spite of retries.
    #[error("{operation}: SQS refused {refused} of {total} entries")]
    Refused {
        operation: &'static str,
        /// Number of entries that were not carried out.
        refused: usize,
        /// Number of all entries.
        total: usize,
        /// The last error.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// SQS did not answer, or is overloaded. A retry may succeed.
    #[error("{operation}: SQS did not answer in time or is overloaded")]
    Unavailable {
        operation: &'static str,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// SQS rejected the call. A retry will be rejected again.
    #[error("{operation}: SQS refused the call ({code})")]
    Rejected {
        operation: &'static str,
        /// SQS's error code.
        code: String,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// SQS sent an invalid answer.
    #[error("{operation}: SQS's answer lacks {what}")]
    Incomplete {
        operation: &'static str,
        /// The missing part.
        what: &'static str,
    },
}

impl QueueError {
    /// Returns `true` if a retry may succeed.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::Unavailable { .. } => true,
            Self::Missing { .. } | Self::Rejected { .. } | Self::Incomplete { .. } => false,
        }
    }
}
