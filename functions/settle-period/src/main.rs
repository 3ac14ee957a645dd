//! The Lambda function `settle-period`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_settle_period::FUNCTION).await?;
    evens_runtime::run_jobs(context, evens_settle_period::LaneSettler::default()).await
}
