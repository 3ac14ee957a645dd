//! The Lambda function `follow-payments`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_follow_payments::FUNCTION).await?;
    let payments = evens_providers::Payments::from_env(&context).await?;
    evens_runtime::run_jobs(context, evens_follow_payments::PaymentFollower::new(payments)).await
}
