//! The Lambda function `status`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_status::FUNCTION).await?;
    evens_http::run_http(context, evens_status::router()).await
}
