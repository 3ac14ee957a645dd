//! The Lambda function `follow-deposits`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_runtime::run_jobs(
        evens_runtime::Context::from_env(&evens_follow_deposits::FUNCTION).await?,
        evens_follow_deposits::handle,
    )
    .await
}
