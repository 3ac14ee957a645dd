//! The Lambda function `registration`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_runtime::run_jobs(
        evens_runtime::Context::from_env(&evens_registration::FUNCTION).await?,
        evens_registration::handle,
    )
    .await
}
