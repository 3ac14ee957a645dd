//! Failures of the SDK.

use crate::QueueError;
use crate::service::QueueFailure;
use aws_sdk_sqs::config::http::HttpResponse;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;

/// Classifies an SDK error.
pub(super) fn failure<E>(error: SdkError<E, HttpResponse>) -> QueueFailure
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    match &error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("no code").to_owned();
            let is_server_error = service.raw().status().is_server_error();
            QueueFailure::of_code(&code, is_server_error, error.into())
        }
        SdkError::ConstructionFailure(_) => {
            QueueFailure::Rejected { code: "not sent".to_owned(), source: error.into() }
        }
        _ => QueueFailure::Unavailable(error.into()),
    }
}

/// The error of an operation with this name.
pub(super) fn error<E>(operation: &'static str, error: SdkError<E, HttpResponse>) -> QueueError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    failure(error).of(operation)
}
