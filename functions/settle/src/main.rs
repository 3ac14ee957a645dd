//! The Lambda function `settle`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_runtime::run_jobs(
        evens_runtime::Context::from_env(&evens_settle::FUNCTION).await?,
        evens_settle::handle,
    )
    .await
}
