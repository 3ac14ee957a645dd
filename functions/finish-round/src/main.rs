//! The Lambda function `finish-round`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_runtime::run_jobs(
        evens_runtime::Context::from_env(&evens_finish_round::FUNCTION).await?,
        evens_finish_round::handle,
    )
    .await
}
