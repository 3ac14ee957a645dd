//! The Lambda function `account`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_http::run_http(
        evens_runtime::Context::from_env(&evens_account::FUNCTION).await?,
        evens_account::router(),
    )
    .await
}
