//! The Lambda function `operate-payments`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_operate_payments::FUNCTION).await?;
    let payments = evens_providers::PaymentSettings::of(&context.settings)?;
    let router =
        evens_operate_payments::router(payments.withdrawals.holds, payments.deposits, payments.currency);
    evens_http::run_http(context, router).await
}
