//! The Lambda function `status`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_http::run_http(evens_runtime::Context::from_env(&[]).await?, evens_status::router()).await
}
