//! The Lambda function `send-payouts`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_send_payouts::FUNCTION).await?;
    let payments = evens_providers::Payments::from_env(&context).await?;
    let keys = evens_sealing::SealingKeys::from_env(&evens_runtime::Identity::from_env()).await?;
    evens_runtime::run_jobs(context, evens_send_payouts::PayoutSender::new(payments, keys)).await
}
