//! The Lambda function `record-block`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_http::run_http(
        evens_runtime::Context::from_env(&evens_record_block::FUNCTION).await?,
        evens_record_block::router(),
    )
    .await
}
