//! [`TableTimer`]: how long DynamoDB takes.

use aws_sdk_dynamodb::config::interceptors::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use evens_metrics::Metrics;
use tokio::time::Instant;

/// Measures every call, with the SDK's own retries, from before it is written until its answer is read.
#[derive(Debug)]
pub(crate) struct TableTimer(Metrics);

#[derive(Debug)]
struct StartedAt(Instant);

impl Storable for StartedAt {
    type Storer = StoreReplace<Self>;
}

/// The operations that are called while the system runs.
const OPERATIONS: [&str; 8] = [
    "BatchGetItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
];

impl TableTimer {
    pub(crate) fn new(metrics: Metrics) -> Self {
        Self(metrics)
    }
}

impl Intercept for TableTimer {
    fn name(&self) -> &'static str {
        "TableTimer"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(StartedAt(Instant::now()));
        Ok(())
    }

    fn read_after_execution(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let called = config.load::<Metadata>().map_or("", Metadata::name);
        let operation = OPERATIONS.into_iter().find(|operation| *operation == called).unwrap_or("other");
        if let Some(StartedAt(started)) = config.load::<StartedAt>() {
            self.0.table_answered(operation, started.elapsed());
        }
        Ok(())
    }
}
