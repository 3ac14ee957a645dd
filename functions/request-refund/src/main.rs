//! The Lambda function `request-refund`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_http::run_http(
        evens_runtime::Context::from_env(&evens_request_refund::FUNCTION).await?,
        evens_request_refund::router(),
    )
    .await
}
