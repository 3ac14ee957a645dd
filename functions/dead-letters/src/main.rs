//! The Lambda function `dead-letters`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_http::run_http(
        evens_runtime::Context::from_env(&evens_dead_letters::FUNCTION).await?,
        evens_dead_letters::router(),
    )
    .await
}
