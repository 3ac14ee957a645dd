//! The Lambda function `deposits`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_deposits::FUNCTION).await?;
    let payments = evens_providers::Payments::from_env(&context).await?;
    let exclusions = evens_exclusion_register::Exclusions::from_env(&context).await?;
    evens_http::run_http(context, evens_deposits::router(payments, exclusions)).await
}
