//! The Lambda function `operate-payments`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(evens_operate_payments::NEEDS).await?;
    let settings =
        evens_providers::PaymentSettings::from_env(&context.settings, evens_operate_payments::PAYMENT_NEEDS)?;
    let router =
        evens_operate_payments::router(settings.withdrawals.holds, settings.deposits, settings.currency);
    evens_http::run_http(context, router).await
}
