//! [`QueueError`]: failures that a caller can distinguish, with the cause for the log.

use aws_sdk_sqs::config::http::HttpResponse;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
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

    /// Classifies an SDK error.
    pub(crate) fn from_sdk<E>(operation: &'static str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        const OVERLOAD_CODES: [&str; 5] =
            ["KmsThrottled", "OverLimit", "RequestThrottled", "Throttling", "ThrottlingException"];
        let (code, is_overload) = match &error {
            SdkError::ServiceError(service) => {
                let code = service.err().code().unwrap_or("no code");
                // Older codes have the prefix `AWS.SimpleQueueService.`.
                let bare_code = code.rsplit('.').next().unwrap_or_default();
                let is_overload = OVERLOAD_CODES.contains(&bare_code);
                (code.to_owned(), is_overload || service.raw().status().is_server_error())
            }
            SdkError::ConstructionFailure(_) => ("not sent".to_owned(), false),
            _ => ("no answer".to_owned(), true),
        };
        let source = Box::new(error);
        if is_overload {
            Self::Unavailable { operation, source }
        } else {
            Self::Rejected { operation, code, source }
        }
    }
}
