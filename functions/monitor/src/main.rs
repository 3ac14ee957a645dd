//! The Lambda function `monitor`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_runtime::run_schedule(
        evens_runtime::Context::from_env(&evens_monitor::FUNCTION).await?,
        evens_monitor::Monitor::default(),
    )
    .await
}
