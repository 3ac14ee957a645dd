//! The Lambda function `attendance`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_runtime::run_jobs(
        evens_runtime::Context::from_env(&evens_attendance::FUNCTION).await?,
        evens_attendance::handle,
    )
    .await
}
