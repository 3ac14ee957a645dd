//! [`QueueError`]: what a caller can tell apart, and the cause for the log.

use aws_sdk_sqs::config::http::HttpResponse;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;

/// Why a call failed. The source is for the log only.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// A queue that should be there is not. The hint: run `evens migrate`.
    #[error("the queue {name} does not exist; create it with `evens migrate`")]
    Missing {
        /// The queue's full name.
        name: String,
    },
    /// Some entries of a batch were not carried out, though they were tried again.
    #[error("{operation}: {refused} of {total} entries were not carried out")]
    Refused {
        /// The operation.
        operation: &'static str,
        /// How many were not carried out.
        refused: usize,
        /// Out of how many.
        total: usize,
        /// What went wrong last.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// SQS did not answer, or answered that it is overloaded. The same call may succeed later.
    #[error("{operation}: SQS did not answer in time, or is overloaded")]
    Unavailable {
        /// The operation.
        operation: &'static str,
        /// What went wrong.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// SQS refused the call. The same call will be refused again.
    #[error("{operation}: SQS refused the call ({code})")]
    Rejected {
        /// The operation.
        operation: &'static str,
        /// SQS's code for it.
        code: String,
        /// What went wrong.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// SQS answered something that it never should.
    #[error("{operation}: the answer of SQS lacks {what}")]
    Incomplete {
        /// The operation.
        operation: &'static str,
        /// What it lacks.
        what: &'static str,
    },
}

impl QueueError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::Unavailable { .. } => true,
            Self::Missing { .. } | Self::Rejected { .. } | Self::Incomplete { .. } => false,
        }
    }

    /// Sorts an error of the SDK.
    pub(crate) fn from_sdk<E>(operation: &'static str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        const OVERLOAD_CODES: [&str; 5] =
            ["KmsThrottled", "OverLimit", "RequestThrottled", "Throttling", "ThrottlingException"];
        let (code, is_overload) = match &error {
            SdkError::ServiceError(service) => {
                let code = service.err().code().unwrap_or("no code");
                // Older codes have a prefix: `AWS.SimpleQueueService.`.
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
