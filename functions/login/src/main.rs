//! The Lambda function `login`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let credentials = evens_credentials::Credentials::from_env(&evens_login::FUNCTION).await?;
    evens_http::run_http(
        evens_runtime::Context::from_env(&evens_login::FUNCTION).await?,
        evens_login::router(credentials),
    )
    .await
}
