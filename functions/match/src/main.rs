//! The Lambda function `match`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_runtime::run_jobs(
        evens_runtime::Context::from_env(&evens_match::FUNCTION).await?,
        evens_match::Matcher::default(),
    )
    .await
}
