//! The Lambda function `payment-callbacks`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_payment_callbacks::FUNCTION).await?;
    let payments = evens_providers::Payments::from_env(&context).await?;
    evens_http::run_http(context, evens_payment_callbacks::router(payments)).await
}
