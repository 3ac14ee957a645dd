//! The Lambda function `refund`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_refund::FUNCTION).await?;
    evens_runtime::run_jobs(context, evens_refund::handle).await
}
