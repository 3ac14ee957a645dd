//! The Lambda function `verify`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_runtime::run_schedule(
        evens_runtime::Context::from_env(&evens_verify::FUNCTION).await?,
        evens_verify::Verifier::beside_others(),
    )
    .await
}
