//! The Lambda function `reconcile`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_reconcile::FUNCTION).await?;
    let payments = evens_providers::Payments::from_env(&context).await?;
    evens_runtime::run_schedule(context, evens_reconcile::Reconciler::new(payments)).await
}
