//! The Lambda function `settle-period`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_runtime::run_jobs(evens_runtime::Context::from_env(&[]).await?, evens_settle_period::handle).await
}
