//! The Lambda function `wallet`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_http::run_http(
        evens_runtime::Context::from_env(&evens_wallet::FUNCTION).await?,
        evens_wallet::router(),
    )
    .await
}
