//! The Lambda function `notifications`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_runtime::run_jobs(
        evens_runtime::Context::from_env(&evens_notifications::FUNCTION).await?,
        evens_notifications::Notifications::from_env()?,
    )
    .await
}
