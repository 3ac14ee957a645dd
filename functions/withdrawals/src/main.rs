//! The Lambda function `withdrawals`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_withdrawals::FUNCTION).await?;
    let payments = evens_providers::Payments::from_env(&context).await?;
    let keys = evens_sealing::SealingKeys::from_env(&evens_runtime::Identity::from_env()).await?;
    let exclusions = evens_exclusion_register::Exclusions::from_env(&context).await?;
    evens_http::run_http(context, evens_withdrawals::router(payments, keys, exclusions)).await
}
