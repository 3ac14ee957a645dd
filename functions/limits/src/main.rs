//! The Lambda function `limits`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_http::run_http(
        evens_runtime::Context::from_env(&evens_limits::FUNCTION).await?,
        evens_limits::router(),
    )
    .await
}
