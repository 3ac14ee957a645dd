//! The Lambda function `sweep`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_sweep::FUNCTION).await?;
    evens_runtime::run_schedule(context, evens_sweep::handle).await
}
