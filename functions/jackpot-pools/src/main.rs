//! The Lambda function `jackpot-pools`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_jackpot_pools::FUNCTION).await?;
    evens_http::run_http(context, evens_jackpot_pools::router()).await
}
