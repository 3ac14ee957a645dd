//! Failures of the SDK.

use super::convert::own_item;
use crate::StoreError;
use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue as SdkValue, CancellationReason};
use evens_table::{Failure, Reason};
use std::collections::HashMap;
use std::error::Error;

/// The result of a builder, which fails only if this crate left out a part.
pub(super) fn built<T>(result: Result<T, BuildError>) -> Result<T, Failure> {
    result.map_err(|error| Failure::NotSent(error.into()))
}

pub(super) fn failure<E>(error: SdkError<E>) -> Failure
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    match &error {
        SdkError::ServiceError(service) => Failure::Refused {
            code: service.err().code().unwrap_or("no code").to_owned(),
            is_server_error: service.raw().status().is_server_error(),
            source: error.into(),
        },
        SdkError::ConstructionFailure(_) => Failure::NotSent(error.into()),
        // Timed out, cut off or unreadable.
        _ => Failure::NoAnswer(error.into()),
    }
}

impl<E> From<SdkError<E>> for StoreError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E>) -> Self {
        failure(error).into()
    }
}

/// The failure of a write with a condition. `found` returns the stored item of a failed condition.
pub(super) fn of_condition<E>(
    error: SdkError<E>,
    found: impl FnOnce(E) -> Option<HashMap<String, SdkValue>>,
) -> Failure
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(service)
            if service.err().code() == Some("ConditionalCheckFailedException") =>
        {
            Failure::ConditionFailed { found: found(service.into_err()).map(own_item) }
        }
        error => failure(error),
    }
}

/// The failure of a transactional read.
pub(super) fn of_read(error: SdkError<TransactGetItemsError>) -> Failure {
    match error.as_service_error() {
        Some(TransactGetItemsError::TransactionCanceledException(cancelled)) => {
            let reasons = reasons(cancelled.cancellation_reasons());
            Failure::Cancelled { reasons, source: error.into() }
        }
        _ => failure(error),
    }
}

/// The failure of a transaction.
pub(super) fn of_transaction(error: SdkError<TransactWriteItemsError>) -> Failure {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            let reasons = reasons(cancelled.cancellation_reasons());
            Failure::Cancelled { reasons, source: error.into() }
        }
        _ => failure(error),
    }
}

fn reasons(reasons: &[CancellationReason]) -> Vec<Option<Reason>> {
    let reason = |reason: &CancellationReason| {
        let code = reason.code().filter(|code| *code != "None")?.to_owned();
        Some(Reason { code, found: reason.item.clone().map(own_item) })
    };
    reasons.iter().map(reason).collect()
}
